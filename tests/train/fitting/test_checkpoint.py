"""Tests that a checkpoint comes back whole, or is refused with a reason."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from train.errors import TrainError
from train.fitting.checkpoint import FILE, Progress, load_checkpoint, save_checkpoint
from train.recipes.table import RECIPES


class Variable:
    """What a checkpoint needs of a Keras variable."""

    def __init__(self, value: float, count: int = 3) -> None:
        self.value = np.full(count, value, np.float32)
        self.shape = self.value.shape

    def assign(self, value: np.ndarray) -> None:
        self.value = value

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return self.value


RECIPE = RECIPES["tiny"]
PROGRESS = Progress(4, 1.5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path, RECIPE, "random", [Variable(1), Variable(2)], PROGRESS)
    return tmp_path


def test_values_and_progress_come_back(folder: Path) -> None:
    variables = [Variable(0), Variable(0)]
    assert load_checkpoint(folder, RECIPE, "random", variables) == PROGRESS
    assert [variable.value.tolist() for variable in variables] == [[1, 1, 1], [2, 2, 2]]


def test_more_epochs_are_no_other_recipe(folder: Path) -> None:
    load_checkpoint(folder, replace(RECIPE, epochs=99), "random", [Variable(0), Variable(0)])


def test_another_recipe_is_refused_and_the_difference_named(folder: Path) -> None:
    with pytest.raises(TrainError, match=r"seed 15 -> 16"):
        load_checkpoint(folder, replace(RECIPE, seed=16), "random", [Variable(0), Variable(0)])


def test_other_start_weights_are_refused(folder: Path) -> None:
    with pytest.raises(TrainError, match="'random', not 'imagenet'"):
        load_checkpoint(folder, RECIPE, "imagenet", [Variable(0), Variable(0)])


def test_another_net_is_refused(folder: Path) -> None:
    with pytest.raises(TrainError, match="does not fit the net"):
        load_checkpoint(folder, RECIPE, "random", [Variable(0), Variable(0, count=4)])


def test_a_missing_checkpoint_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="no run to resume"):
        load_checkpoint(tmp_path, RECIPE, "random", [])


@pytest.mark.parametrize("kept", [0, 40, 400])
def test_a_cut_off_checkpoint_is_told(folder: Path, kept: int) -> None:
    content = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(content[:kept])
    with pytest.raises(TrainError, match="damaged"):
        load_checkpoint(folder, RECIPE, "random", [Variable(0), Variable(0)])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_keeps_the_checkpoint_before(folder: Path) -> None:
    (folder / "checkpoint.part.npz").symlink_to("/dev/full")
    with pytest.raises(TrainError, match=r"No space left.*the one before is kept"):
        save_checkpoint(folder, RECIPE, "random", [Variable(7), Variable(7)], Progress(5, 2.0))
    variables = [Variable(0), Variable(0)]
    assert load_checkpoint(folder, RECIPE, "random", variables) == PROGRESS
