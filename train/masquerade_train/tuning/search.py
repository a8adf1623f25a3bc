"""Searches a recipe's numbers with Keras Tuner; every trial is a run of the usual loop, in a folder of its own."""

import dataclasses
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import keras
import keras_tuner
from keras_tuner.errors import FailedTrialError, FatalError

from masquerade_train.errors import DivergedError, TrainError
from masquerade_train.fitting.checkpoint import has_checkpoint
from masquerade_train.fitting.fit import fit
from masquerade_train.fitting.run_config import RunConfig
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.recipe_file import read_recipe, write_recipe
from masquerade_train.runs.log import read_log
from masquerade_train.tuning.space import turned
from masquerade_train.tuning.trial import Trial, error_px, write_trial
from masquerade_train.zoo.catalog import build

_log = logging.getLogger(__name__)

_PROJECT = "search"
_ASKED = "asked.json"
_TUNER_ID = "KERASTUNER_TUNER_ID"
_VARIABLES = (_TUNER_ID, "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT")


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """Where a search reads and writes, and how long it goes on.

    Attributes:
        recipe: that is changed; its epochs are a trial's.
        out: folder of the search; a search that is there is gone on with.
        trials: in all, those already done among them.
    """

    recipe: Recipe
    data: Path
    out: Path
    trials: int
    weights: Path | None = None

    @property
    def folder(self) -> Path:
        """Where the trials lie."""
        return self.out / _PROJECT


def is_one_of_several() -> bool:
    """Return whether the environment says that this process is one of several: chief or worker.

    Raises:
        TrainError: it says so in part.
    """
    given = [name for name in _VARIABLES if name in os.environ]
    if given and len(given) < len(_VARIABLES):
        lacking = ", ".join(name for name in _VARIABLES if name not in given)
        raise TrainError(f"{given[0]} is set, but not {lacking}: chief and workers need all three.")
    return bool(given)


def search(plan: SearchPlan) -> None:
    """Run the trials that are left; as chief of several processes, hands them out until all are done.

    A trial that was cut off by a kill is run on from its last checkpoint.

    Raises:
        TrainError: data or weights cannot be used; a trial that diverges is only counted as failed.
    """
    claim(plan)
    oracle = keras_tuner.oracles.RandomSearchOracle(
        objective=keras_tuner.Objective("validation_loss", "min"), max_trials=plan.trials, seed=plan.recipe.seed
    )
    try:
        _RecipeTuner(plan, oracle).search(verbose=0)
    except FatalError as error:
        raise TrainError(str(error)) from error
    except grpc.RpcError as error:
        raise TrainError("The search's chief has gone, or three trials in a row diverged.") from error
    except RuntimeError as error:
        if "consecutive failures" not in str(error):
            raise
        raise TrainError("Three trials in a row diverged: the search is ended.") from error


def claim(plan: SearchPlan) -> None:
    """Make the folder, and keeps out a search of anything else: its trials could not be compared.

    Raises:
        TrainError: the folder cannot be made, or holds another search.
    """
    try:
        plan.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainError(f"{plan.folder} cannot be made a folder ({error.strerror}).") from error
    path = plan.folder / _ASKED
    if not path.exists():
        write_recipe(plan.recipe, path)
    elif read_recipe(path) != plan.recipe:
        raise TrainError(f"{plan.out} holds a search of another recipe, or with other epochs: give another --out.")


class _RecipeTuner(keras_tuner.Tuner):  # type: ignore[misc]
    """Runs a trial by `fit`."""

    def __init__(self, plan: SearchPlan, oracle: Any) -> None:
        self._plan = plan
        super().__init__(oracle, _Knobs(plan.recipe), directory=str(plan.out), project_name=_PROJECT)
        # Keras Tuner looks for a file that it writes only when its first trial has ended.
        known = (plan.folder / f"{self.tuner_id}.json").exists()
        if not self._is_worker() and not known and (plan.folder / "oracle.json").exists():
            oracle.reload()

    def run_trial(self, trial: Any, *arguments: Any, **named: Any) -> dict[str, float]:
        """Train the trial's recipe and returns its least validation loss."""
        del arguments, named
        folder = Path(self.get_trial_dir(trial.trial_id))
        recipe = _trial_recipe(self._plan.recipe, trial.hyperparameters)
        _log.info(
            "Trial %s of %d: %s", trial.trial_id, self._plan.trials, _describe_values(trial.hyperparameters.values)
        )
        try:
            found = _run(recipe, self._plan, folder, trial.trial_id)
        except DivergedError as error:
            raise FailedTrialError(str(error)) from error
        except TrainError as error:
            raise FatalError(str(error)) from error
        _log.info("Trial %s: validation loss %.4g in epoch %d", found.number, found.validation_loss, found.best_epoch)
        return {"validation_loss": found.validation_loss}

    def on_trial_end(self, trial: Any) -> None:
        """Report of a trial that failed. An error that is no divergence ends the search: Keras Tuner would hide it."""
        if trial.status == "INVALID":
            raise FatalError(f"Trial {trial.trial_id} broke off.\n{trial.message}")
        if trial.status == "FAILED":
            _log.warning("Trial %s failed: the loss was no longer a number.", trial.trial_id)
        super().on_trial_end(trial)


class _Knobs(keras_tuner.HyperModel):  # type: ignore[misc]
    """Gives Keras Tuner the knobs that there are; the nets are built by `fit`."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self._recipe = recipe

    def build(self, hp: Any) -> Any:
        turned(self._recipe, hp)
        return None


def _trial_recipe(recipe: Recipe, knobs: Any) -> Recipe:
    """Return the recipe as a trial runs it: with a validation set, by which it is judged, and its best weights kept."""
    changed = turned(recipe, knobs)
    return dataclasses.replace(
        changed, name=f"{recipe.name}-search", stop_patience=recipe.stop_patience or recipe.epochs
    )


def _run(recipe: Recipe, plan: SearchPlan, folder: Path, number: str) -> Trial:
    resume = has_checkpoint(folder)
    keras.utils.clear_session()
    if not resume:
        # A run that was killed before its first checkpoint left a log.
        (folder / "log.csv").unlink(missing_ok=True)
    fit(recipe, RunConfig(plan.data, folder, plan.weights, resume=resume))
    lines = read_log(folder)
    best = min(lines, key=lambda line: line.val_loss)
    trial = Trial(
        number=number,
        validation_loss=best.val_loss,
        validation_error_px=error_px(best.val_mean_squared),
        best_epoch=best.epoch,
        minutes=round(lines[-1].minutes, 3),
        parameters=build(recipe, plan.weights).count_params(),
        net=recipe.net,
        learning_rate=recipe.optimizer.learning_rate,
        batch=recipe.batch,
    )
    write_trial(folder, trial, recipe)
    return trial


def _describe_values(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in values.items())
