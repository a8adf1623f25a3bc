"""Keras callbacks of a run: learning rate, clock, progress, measurements."""

import logging
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from masquerade.progress import Progress

from masquerade_train.datasets.face_set import FaceSet, load_faces
from masquerade_train.errors import DivergedError
from masquerade_train.evaluation.evaluate import measure
from masquerade_train.evaluation.task import fifteen_first
from masquerade_train.fitting.averaging import averaged
from masquerade_train.fitting.batches import FixedBatches, TrainingBatches
from masquerade_train.fitting.run_config import Budget
from masquerade_train.inference.predictor import first_landmarks, float_predictor
from masquerade_train.recipes.augmentation import DETECTOR_LIKE
from masquerade_train.recipes.recipe import Crops, Recipe

_log = logging.getLogger(__name__)

Callback: Any = keras.callbacks.Callback
# The number of epochs done, and the log of the last one.
AfterEpochFunction = Callable[[int, dict[str, float]], None]

_TEST_EVERY = 5  # epochs
# The epochs whose losses one of the papers prints.
MILESTONES = frozenset({100, 200, 400, 1000})
_SECONDS_BETWEEN_LINES = 60.0


class Clock(Callback):  # type: ignore[misc]  # keras has no types
    """Counts minutes and steps over all parts of a run, and ends it at its budget or when it diverges.

    Attributes:
        minutes_before: of the parts before this one.
    """

    def __init__(self, batches: TrainingBatches, batch_size: int, budget: Budget, cuts: bool) -> None:
        """Set the epoch of `batches`.

        Args:
            batches: what the network learns from.
            batch_size: images of a batch.
            budget: minutes or steps of all parts of the run together.
            cuts: whether the budget ends the run within an epoch.
        """
        super().__init__()
        self._batches, self._batch_size, self._budget, self._cuts = batches, batch_size, budget, cuts
        self.minutes_before = 0.0
        self._began_at = self._epoch_began_at = time.monotonic()
        self._steps = 0

    @property
    def minutes(self) -> float:
        """Minutes of work so far."""
        return self.minutes_before + (time.monotonic() - self._began_at) / 60

    @property
    def steps(self) -> int:
        """Steps of the optimizer so far."""
        return int(np.asarray(self.model.optimizer.iterations))

    @property
    def share_spent(self) -> float:
        """How much of the budget is spent, 1 = all; 0 without a budget."""
        return self._budget.share_spent(self.minutes, self.steps)

    @property
    def budget_is_spent(self) -> bool:
        """Whether the run has had its minutes or steps."""
        return self.share_spent >= 1

    def on_train_begin(self, logs: Any = None) -> None:
        """Start the clock."""
        self._began_at = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Choose the epoch's batches."""
        self._batches.epoch = epoch
        self._epoch_began_at, self._steps = time.monotonic(), 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """End the run when its time is up."""
        self._steps += 1
        if self._cuts and self.budget_is_spent:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add minutes and speed to the epoch's line.

        Raises:
            DivergedError: the loss is not a number.
        """
        if not np.isfinite(logs["loss"]):
            raise DivergedError(f"The loss became NaN in epoch {epoch + 1}. Lower the learning rate.")
        seconds = max(time.monotonic() - self._epoch_began_at, 1e-6)
        logs["learning_rate"] = float(np.asarray(self.model.optimizer.learning_rate))
        logs["minutes"] = self.minutes
        logs["images_per_second"] = self._steps * self._batch_size / seconds
        if self.budget_is_spent:
            self.model.stop_training = True

    @property
    def remembers(self) -> float:
        """The state for the checkpoint: the minutes so far."""
        return self.minutes

    @remembers.setter
    def remembers(self, minutes: float) -> None:
        self.minutes_before, self._began_at = minutes, time.monotonic()
        if self.budget_is_spent:
            # Nothing is left to do: Keras would take one more step.
            self.model._initial_epoch = self.params["epochs"]


class LearningRate(Callback):  # type: ignore[misc]
    """A rate that rises and then falls along half a cosine, over the epochs or over the budget."""

    def __init__(self, recipe: Recipe, clock: Clock, batches: TrainingBatches) -> None:
        """Take the recipe's schedule, of kind "cosine"."""
        super().__init__()
        self._recipe, self._clock, self._batches = recipe, clock, batches
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the epoch."""
        self._epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the rate of the next step."""
        steps = self._batches.num_batches + self._batches.first
        epochs = self._epoch + (self._batches.first + batch) / steps
        share = max(epochs / self._recipe.epochs, self._clock.share_spent)
        self.model.optimizer.learning_rate = cosine_rate(self._recipe, share)


def cosine_rate(recipe: Recipe, share: float) -> float:
    """Return the learning rate of a cosine.

    Args:
        recipe: whose optimizer and schedule set the rates.
        share: of the run, 0 to 1, by epochs or by the budget.
    """
    first, schedule = recipe.optimizer.learning_rate, recipe.schedule
    if share < schedule.warm_up:
        return first * max(share / schedule.warm_up, schedule.floor)
    along = min((share - schedule.warm_up) / (1 - schedule.warm_up), 1.0)
    return first * (schedule.floor + (1 - schedule.floor) * 0.5 * (1 + math.cos(math.pi * along)))


class TestSets(Callback):  # type: ignore[misc]
    """Measures test sets for the log only, sometimes and at the end; nothing depends on them."""

    __test__ = False  # not a test of pytest's

    def __init__(self, recipe: Recipe, data: Path, own: FixedBatches | None, clock: Clock, choice: Any) -> None:
        """Read the data, where the recipe trains on crops.

        Args:
            recipe: says what the network sees and how many epochs there are.
            data: the .npz that `prepare` wrote; read where the recipe trains on crops.
            own: the test set of the recipe's own split; None = it has none.
            clock: says when the budget is spent, so that the last epoch is measured.
            choice: says by `averaged` which weights are measured.
        """
        super().__init__()
        self._own, self._clock, self._choice = own, clock, choice
        self._side, self._epochs = recipe.input.side, recipe.epochs
        self._faces = self._read(recipe.input, data) if isinstance(recipe.input, Crops) else None

    @staticmethod
    def _read(crops: Crops, data: Path) -> FaceSet:
        return load_faces(data).choose_landmarks(fifteen_first(crops.points))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the errors to the epoch's line; NaN where nothing was measured."""
        last = self.model.stop_training or epoch + 1 == self._epochs or self._clock.budget_is_spent
        logs["test_error"] = logs["test_mean_squared"] = float("nan")
        with averaged(self.model, self._choice.averaged):
            if self._faces is not None and (last or (epoch + 1) % _TEST_EVERY == 0):
                logs["test_error"] = self._crop_error()
            if self._own is not None and (last or epoch + 1 in MILESTONES):
                found = self.model.evaluate(self._own, verbose=0, return_dict=True)
                logs["test_mean_squared"] = found["mean_squared"]

    def _crop_error(self) -> float:
        """Return the mean error in eye distances, on crops with a detector's errors; NaN without faces."""
        faces = self._faces
        assert faces is not None
        chosen = faces.test_faces & faces.sound
        if not chosen.any():
            return float("nan")
        predict = first_landmarks(float_predictor(self.model), len(faces.names))
        return measure(faces, chosen, predict, self._side, DETECTOR_LIKE).all_faces.mean


class Report(Callback):  # type: ignore[misc]
    """Shows the progress: in a terminal a bar and a line per epoch, else a line per minute."""

    def __init__(self, clock: Clock, epochs: int) -> None:
        """Begin to show."""
        super().__init__()
        self._clock, self._epochs = clock, epochs
        self._live = sys.stderr.isatty()
        self._shown_at = -math.inf
        self._bar: Progress | None = None
        self._first_minutes = float("nan")
        self._first_epochs = self._first_share = 0.0
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Begin the bar."""
        if math.isnan(self._first_minutes):
            self._first_minutes, self._first_epochs = self._clock.minutes, epoch
            self._first_share = self._clock.share_spent
        self._epoch = epoch
        self._bar = Progress(f"epoch {epoch + 1}", int(self.params["steps"]), "steps", stays=False)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar; outside a terminal show a line a minute."""
        if self._bar is not None:
            self._bar.step()
        if not self._live and self._is_due():
            steps = int(self.params["steps"])
            done = self._epoch + (batch + 1) / steps
            loss = f", loss {float(logs['loss']):.4g}" if logs and "loss" in logs else ""
            _log.info("epoch %d, step %d of %d%s%s", self._epoch + 1, batch + 1, steps, loss, self._left(done))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Show the epoch's line."""
        self._end_bar()
        over = self.model.stop_training or epoch + 1 == self._epochs
        if self._live or over or epoch == 0 or self._is_due():
            self._shown_at = time.monotonic()
            _log.info("%s%s", _sentence(epoch + 1, logs), "" if over else self._left(epoch + 1))

    def on_train_end(self, logs: Any = None) -> None:
        """Remove the bar."""
        self._end_bar()

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
        self._bar = None

    def _is_due(self) -> bool:
        if math.isinf(self._shown_at):
            self._shown_at = time.monotonic()
            return False
        if time.monotonic() - self._shown_at < _SECONDS_BETWEEN_LINES:
            return False
        self._shown_at = time.monotonic()
        return True

    def _left(self, done: float) -> str:
        """ ", 12.0 min left", by epochs or budget; early stopping may end the run sooner."""
        epochs = done - self._first_epochs
        if epochs <= 0:
            return ""
        minutes = self._clock.minutes - self._first_minutes
        left = minutes / epochs * (self._epochs - done)
        spent = self._clock.share_spent
        if spent > self._first_share:
            left = min(left, minutes / (spent - self._first_share) * (1 - spent))
        return f", {max(left, 0):.1f} min left"


def _sentence(epoch: int, logs: dict[str, float]) -> str:
    parts = [f"epoch {epoch}, {logs['minutes']:.1f} min: loss {logs['loss']:.4g}"]
    named = (("validation", "val_loss"), ("test", "test_error"), ("rate", "learning_rate"))
    parts += [f"{name} {logs[key]:.3g}" for name, key in named if not math.isnan(logs.get(key, math.nan))]
    speed = logs["images_per_second"]
    return ", ".join([*parts, f"{speed:.{0 if speed >= 10 else 1}f} images/s"])


class AfterEpoch(Callback):  # type: ignore[misc]
    """Calls a function with the number of epochs done and their log, after each epoch."""

    def __init__(self, function: AfterEpochFunction) -> None:
        """Take what is called."""
        super().__init__()
        self._function = function

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Call it."""
        self._function(epoch + 1, logs)
