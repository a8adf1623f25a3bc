"""Tests what is kept of a trial that is over."""

from dataclasses import replace
from pathlib import Path

import pytest
from masquerade_train.recipes.table import RECIPES
from masquerade_train.tuning.plan import SearchPlan
from masquerade_train.tuning.running import keep_result
from masquerade_train.tuning.trial import read_trials

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
