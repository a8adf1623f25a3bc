"""Trains a recipe: batches in, weights out; a run that was killed goes on where it was."""

import logging
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import keras
import numpy as np

from train.batch import Batch
from train.errors import TrainError
from train.fitting.check import CheckLosses, ValFaces, check_losses
from train.fitting.checkpoint import Arrays, Origin, Standing, load_checkpoint, save_checkpoint
from train.fitting.compiling import averaged, start_model, write_model
from train.fitting.plan import Plan
from train.fitting.run_log import FILE as LOG_FILE
from train.fitting.run_log import LogLine, RunLog
from train.fitting.run_record import RunRecord, current_commit, file_sha256, write_record
from train.fitting.schedule import is_hopeless, learning_rate
from train.fitting.steps import LocalStepper
from train.progress import Progress
from train.recipes.recipe import Crops, Recipe
from train.stream import BatchStream, stream_batches

_log = logging.getLogger(__name__)

MODEL_FILE = "model.keras"
_VAL_EVERY = 5  # epochs
_SAVE_EVERY = 20  # seconds of work that a kill may cost


def fit(recipe: Recipe, plan: Plan) -> Path:
    """Trains and returns the written model file.

    It holds the best weights by the check split where that decides anything (early
    stopping, plateau), else the averaged weights of the end, or the last ones.
    Batches, start weights and order follow from the recipe's seed, so a run that was
    killed and resumed gives the same losses as one that was not (with a budget in
    minutes a cosine follows the clock, and so nearly the same).

    Raises:
        TrainError: data, recipe and checkpoint do not fit each other, or the disk is full.
    """
    _prepare_folder(plan)
    origin = Origin(recipe, plan.start, _sum_of(plan.data))
    keras.utils.set_random_seed(recipe.seed)
    model = start_model(recipe, plan.weights)
    variables = [*model.variables, *model.optimizer.variables]
    standing, best = load_checkpoint(plan.out, origin, variables) if plan.resume else (Standing(), ())
    with (
        closing(stream_batches(plan.data, recipe, standing.epochs, plan.worker_count(recipe))) as batches,
        RunLog(plan.out, standing.epochs) as log,
    ):
        run = _Run(plan, origin, model, batches, log)
        run.go_on(standing, best)
    return plan.out / MODEL_FILE


def _prepare_folder(plan: Plan) -> None:
    try:
        plan.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainError(f"{plan.out} cannot be made a folder ({error.strerror}).") from error
    if not plan.resume and (plan.out / LOG_FILE).exists():
        raise TrainError(f"{plan.out} holds a run already: give --resume to go on with it, or another --out.")


def _sum_of(data: Path) -> str:
    try:
        return file_sha256(data)
    except OSError as error:
        raise TrainError(f"{data} cannot be read ({error.strerror}). `prepare` writes it.") from error


class _Run:
    """One run's loop: steps, checks, clock and what is written."""

    def __init__(self, plan: Plan, origin: Origin, model: Any, batches: BatchStream, log: RunLog) -> None:
        self._plan, self._origin, self._recipe = plan, origin, origin.recipe
        self._model, self._batches, self._log = model, batches, log
        self._variables = [*model.variables, *model.optimizer.variables]
        self._stepper = LocalStepper(model)
        self._checks = batches.check_batches()
        self._val = ValFaces(plan.data, self._recipe)
        self._commit = current_commit()
        if self._recipe.decides_by_check and not self._checks:
            raise TrainError(
                f"'{self._recipe.name}' stops by a check split of the training persons, but {plan.data} has too few."
            )

    def go_on(self, standing: Standing, best: Arrays) -> None:
        """Runs the epochs that are left and writes the model."""
        saved_at = -np.inf
        while not self._is_over(standing):
            standing, best = self._epoch(standing, best)
            if time.monotonic() - saved_at > _SAVE_EVERY or self._is_over(standing):
                save_checkpoint(self._plan.out, self._origin, self._variables, best, standing)
                saved_at = time.monotonic()
            self._record(standing)
        if is_hopeless(self._recipe, standing.watch, standing.epochs):
            _log.info("Stopped: no better check loss for %d epochs.", self._recipe.stop_patience)
        if best:
            _log.info("Kept: epoch %d, check loss %.4g.", standing.watch.best_epoch, standing.watch.best)
            self._model.set_weights(best)
            write_model(self._model, self._plan.out / MODEL_FILE)
        else:
            self._write_averaged()

    def _is_over(self, standing: Standing) -> bool:
        budget = self._plan.budget_minutes
        return (
            standing.epochs >= self._recipe.epochs
            or (budget is not None and standing.minutes >= budget)
            or is_hopeless(self._recipe, standing.watch, standing.epochs)
        )

    def _epoch(self, before: Standing, best: Arrays) -> tuple[Standing, Arrays]:
        """Runs one epoch, looks at what it gave and writes its line into the log."""
        started = time.monotonic()
        means, pictures = self._learn(before, started)
        seconds = time.monotonic() - started
        if not np.isfinite(list(means.values())).all():
            raise TrainError(f"The loss is no longer a number in epoch {before.epochs + 1}: lower the learning rate.")
        found, best = self._check(before, best)
        watch = before.watch.after(before.epochs + 1, found.loss, self._recipe.schedule)
        standing = Standing(before.epochs + 1, before.minutes + (time.monotonic() - started) / 60, watch)
        line = LogLine(
            epoch=standing.epochs,
            minutes=standing.minutes,
            learning_rate=float(np.asarray(self._model.optimizer.learning_rate)),
            loss=means["loss"],
            points=means["point_loss"],
            presence=means.get("presence_loss", float("nan")),
            val_error=self._val_error(standing),
            pictures_per_second=pictures / seconds,
            mean_squared=means["mean_squared"],
            check_loss=found.loss,
            check_mean_squared=found.mean_squared,
        )
        self._log.add(line, self._time_left(standing))
        return standing, best

    def _learn(self, before: Standing, started: float) -> tuple[dict[str, float], int]:
        """Takes the steps of one epoch; returns loss and metrics, means over its pictures, and their number."""
        sums: dict[str, float] = {}
        pictures = 0
        with Progress(f"epoch {before.epochs + 1}", self._batches.steps) as progress:
            for step in range(self._batches.steps):
                minutes = before.minutes + (time.monotonic() - started) / 60
                rate = self._rate(before, before.epochs + step / self._batches.steps, minutes)
                batch: Batch = next(self._batches)
                for name, value in self._stepper.step(batch, rate).items():
                    sums[name] = sums.get(name, 0.0) + value * len(batch.pixels)
                pictures += len(batch.pixels)
                progress.step()
        return {name: value / pictures for name, value in sums.items()}, pictures

    def _rate(self, before: Standing, epochs: float, minutes: float) -> float:
        budget = self._plan.budget_minutes
        share = max(epochs / self._recipe.epochs, minutes / budget if budget else 0.0)
        return learning_rate(self._recipe, share, before.watch.cuts)

    def _check(self, before: Standing, best: Arrays) -> tuple[CheckLosses, Arrays]:
        """Measures the check split; keeps the weights where they are the best and that decides anything."""
        with averaged(self._model):
            found = check_losses(self._model, self._checks, self._model.loss)
            watch = before.watch.after(before.epochs + 1, found.loss, self._recipe.schedule)
            if self._recipe.decides_by_check and watch.best_epoch == before.epochs + 1:
                best = tuple(np.array(value) for value in self._model.get_weights())
        return found, best

    def _val_error(self, standing: Standing) -> float:
        """Writes the model that would be kept and measures it; NaN where that is not due."""
        due = standing.epochs % _VAL_EVERY == 0 or self._is_over(standing)
        if not isinstance(self._recipe.input, Crops) or not due:
            return float("nan")
        self._write_averaged()
        with averaged(self._model):
            return self._val.error(self._model)

    def _write_averaged(self) -> None:
        with averaged(self._model):
            write_model(self._model, self._plan.out / MODEL_FILE)

    def _record(self, standing: Standing) -> None:
        record = RunRecord(
            recipe=self._recipe.name,
            commit=self._commit,
            seed=self._recipe.seed,
            data_sha256=self._origin.data_sha256,
            start=self._origin.start,
            epochs=standing.epochs,
            minutes=standing.minutes,
            fraction=self._recipe.fraction,
            backend=keras.backend.backend(),
            best_epoch=standing.watch.best_epoch if self._recipe.decides_by_check else standing.epochs,
        )
        write_record(self._plan.out, record)

    def _time_left(self, standing: Standing) -> str:
        """ ", about 12 min left", by epochs or budget; early stopping may end it sooner."""
        left = standing.minutes / standing.epochs * (self._recipe.epochs - standing.epochs)
        if self._plan.budget_minutes is not None:
            left = min(left, self._plan.budget_minutes - standing.minutes)
        return "" if self._is_over(standing) else f", about {max(left, 0):.0f} min left"
