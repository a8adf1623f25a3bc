"""The loop of a run: steps, learning rate and clock."""

import time

import numpy as np
from masquerade.progress import Progress

from masquerade_train.errors import DivergedError
from masquerade_train.fitting.check import CheckLosses
from masquerade_train.fitting.keeper import EpochMetrics, TrainingRecorder
from masquerade_train.fitting.schedule import TrainingState, is_over, learning_rate
from masquerade_train.fitting.steps import Stepper
from masquerade_train.inputs.batch import Batch
from masquerade_train.inputs.stream import BatchStream
from masquerade_train.recipes.recipe import Recipe


class Loop:
    """Runs epochs until the run is over."""

    def __init__(
        self,
        recipe: Recipe,
        budget_minutes: float | None,
        batches: BatchStream,
        stepper: Stepper,
        keeper: TrainingRecorder | None,
    ) -> None:
        """Take what learns and what keeps; `keeper` is None in processes that another one leads."""
        self._recipe, self._budget_minutes = recipe, budget_minutes
        self._batches, self._stepper, self._keeper = batches, stepper, keeper

    def go_on(self, standing: TrainingState) -> None:
        """Run the epochs that are left.

        Raises:
            TrainError: the loss is no number any more, the disk is full, or another process has gone.
        """
        while not is_over(self._recipe, self._budget_minutes, standing):
            standing = self._epoch(standing)
        if self._keeper:
            self._keeper.finish(standing)

    def _epoch(self, before: TrainingState) -> TrainingState:
        started = time.monotonic()
        lesson = self._learn(before, started)
        if not np.isfinite(list(lesson.means.values())).all():
            raise DivergedError(
                f"The loss is no longer a number in epoch {before.epochs + 1}: lower the learning rate."
            )
        self._stepper.even_out()
        found = self._keeper.check(before) if self._keeper else CheckLosses()
        watch = before.watch.after(before.epochs + 1, found.loss, self._recipe.schedule)
        minutes = before.minutes + (time.monotonic() - started) / 60
        standing = self._stepper.end_epoch(TrainingState(before.epochs + 1, minutes, watch))
        if self._keeper:
            self._keeper.keep(standing, lesson, found)
        return standing

    def _learn(self, before: TrainingState, started: float) -> EpochMetrics:
        """Take the steps of one epoch."""
        sums: dict[str, float] = {}
        images, rate, steps = 0, 0.0, self._batches.steps
        with Progress(f"epoch {before.epochs + 1}", steps, "steps", stays=False) as progress:
            for step in range(steps):
                minutes = before.minutes + (time.monotonic() - started) / 60
                rate = self._rate(before, before.epochs + step / steps, minutes)
                batch: Batch = next(self._batches)
                for name, value in self._stepper.step(batch, rate).items():
                    sums[name] = sums.get(name, 0.0) + value * len(batch.pixels)
                images += len(batch.pixels)
                progress.step()
        means = {name: value / images for name, value in sums.items()}
        return EpochMetrics(means, rate, images / (time.monotonic() - started))

    def _rate(self, before: TrainingState, epochs: float, minutes: float) -> float:
        budget = self._budget_minutes
        share = max(epochs / self._recipe.epochs, minutes / budget if budget else 0.0)
        return learning_rate(self._recipe, share, before.watch.cuts)
