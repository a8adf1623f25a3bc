"""Tests the search through its command: several workers, kills, and what is written."""

import csv
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from masquerade_train.__main__ import main
from masquerade_train.recipes.recipe_file import read_recipe
from masquerade_train.recipes.table import RECIPES
from masquerade_train.tuning.trial import read_trials

from tests.shared import REPO

# Starting tensorflow takes seconds, on a busy machine many.
_LIMIT_SECONDS = 300
pytestmark = pytest.mark.slow


@contextmanager
def _tune(data: Path, out: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The running command, in a group of its own; ended at the latest with the block."""
    command = [
        sys.executable,
        "-m",
        "masquerade_train",
        "tune",
        "tiny",
        "--data",
        str(data),
        "--out",
        str(out),
        *options,
    ]
    own = os.environ | {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    process = subprocess.Popen(
        command, cwd=REPO, env=own, text=True, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _tune_here(data: Path, out: Path, *options: str) -> int:
    """Runs the command in this process, in which tensorflow is loaded; returns its exit code."""
    return main(["tune", "tiny", "--data", str(data), "--out", str(out), *options])


def _finished(process: subprocess.Popen[str]) -> str:
    """What the command printed, all of it having gone well."""
    printed, _ = process.communicate(timeout=_LIMIT_SECONDS)
    assert process.returncode == 0, printed
    return printed


def _wait_for(pattern: str, folder: Path, process: subprocess.Popen[str]) -> None:
    """Returns when there is such a file; fails when the command ends before."""
    until = time.monotonic() + _LIMIT_SECONDS
    while not list(folder.glob(pattern)):
        assert time.monotonic() < until, f"no {pattern} in {folder}"
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            raise AssertionError(process.communicate()[0])


def test_a_killed_search_continues(
    small_data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    options = ("--trials", "2", "--epochs", "12")
    with _tune(small_data, tmp_path, *options) as process:
        # In its first trial, of which Keras Tuner by itself would know nothing afterwards.
        _wait_for("search/trial_0/checkpoint/state.json", tmp_path, process)
        os.killpg(process.pid, signal.SIGKILL)
    assert not read_trials(tmp_path / "search")
    assert _tune_here(small_data, tmp_path, "--trials", "2", "--epochs", "11") == 1
    assert "with other epochs" in capfd.readouterr().err
    rate = _rate(tmp_path)
    with caplog.at_level(logging.INFO):
        assert _tune_here(small_data, tmp_path, *options) == 0
    trials = {trial.number: trial for trial in read_trials(tmp_path / "search")}
    assert sorted(trials) == ["0", "1"]
    assert trials["0"].learning_rate == rate != trials["1"].learning_rate
    # Only the second trial began at its beginning.
    assert caplog.text.count("epoch 1, ") == 1


def _rate(out: Path) -> float:
    """The learning rate that Keras Tuner gave to the first trial."""
    content = json.loads((out / "search" / "trial_0" / "trial.json").read_text())
    return float(content["hyperparameters"]["values"]["learning_rate"])


def test_two_workers_share_the_trials_and_one_that_is_killed_starts_again(small_data: Path, tmp_path: Path) -> None:
    with _tune(small_data, tmp_path, "--trials", "3", "--epochs", "12", "--workers", "2") as process:
        _wait_for("search/trial_*/checkpoint/state.json", tmp_path, process)
        _first_worker(process).kill()
        printed = _finished(process)
    assert "worker0 was killed (SIGKILL): started again" in printed
    trials = read_trials(tmp_path / "search")
    assert sorted(trial.number for trial in trials) == ["0", "1", "2"], printed
    assert [trial.validation_loss for trial in trials] == sorted(trial.validation_loss for trial in trials)
    for name in ("worker0", "worker1"):
        assert f"{name}: Trial " in printed
    with (tmp_path / "trials.csv").open(newline="") as file:
        assert [row["number"] for row in csv.DictReader(file)] == [trial.number for trial in trials]
    best = read_recipe(tmp_path / "best.json")
    assert best.optimizer.learning_rate == pytest.approx(trials[0].learning_rate)
    assert (best.epochs, best.stop_patience) == (RECIPES["tiny"].epochs, RECIPES["tiny"].stop_patience)


def _first_worker(process: subprocess.Popen[str]) -> psutil.Process:
    """The second process that the command started, after the chief."""
    children = psutil.Process(process.pid).children()
    spawned = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
    return sorted(spawned, key=lambda child: child.create_time())[1]


def test_bad_data_ends_the_search_with_one_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "faces.npz").write_bytes(b"no data")
    assert _tune_here(tmp_path / "faces.npz", tmp_path / "out", "--trials", "2") == 1
    printed = capfd.readouterr().err
    assert "faces.npz" in printed.splitlines()[-1]
    assert "Traceback" not in printed
