"""Runs one trial of a search as a normal run in its own folder."""

import dataclasses
from pathlib import Path

import keras

from masquerade_train.fitting.callbacks import AfterEpochFunction
from masquerade_train.fitting.checkpoint import has_checkpoint
from masquerade_train.fitting.fit import fit
from masquerade_train.fitting.run_config import RunConfig
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.runs.log import FILE as LOG_FILE
from masquerade_train.runs.log import read_log
from masquerade_train.tuning.plan import SearchPlan
from masquerade_train.tuning.space import Knobs, turned
from masquerade_train.tuning.trial import Trial, error_px, judged_by, write_trial
from masquerade_train.zoo.catalog import build


def trial_recipe(recipe: Recipe, knobs: Knobs) -> Recipe:
    """Return the recipe as a trial runs it: with a validation set, by which it is judged, and its best weights kept."""
    changed = turned(recipe, knobs)
    return dataclasses.replace(
        changed, name=f"{recipe.name}-search", stop_patience=recipe.stop_patience or recipe.epochs
    )


def run_trial(recipe: Recipe, plan: SearchPlan, folder: Path, after_epoch: AfterEpochFunction | None = None) -> None:
    """Train in `folder`, from its checkpoint where there is one.

    Raises:
        TrainError: data or weights cannot be used, or the loss is not a number any more.
    """
    resume = has_checkpoint(folder)
    keras.utils.clear_session()
    if not resume:
        # A run that was killed before its first checkpoint left a log.
        (folder / LOG_FILE).unlink(missing_ok=True)
    fit(recipe, RunConfig(plan.data, folder, plan.weights, resume=resume), after_epoch)


def keep_result(recipe: Recipe, plan: SearchPlan, folder: Path, number: str) -> Trial:
    """Store the result of the run in `folder` as a finished trial."""
    lines = read_log(folder)
    judged = judged_by(recipe)
    best = min(lines, key=lambda line: float(getattr(line, judged)))
    trial = Trial(
        number=number,
        validation_loss=getattr(best, judged),
        validation_error_px=error_px(best.val_mean_squared),
        best_epoch=best.epoch,
        minutes=round(lines[-1].minutes, 3),
        parameters=build(recipe, plan.weights).count_params(),
        net=recipe.net,
        learning_rate=recipe.optimizer.learning_rate,
        batch=recipe.batch,
        epochs=lines[-1].epoch,
    )
    write_trial(folder, trial, recipe)
    return trial
