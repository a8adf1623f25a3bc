"""Tests the search on a Ray cluster of two nodes, of which one loses a trial's process and then goes.

Ray is in no lock file (75 MB): where it is not installed, as in CI, only what is said of that is tested.
"""

import csv
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from masquerade_train.__main__ import main
from masquerade_train.recipes.recipe_file import read_recipe
from masquerade_train.recipes.table import RECIPES
from masquerade_train.runs.log import read_log
from masquerade_train.tuning.drawn_knobs import DrawnKnobs
from masquerade_train.tuning.plan import SearchPlan
from masquerade_train.tuning.trial import read_trials

from tests.masquerade_train.late import LATE
from tests.shared import REPO

if LATE:
    from masquerade_train.tuning.space import turned

_LIMIT_SECONDS = 600
# On a busy machine a node needs longer to start than Ray waits by itself, and its processes are as urgent as others.
_PATIENT = {
    "RAY_raylet_start_wait_time_s": "300",
    "RAY_agent_register_timeout_ms": "600000",
    "RAY_health_check_timeout_ms": "60000",
    "RAY_worker_niceness": "0",
}


def tune(data: Path, out: Path, *options: str) -> int:
    return main(["tune", "tiny", "--data", str(data), "--out", str(out), *options])


def test_a_trial_draws_the_same_everywhere_and_no_two_draw_alike() -> None:
    drawn = [turned(RECIPES["dileep-tuned"], DrawnKnobs(15, number)) for number in range(20)]
    assert drawn == [turned(RECIPES["dileep-tuned"], DrawnKnobs(15, number)) for number in range(20)]
    assert len({(recipe.net, recipe.optimizer.learning_rate) for recipe in drawn}) == 20
    assert all(1e-4 <= recipe.optimizer.learning_rate <= 1e-2 for recipe in drawn)
    # Both halves of a rate's range, which is drawn by its logarithm.
    assert 4 <= sum(recipe.optimizer.learning_rate < 1e-3 for recipe in drawn) <= 16
    assert turned(RECIPES["kle-cnn"], DrawnKnobs(1, 0)) != turned(RECIPES["kle-cnn"], DrawnKnobs(2, 0))


def test_a_cluster_needs_ray(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert tune(small_data, tmp_path, "--cluster", "auto") == 1
    printed = capfd.readouterr().err
    assert "--cluster needs Ray Tune. Install it with: " in printed
    assert "[cluster]" in printed


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--workers", "2"), "Leave out --workers"),
        (("--trial-cpus", "0"), "--trial-cpus must be at least 1"),
        (("--trial-gpus", "-1"), "--trial-gpus at least 0"),
    ],
)
def test_what_does_not_fit_a_cluster_is_one_sentence(
    options: tuple[str, ...], sentence: str, small_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert tune(small_data, tmp_path, "--cluster", "auto", *options) == 1
    assert sentence in capfd.readouterr().err


def test_a_search_is_continued_with_its_first_options(
    small_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    recipe = replace(RECIPES["tiny"], epochs=2)
    (SearchPlan(recipe, small_data, tmp_path, 1).folder / "ray").mkdir(parents=True)
    assert tune(small_data, tmp_path, "--trials", "1", "--epochs", "2") == 1
    assert "started differently" in capfd.readouterr().err


# In a process of its own: the nodes leave threads, and read the environment at their start. Ports are given, for a
# node waits only seconds until its helpers have chosen theirs.
_NODES = """
import socket, sys
from ray.cluster_utils import Cluster
def ports():
    sockets = [socket.socket() for _ in range(4)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    found = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    names = ("metrics_agent_port", "dashboard_agent_listen_port", "runtime_env_agent_port", "metrics_export_port")
    return dict(zip(names, found))
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False, **ports()})
second = cluster.add_node(num_cpus=1, **ports())
print(cluster.address, flush=True)
sys.stdin.readline()
cluster.remove_node(second, allow_graceful=False)
print("gone", flush=True)
sys.stdin.readline()
cluster.shutdown()
"""


@pytest.fixture
def nodes() -> Iterator[subprocess.Popen[str]]:
    pytest.importorskip("ray.tune", reason="needs Ray: pip install 'ray[tune]'")
    process = subprocess.Popen(
        [sys.executable, "-c", _NODES],
        env=os.environ | _PATIENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        with suppress(BrokenPipeError):
            process.communicate("\n\n", timeout=120)
        process.kill()


@pytest.mark.slow
def test_a_search_outlives_a_killed_trial_and_a_lost_machine(
    nodes: subprocess.Popen[str], small_data: Path, tmp_path: Path
) -> None:
    assert nodes.stdin is not None
    assert nodes.stdout is not None
    address = next(line for line in nodes.stdout if ":" in line).strip()
    words = ["tune", "tiny", "--data", str(small_data), "--out", str(tmp_path), "--trials", "5", "--epochs", "9"]
    with subprocess.Popen(
        [sys.executable, "-m", "masquerade_train", *words, "--cluster", address],
        cwd=REPO,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as search:
        # Both nodes have begun a trial; one of them is cut off within it.
        wait_for(lambda: len(list(tmp_path.glob("search/trial_*/checkpoint/state.json"))) >= 2, search)
        trial_processes()[0].kill()
        wait_for(lambda: len(read_trials(tmp_path / "search")) >= 1, search)
        nodes.stdin.write("\n")
        nodes.stdin.flush()
        printed, _ = search.communicate(timeout=_LIMIT_SECONDS)
    assert search.returncode == 0, printed
    assert "was lost with its process or machine: it goes on elsewhere." in printed
    trials = read_trials(tmp_path / "search")
    assert sorted(trial.number for trial in trials) == ["0", "1", "2", "3", "4"], printed
    # Those that fell behind were ended early, and the best was not.
    assert trials[0].epochs == 9
    assert all(1 <= trial.epochs <= 9 for trial in trials)
    for trial in trials:
        log = read_log(tmp_path / "search" / f"trial_{trial.number}")
        assert [line.epoch for line in log] == list(range(1, trial.epochs + 1))
        assert trial.validation_loss == min(line.val_loss for line in log)
        recipe = turned(replace(RECIPES["tiny"], epochs=9), DrawnKnobs(RECIPES["tiny"].seed, int(trial.number)))
        assert trial.learning_rate == pytest.approx(recipe.optimizer.learning_rate)
    with (tmp_path / "trials.csv").open(newline="") as file:
        assert [row["number"] for row in csv.DictReader(file)] == [trial.number for trial in trials]
    assert read_recipe(tmp_path / "best.json").optimizer.learning_rate == pytest.approx(trials[0].learning_rate)


def trial_processes() -> list[psutil.Process]:
    """The processes that train a trial, the latest first."""
    found = [one for one in psutil.process_iter(["cmdline", "create_time"]) if is_trial(one)]
    assert found
    return sorted(found, key=lambda one: -one.info["create_time"])


def is_trial(process: psutil.Process) -> bool:
    return "ray::ImplicitFunc" in " ".join(process.info["cmdline"] or ())


def wait_for(condition: Callable[[], bool], search: subprocess.Popen[str]) -> None:
    until = time.monotonic() + _LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < until
        if search.poll() is not None:
            raise AssertionError(search.communicate()[0])
        time.sleep(0.2)


@pytest.mark.slow
def test_a_cluster_on_this_machine_ends_with_one_sentence_where_data_are_no_data(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("ray.tune", reason="needs Ray: pip install 'ray[tune]'")
    (tmp_path / "faces.npz").write_bytes(b"no data")
    with caplog.at_level(logging.INFO):
        assert tune(tmp_path / "faces.npz", tmp_path / "out", "--trials", "2", "--cluster", "local") == 1
    printed = capfd.readouterr().err
    assert "The search ended on " in printed
    assert "faces.npz" in printed
    assert "Traceback" not in printed


@pytest.mark.slow
def test_no_cluster_at_an_address_is_one_sentence(
    small_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ray.tune", reason="needs Ray: pip install 'ray[tune]'")
    assert tune(small_data, tmp_path, "--cluster", "127.0.0.1:1") == 1
    assert "No Ray cluster answers at '127.0.0.1:1'" in capfd.readouterr().err
