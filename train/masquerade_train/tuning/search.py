"""Searches hyperparameters with Keras Tuner; every trial is a normal run in its own folder."""

import logging
from pathlib import Path
from typing import Any

import grpc
import keras_tuner
from keras_tuner.errors import FailedTrialError, FatalError

from masquerade_train.errors import DivergedError, TrainError
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.tuning.plan import ORACLE_FILE, PROJECT, RAY_FOLDER, SearchPlan, claim
from masquerade_train.tuning.running import keep_result, run_trial, trial_recipe
from masquerade_train.tuning.space import turned
from masquerade_train.tuning.trial import folder_of

_log = logging.getLogger(__name__)


def search(plan: SearchPlan) -> None:
    """Run the remaining trials; the chief of several processes distributes them.

    A trial that was cut off by a kill is run on from its last checkpoint.

    Raises:
        TrainError: data or weights cannot be used; a trial that diverges is only counted as failed.
    """
    claim(plan, other=RAY_FOLDER)
    oracle = keras_tuner.oracles.RandomSearchOracle(
        objective=keras_tuner.Objective("validation_loss", "min"), max_trials=plan.trials, seed=plan.recipe.seed
    )
    try:
        _RecipeTuner(plan, oracle).search(verbose=0)
    except FatalError as error:
        raise TrainError(str(error)) from error
    except grpc.RpcError as error:
        raise TrainError("The main process of the search ended, or three trials in a row diverged.") from error
    except RuntimeError as error:
        if "consecutive failures" not in str(error):
            raise
        raise TrainError("Three trials in a row diverged, so the search ended.") from error


class _RecipeTuner(keras_tuner.Tuner):  # type: ignore[misc]
    """Runs a trial by `fit`."""

    def __init__(self, plan: SearchPlan, oracle: Any) -> None:
        self._plan = plan
        super().__init__(oracle, _Knobs(plan.recipe), directory=str(plan.out), project_name=PROJECT)
        # Keras Tuner looks for a file that it writes only when its first trial has ended.
        known = (plan.folder / f"{self.tuner_id}.json").exists()
        if not self._is_worker() and not known and (plan.folder / ORACLE_FILE).exists():
            oracle.reload()

    def run_trial(self, trial: Any, *arguments: Any, **named: Any) -> dict[str, float]:
        """Train the trial's recipe and return its least validation loss."""
        del arguments, named
        folder = Path(self.get_trial_dir(trial.trial_id))
        recipe = trial_recipe(self._plan.recipe, trial.hyperparameters)
        values = _describe_values(trial.hyperparameters.values)
        _log.info("Trial %d of %d (%s): %s", int(trial.trial_id) + 1, self._plan.trials, folder.name, values)
        try:
            run_trial(recipe, self._plan, folder)
            found = keep_result(recipe, self._plan, folder, trial.trial_id)
        except DivergedError as error:
            raise FailedTrialError(str(error)) from error
        except TrainError as error:
            raise FatalError(str(error)) from error
        _log.info("%s: validation loss %.4g in epoch %d", folder.name, found.validation_loss, found.best_epoch)
        return {"validation_loss": found.validation_loss}

    def on_trial_end(self, trial: Any) -> None:
        """Report of a trial that failed. An error that is no divergence ends the search: Keras Tuner would hide it."""
        if trial.status == "INVALID":
            raise FatalError(f"{folder_of(trial.trial_id)} failed.\n{trial.message}")
        if trial.status == "FAILED":
            _log.warning("%s failed: the loss was no longer a number.", folder_of(trial.trial_id))
        super().on_trial_end(trial)


class _Knobs(keras_tuner.HyperModel):  # type: ignore[misc]
    """Declares the hyperparameters to Keras Tuner; `fit` builds the networks."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self._recipe = recipe

    def build(self, hp: Any) -> Any:
        turned(self._recipe, hp)
        return None


def _describe_values(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in values.items())
