PYTHON ?= .venv/bin/python
LOCK = uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -c requirements/constraints.txt

.PHONY: check format test bench lock licences speed wheel

# Everything that must hold before a change goes in.
check:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -m mypy start.py
	$(PYTHON:python=lint-imports)
	python3 start.py test

format:
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

test:
	python3 start.py test

# Rebuilds the speed table of docs/performance.md.
bench:
	$(PYTHON) -m masquerade bench --table

# Stores what CI holds each stage's time against; on an idle machine, after a change that is meant to cost time.
speed:
	$(PYTHON) -m masquerade bench --store .ci/speed.json

# Chooses the newest versions that pyproject.toml allows, for start.py and CI.
lock:
	$(LOCK) --upgrade --extra build -o requirements/app.txt
	$(LOCK) --upgrade --extra build --extra docs --extra lint --extra mediapipe --extra test --extra train -c requirements/app.txt -o requirements/dev.txt

licences:
	$(PYTHON) -m masquerade doctor --licences

wheel:
	$(PYTHON) -m pip wheel --no-deps --wheel-dir dist .
