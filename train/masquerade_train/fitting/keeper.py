"""Checks a run and writes what is kept of it: log, checkpoints, record and model."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from masquerade.values import FloatArray

from masquerade_train.errors import TrainError
from masquerade_train.fitting.check import CheckLosses, ValFaces, check_losses
from masquerade_train.fitting.checkpoint import Arrays, RunFingerprint, save_checkpoint
from masquerade_train.fitting.compiling import averaged, in_float32, write_model
from masquerade_train.fitting.run_config import MODEL_FILE, RunConfig
from masquerade_train.fitting.schedule import TrainingState, is_hopeless, is_over
from masquerade_train.inputs.batch import Batch
from masquerade_train.recipes.recipe import Crops
from masquerade_train.runs.log import LogLine, RunLog
from masquerade_train.runs.record import RunRecord, current_commit, write_record

_log = logging.getLogger(__name__)

_VAL_EVERY = 5  # epochs
_SAVE_EVERY = 20  # seconds of work that a kill may cost


@dataclass(frozen=True, slots=True, eq=False)
class EpochMetrics:
    """What the steps of one epoch gave.

    Attributes:
        means: loss and metrics by name, over the epoch's images.
        learning_rate: of the last step.
    """

    means: dict[str, float]
    learning_rate: float
    images_per_second: float


class TrainingRecorder:
    """What the leading process of a run does beside learning."""

    def __init__(
        self,
        plan: RunConfig,
        origin: RunFingerprint,
        model: Any,
        best: Arrays,
        *,
        log: RunLog,
        checks: Sequence[Batch],
        outputs_of: Callable[[Batch], FloatArray],
    ) -> None:
        """Take the best weights of the parts of the run before, the check split, and what tells the model's outputs.

        Raises:
            TrainError: the recipe decides by the check split, and the data are too few for one.
        """
        self._plan, self._origin, self._recipe = plan, origin, origin.recipe
        self._model, self._best, self._log = model, best, log
        self._variables = [*model.variables, *model.optimizer.variables]
        self._checks, self._outputs_of = checks, outputs_of
        self._val = ValFaces(plan.data, self._recipe)
        self._commit = current_commit()
        self._saved_at = -np.inf
        if self._recipe.decides_by_check and not self._checks:
            raise TrainError(
                f"'{self._recipe.name}' stops by a check split of the training persons, but {plan.data} has too few."
            )

    def check(self, before: TrainingState) -> CheckLosses:
        """Measure the check split, and keeps the weights in mind where they are the best and that decides anything."""
        epoch, schedule = before.epochs + 1, self._recipe.schedule
        with averaged(self._model):
            found = check_losses(self._outputs_of, self._checks, self._model.loss)
            if self._recipe.decides_by_check and before.watch.after(epoch, found.loss, schedule).best_epoch == epoch:
                # Copied: under PyTorch the numbers are the variable itself.
                self._best = tuple(np.array(value) for value in self._model.get_weights())
        return found

    def keep(self, standing: TrainingState, lesson: EpochMetrics, found: CheckLosses) -> None:
        """Write the line of an epoch, its record, and now and then a checkpoint.

        Raises:
            TrainError: the disk is full.
        """
        over = is_over(self._recipe, self._plan.budget_minutes, standing)
        means, missing = lesson.means, float("nan")
        line = LogLine(
            epoch=standing.epochs,
            minutes=standing.minutes,
            learning_rate=lesson.learning_rate,
            loss=means["loss"],
            points=means["point_loss"],
            presence=means.get("presence_loss", missing),
            val_error=self._val_error() if over or standing.epochs % _VAL_EVERY == 0 else missing,
            images_per_second=lesson.images_per_second,
            mean_squared=means["mean_squared"],
            check_loss=found.loss,
            check_mean_squared=found.mean_squared,
        )
        self._log.add(line, "" if over else self._time_left(standing))
        if over or time.monotonic() - self._saved_at > _SAVE_EVERY:
            save_checkpoint(self._plan.out, self._origin, self._variables, self._best, standing)
            self._saved_at = time.monotonic()
        self._write_record(standing)

    def finish(self, standing: TrainingState) -> None:
        """Write the model that the run ends with."""
        if is_hopeless(self._recipe, standing.watch, standing.epochs):
            _log.info("Stopped: no better check loss for %d epochs.", self._recipe.stop_patience)
        if not self._best:
            self._write_averaged()
            return
        _log.info("Kept: epoch %d, check loss %.4g.", standing.watch.best_epoch, standing.watch.best)
        self._model.set_weights(self._best)
        self._write()

    def _val_error(self) -> float:
        """Write the model that would be kept, and measures it where it is one for crops."""
        if not isinstance(self._recipe.input, Crops):
            return float("nan")
        self._write_averaged()
        with averaged(self._model):
            return self._val.error(self._model)

    def _write_averaged(self) -> None:
        with averaged(self._model):
            self._write()

    def _write(self) -> None:
        write_model(in_float32(self._model), self._plan.out / MODEL_FILE)

    def _write_record(self, standing: TrainingState) -> None:
        record = RunRecord(
            recipe=self._recipe.name,
            commit=self._commit,
            seed=self._recipe.seed,
            data_sha256=self._origin.data_sha256,
            start=self._origin.start,
            epochs=standing.epochs,
            minutes=standing.minutes,
            fraction=self._recipe.fraction,
            precision=self._recipe.precision,
            backend=keras.backend.backend(),
            best_epoch=standing.watch.best_epoch if self._recipe.decides_by_check else standing.epochs,
        )
        write_record(self._plan.out, record)

    def _time_left(self, standing: TrainingState) -> str:
        """ ", 12.0 min left", by epochs or budget; early stopping may end it sooner."""
        left = standing.minutes / standing.epochs * (self._recipe.epochs - standing.epochs)
        if self._plan.budget_minutes is not None:
            left = min(left, self._plan.budget_minutes - standing.minutes)
        return f", {max(left, 0):.1f} min left"
