"""The learning rate over a run, and when to lower it or to stop, by the loss on the check split."""

import math
from dataclasses import dataclass, field, replace

from masquerade_train.recipes.recipe import Recipe, Schedule

# A loss that is better by less than this share is not better.
_LEAST_GAIN = 1e-4


@dataclass(frozen=True, slots=True)
class Watch:
    """What the check losses were so far.

    Attributes:
        best: the least of them.
        best_epoch: when it was; 0 = there was none yet.
        waited: epochs since then, or since the learning rate was lowered.
        cuts: how often the learning rate was lowered.
    """

    best: float = math.inf
    best_epoch: int = 0
    waited: int = 0
    cuts: int = 0

    def after(self, epoch: int, loss: float, schedule: Schedule) -> "Watch":
        """Return what is known after `epoch` (from 1) with its check loss; NaN changes nothing."""
        if math.isnan(loss):
            return self
        if loss < self.best * (1 - _LEAST_GAIN):
            return replace(self, best=loss, best_epoch=epoch, waited=0)
        if schedule.kind == "plateau" and self.waited + 1 >= schedule.patience:
            return replace(self, waited=0, cuts=self.cuts + 1)
        return replace(self, waited=self.waited + 1)


@dataclass(frozen=True, slots=True)
class TrainingState:
    """How far a run has come: whole epochs, minutes of work over all its parts, and its check losses."""

    epochs: int = 0
    minutes: float = 0.0
    watch: Watch = field(default_factory=Watch)


def is_hopeless(recipe: Recipe, watch: Watch, epochs: int) -> bool:
    """Return whether early stopping ends the run after so many `epochs`."""
    return recipe.stop_patience > 0 and watch.best_epoch > 0 and epochs - watch.best_epoch >= recipe.stop_patience


def learning_rate(recipe: Recipe, share: float, cuts: int) -> float:
    """Return the learning rate.

    Args:
        share: of the run, 0 to 1, by epochs or by minutes.
        cuts: as in Watch; of "plateau" only.
    """
    first, schedule = recipe.optimizer.learning_rate, recipe.schedule
    if schedule.kind == "plateau":
        return first * max(schedule.factor**cuts, schedule.floor)
    if schedule.kind == "constant":
        return first
    if share < schedule.warm_up:
        return first * max(share / schedule.warm_up, schedule.floor)
    along = min((share - schedule.warm_up) / (1 - schedule.warm_up), 1.0)
    return first * (schedule.floor + (1 - schedule.floor) * 0.5 * (1 + math.cos(math.pi * along)))


def is_over(recipe: Recipe, budget_minutes: float | None, standing: TrainingState) -> bool:
    """Return whether a run has had all its epochs or minutes, or is stopped early."""
    return (
        standing.epochs >= recipe.epochs
        or (budget_minutes is not None and standing.minutes >= budget_minutes)
        or is_hopeless(recipe, standing.watch, standing.epochs)
    )
