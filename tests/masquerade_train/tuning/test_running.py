"""Tests what is kept of a trial that is over, and what its result is compared with."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.inputs.batch import Batch
from masquerade_train.recipes.table import RECIPES
from masquerade_train.tuning.plan import SearchPlan
from masquerade_train.tuning.trial import Trial, mean_face_error_px, read_trials, show_trials

from tests.masquerade_train.late import LATE

if LATE:
    from masquerade_train.tuning.running import keep_result

# A penalty for large weights falls from epoch to epoch and hides that the landmarks get worse.
_LOG = """epoch,loss,minutes,val_loss,val_mean_squared
0,60,0.1,50,0.04
1,50,0.2,40,0.01
2,40,0.3,30,0.09
"""


@pytest.mark.parametrize(
    ("name", "epoch", "loss"),
    [("nose-frontal-hidden", 2, 0.01), ("tiny", 3, 30)],
)
def test_a_trial_on_full_images_is_judged_by_its_landmarks(name: str, epoch: int, loss: float, tmp_path: Path) -> None:
    recipe = replace(RECIPES[name], epochs=3)
    folder = tmp_path / "search" / "trial_4"
    folder.mkdir(parents=True)
    (folder / "log.csv").write_text(_LOG, encoding="utf-8")
    kept = keep_result(recipe, SearchPlan(recipe, tmp_path / "faces.npz", tmp_path, 5), folder, "4")
    assert read_trials(tmp_path / "search") == (kept,)
    assert (kept.best_epoch, kept.validation_loss, kept.epochs) == (epoch, loss, 3)


class _TwoLandmarks:
    """Training images whose first landmark is at 0 and 0.5, and validation images that have it at 0.5."""

    steps = 2

    def make(self, epoch: int, number: int) -> Batch:
        return _batch((0.5 * number, 0, 0.25, 0.25), marked=(1, number))

    def validation_batches(self) -> tuple[Batch, ...]:
        return (_batch((0.5, 0, 9, 9), marked=(1, 0)),)

    def test_batches(self) -> tuple[Batch, ...]:
        return ()


def _batch(coordinates: tuple[float, ...], marked: tuple[int, int]) -> Batch:
    targets = np.array([[*coordinates, *marked, 1]], np.float32)
    return Batch(np.zeros((1, 4, 4, 1), np.uint8), targets)


def test_the_mean_face_is_of_training_images_and_measured_on_marked_validation_labels() -> None:
    # x errs by 0.25 (0.5 instead of the mean of 0 and 0.5), y by 0: a root of 0.177, of half an image of 96.
    assert mean_face_error_px(_TwoLandmarks()) == pytest.approx(48 * np.sqrt(0.25**2 / 2))


@pytest.mark.parametrize(("mean_face", "is_warned"), [(5.0, True), (7.0, False)])
def test_trials_that_are_all_worse_than_the_mean_face_are_called_that(mean_face: float, is_warned: bool) -> None:
    trials = tuple(
        Trial(str(number), 0.02, error, 1, 0.1, 1234, "tiny", 1e-3, 32, 2) for number, error in enumerate((6.0, 6.5))
    )
    shown = show_trials(trials, mean_face)
    assert f"{mean_face:.3f}" in shown
    assert ("WORSE THAN THE MEAN FACE" in shown) == is_warned
