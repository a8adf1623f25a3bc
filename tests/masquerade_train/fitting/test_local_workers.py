"""Tests that several processes train as one, and go on when one of them was killed."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from masquerade_train.errors import TrainError
from masquerade_train.fitting.local_workers import train_with_workers
from masquerade_train.fitting.run_config import RunConfig
from masquerade_train.fitting.worker_rank import VARIABLE
from masquerade_train.recipes.recipe import FullImages
from masquerade_train.recipes.recipe_file import write_recipe
from masquerade_train.recipes.table import RECIPES
from masquerade_train.runs.log import read_log

from tests.masquerade_train.late import LATE
from tests.shared import REPO

if LATE:
    from masquerade_train.fitting.fit import fit

# Without norms: those see the images of their own process alone, and two see less than one. Small, for the processes
# send each other all gradients at every step.
RECIPE = replace(RECIPES["kle-cnn"], name="small", net="hidden_layer_100", input=FullImages(side=32), epochs=8)


def worker(launcher: int, number: int) -> psutil.Process:
    """The process of a worker, by its place."""
    children = psutil.Process(launcher).children()
    (found,) = (child for child in children if f'"index": {number}' in child.environ()[VARIABLE])
    return found


@pytest.mark.slow
def test_two_processes_one_of_them_killed_give_the_losses_of_one(small_data: Path, tmp_path: Path) -> None:
    two, one = tmp_path / "two", tmp_path / "one"
    recipe = tmp_path / "small.json"
    write_recipe(RECIPE, recipe)
    command = [sys.executable, "-m", "masquerade_train", "fit", str(recipe), "--local-workers", "2"]
    with subprocess.Popen(
        [*command, "--data", str(small_data), "--out", str(two), "--workers", "0"],
        cwd=REPO,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        while not read_log(two):
            assert process.poll() is None
            time.sleep(0.02)
        worker(process.pid, 1).kill()
        printed = process.stderr.read()
        assert process.wait() == 0, printed
    assert "Another worker of the run ended" in printed
    fit(RECIPE, RunConfig(small_data, one))
    assert [line.epoch for line in read_log(two)] == list(range(1, 9))
    for name in ("loss", "mean_squared", "val_loss"):
        curves = [[getattr(line, name) for line in read_log(out)] for out in (one, two)]
        assert curves[1] == pytest.approx(curves[0], rel=0.01)


def test_a_worker_that_fails_ends_the_others() -> None:
    with pytest.raises(TrainError, match=r"Worker \d of the run failed"):
        train_with_workers(2, ["fit", "nonesuch"])
