PYTHON ?= .venv/bin/python

.PHONY: check format test bench wheel

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

# Makes the speed table of the README anew.
bench:
	$(PYTHON) -m masquerade bench --table

wheel:
	$(PYTHON) -m pip wheel --no-deps --wheel-dir dist .
