"""Tests that a checkpoint comes back whole, or is refused with a reason."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.errors import TrainError
from masquerade_train.fitting.checkpoint import FILE, RunFingerprint, load_checkpoint, save_checkpoint
from masquerade_train.fitting.schedule import TrainingState, Watch
from masquerade_train.recipes.recipe import Optimizer
from masquerade_train.recipes.table import RECIPES


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
ORIGIN = RunFingerprint(RECIPE, "random", "1f3a")
STANDING = TrainingState(4, 1.5, Watch(0.25, best_epoch=3, waited=1, cuts=2))
BEST = (np.arange(3), np.arange(6).reshape(2, 3))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path, ORIGIN, [Variable(1), Variable(2)], BEST, STANDING)
    return tmp_path


def test_values_standing_and_best_weights_come_back(folder: Path) -> None:
    variables = [Variable(0), Variable(0)]
    standing, best = load_checkpoint(folder, ORIGIN, variables)
    assert standing == STANDING
    assert [variable.value.tolist() for variable in variables] == [[1, 1, 1], [2, 2, 2]]
    assert [value.tolist() for value in best] == [value.tolist() for value in BEST]


def test_a_run_that_was_never_checked_comes_back(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, ORIGIN, [Variable(1)], (), TrainingState(1, 0.5))
    assert load_checkpoint(tmp_path, ORIGIN, [Variable(0)]) == (TrainingState(1, 0.5), ())


def test_more_epochs_are_no_other_recipe(folder: Path) -> None:
    load_checkpoint(folder, replace(ORIGIN, recipe=replace(RECIPE, epochs=99)), [Variable(0), Variable(0)])


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        (replace(ORIGIN, recipe=replace(RECIPE, seed=16)), "seed 15 -> 16"),
        (replace(ORIGIN, recipe=replace(RECIPE, fraction=0.5)), r"fraction 1\.0 -> 0\.5"),
        (replace(ORIGIN, recipe=replace(RECIPE, optimizer=Optimizer("sgd"))), "optimizer.kind 'adamw' -> 'sgd'"),
        (replace(ORIGIN, start="imagenet"), "'random', not 'imagenet'"),
        (replace(ORIGIN, data_sha256="ffff"), "other data"),
    ],
)
def test_another_origin_is_refused_and_the_difference_named(folder: Path, origin: RunFingerprint, message: str) -> None:
    with pytest.raises(TrainError, match=message):
        load_checkpoint(folder, origin, [Variable(0), Variable(0)])


def test_another_net_is_refused(folder: Path) -> None:
    with pytest.raises(TrainError, match="does not fit the net"):
        load_checkpoint(folder, ORIGIN, [Variable(0), Variable(0, count=4)])


def test_a_missing_checkpoint_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="no run to resume"):
        load_checkpoint(tmp_path, ORIGIN, [])


@pytest.mark.parametrize("kept", [0, 40, 400])
def test_a_cut_off_checkpoint_is_told(folder: Path, kept: int) -> None:
    content = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(content[:kept])
    with pytest.raises(TrainError, match="damaged"):
        load_checkpoint(folder, ORIGIN, [Variable(0), Variable(0)])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_keeps_the_checkpoint_before(folder: Path) -> None:
    (folder / "checkpoint.part.npz").symlink_to("/dev/full")
    with pytest.raises(TrainError, match=r"No space left.*the one before is kept"):
        save_checkpoint(folder, ORIGIN, [Variable(7), Variable(7)], (), TrainingState(5, 2.0))
    variables = [Variable(0), Variable(0)]
    assert load_checkpoint(folder, ORIGIN, variables)[0] == STANDING
