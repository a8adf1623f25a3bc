"""Trains a recipe: batches in, weights out, with checkpoints, a log and a moving average of the weights."""

import csv
import dataclasses
import logging
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from train.batch import Batch
from train.datasets.face_set import load_faces
from train.errors import TrainError
from train.fitting.checkpoint import Progress, load_checkpoint, save_checkpoint
from train.fitting.losses import point_loss, presence_loss, total_loss
from train.fitting.run_record import RunRecord, current_commit, file_sha256, write_record
from train.measuring.evaluate import measure
from train.measuring.net import float_predictor, load_model
from train.recipes.augmentation import DETECTOR_LIKE
from train.recipes.recipe import Recipe
from train.stream import stream_batches
from train.zoo.catalog import build

_log = logging.getLogger(__name__)

MODEL_FILE = "model.keras"
LOG_FILE = "log.csv"
_COLUMNS = ("epoch", "minutes", "learning_rate", "loss", "points", "presence", "val_error", "pictures_per_second")
_VALIDATE_EVERY = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a run reads and writes, and how long it may take.

    Attributes:
        budget_minutes: minutes of work, over all resumed parts, after which it ends; the
            learning rate is stretched over them. None: `recipe.epochs` alone decide.
        workers: processes that cut batches; 0 = none.
    """

    data: Path
    out: Path
    weights: Path | None = None
    budget_minutes: float | None = None
    resume: bool = False
    workers: int = 1


def fit(recipe: Recipe, plan: Plan) -> Path:
    """Trains and returns the written model file, which holds the averaged weights.

    Batches, start weights and order follow from the recipe's seed, so a run that was
    killed and resumed gives the same losses as one that was not (with a budget in
    minutes the learning rate follows the clock, and so nearly the same).

    Raises:
        TrainError: data, recipe and checkpoint do not fit each other, or the disk is full.
    """
    keras.utils.set_random_seed(recipe.seed)
    plan.out.mkdir(parents=True, exist_ok=True)
    start = plan.weights.name if plan.weights else "random"
    model = build(recipe, plan.weights)
    compile_model(model, recipe)
    variables = [*model.variables, *model.optimizer.variables]
    progress = load_checkpoint(plan.out, recipe, start, variables) if plan.resume else Progress(0, 0.0)
    if not plan.resume and (plan.out / LOG_FILE).exists():
        raise TrainError(f"{plan.out} holds a run already: give --resume to go on with it, or another --out.")
    record = RunRecord(
        recipe.name, current_commit(), recipe.seed, file_sha256(plan.data), start, progress.epochs, progress.minutes
    )
    run = _Run(recipe, plan, model)
    batches = stream_batches(plan.data, recipe, progress.epochs, plan.workers)
    try:
        while not run.is_over(progress):
            progress = run.epoch(batches, progress)
            save_checkpoint(plan.out, recipe, start, variables, progress)
            write_record(plan.out, dataclasses.replace(record, epochs=progress.epochs, minutes=progress.minutes))
    finally:
        batches.close()
    return save_averaged(model, plan.out / MODEL_FILE)


def compile_model(model: Any, recipe: Recipe) -> None:
    """Gives `model` the recipe's losses and optimizer, with all its variables made."""
    average = recipe.average_momentum > 0
    optimizer = keras.optimizers.AdamW(
        recipe.optimizer.learning_rate,
        weight_decay=recipe.optimizer.weight_decay,
        global_clipnorm=recipe.optimizer.clip_norm or None,
        use_ema=average,
        ema_momentum=recipe.average_momentum or 0.99,
        ema_overwrite_frequency=None,
    )
    # XLA was seen to be five times slower here on a CPU (depthwise gradients).
    model.compile(
        optimizer, total_loss(recipe.input.presence_weight), metrics=[point_loss, presence_loss], jit_compile=False
    )
    optimizer.build(model.trainable_variables)


def save_averaged(model: Any, path: Path) -> Path:
    """Writes the model with the averaged weights, and gives `model` its own back."""
    own = [np.asarray(variable) for variable in model.trainable_variables]
    model.optimizer.finalize_variable_values(model.trainable_variables)
    part = path.with_name("part.keras")
    try:
        model.save(part)
        part.replace(path)
    except OSError as error:
        raise TrainError(f"{path} cannot be written ({error.strerror}).") from error
    finally:
        for variable, value in zip(model.trainable_variables, own, strict=True):
            variable.assign(value)
    return path


class _Run:
    """One run's loop: steps, log and clock."""

    def __init__(self, recipe: Recipe, plan: Plan, model: Any) -> None:
        self._recipe, self._plan, self._model = recipe, plan, model
        self._steps = max(recipe.input.epoch_pictures // recipe.batch, 1)
        self._faces = load_faces(plan.data)

    def is_over(self, progress: Progress) -> bool:
        budget = self._plan.budget_minutes
        return progress.epochs >= self._recipe.epochs or (budget is not None and progress.minutes >= budget)

    def epoch(self, batches: Iterator[Batch], before: Progress) -> Progress:
        """Runs one epoch, writes its line into the log and returns the new progress."""
        started = time.monotonic()
        losses = np.zeros(3)
        for step in range(self._steps):
            minutes = before.minutes + (time.monotonic() - started) / 60
            self._model.optimizer.learning_rate = self._rate(before.epochs + step / self._steps, minutes)
            batch = next(batches)
            found = self._model.train_on_batch(batch.pixels.astype(np.float32), batch.targets, return_dict=True)
            losses += (found["loss"], found["point_loss"], found["presence_loss"])
            self._model.reset_metrics()
        speed = self._steps * self._recipe.batch / (time.monotonic() - started)
        if not np.isfinite(losses).all():
            raise TrainError(f"The loss is no longer a number in epoch {before.epochs + 1}: lower the learning rate.")
        progress = Progress(before.epochs + 1, before.minutes + (time.monotonic() - started) / 60)
        self._tell(progress, losses / self._steps, speed)
        return progress

    def _rate(self, epochs: float, minutes: float) -> float:
        """Warm-up, then half a cosine down to 1 % over epochs or minutes, whichever end first."""
        budget = self._plan.budget_minutes
        share = max(epochs / self._recipe.epochs, minutes / budget if budget else 0.0)
        warm_up = self._recipe.schedule.warm_up
        if share < warm_up:
            return self._recipe.optimizer.learning_rate * max(share / warm_up, 0.01)
        along = min((share - warm_up) / (1 - warm_up), 1.0)
        return self._recipe.optimizer.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * along)))

    def _tell(self, progress: Progress, losses: np.ndarray, speed: float) -> None:
        due = progress.epochs % _VALIDATE_EVERY == 0 or self.is_over(progress)
        error = self._validate() if due else float("nan")
        rate = float(np.asarray(self._model.optimizer.learning_rate))
        line = (progress.epochs, progress.minutes, rate, *losses, error, speed)
        path = self._plan.out / LOG_FILE
        new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(_COLUMNS)
            writer.writerow([f"{value:.6g}" for value in line])
        _log.info(
            "epoch %d, %.1f min: loss %.4f, points %.4f, presence %.4f, val %.4f (%.0f pictures/s)",
            progress.epochs,
            progress.minutes,
            *losses,
            error,
            speed,
        )

    def _validate(self) -> float:
        """Saves the averaged weights and measures them on the sound val faces, detector-like crops."""
        path = save_averaged(self._model, self._plan.out / MODEL_FILE)
        predict = float_predictor(load_model(path))
        chosen = self._faces.val_faces & self._faces.sound
        if not chosen.any():
            return float("nan")
        return measure(self._faces, chosen, predict, self._recipe.input.side, DETECTOR_LIKE).all_faces.mean
