"""Tests the learning rate against sums done by hand, and when a run is slowed down or stopped."""

from dataclasses import replace

import pytest
from masquerade_train.fitting.schedule import Watch, is_hopeless, learning_rate
from masquerade_train.recipes.recipe import Optimizer, Recipe, Schedule
from masquerade_train.recipes.table import RECIPES

NAN = float("nan")


def recipe(schedule: Schedule, stop_patience: int = 0) -> Recipe:
    adam = Optimizer("adam", 0.1)
    return replace(RECIPES["tiny"], optimizer=adam, schedule=schedule, stop_patience=stop_patience)


@pytest.mark.parametrize(
    ("share", "rate"),
    [(0.0, 0.001), (0.1, 0.05), (0.2, 0.1), (0.6, 0.001 + 0.099 * 0.5), (1.0, 0.001), (1.2, 0.001)],
)
def test_a_cosine_rises_in_its_warm_up_and_falls_to_its_floor(share: float, rate: float) -> None:
    assert learning_rate(recipe(Schedule("cosine", warm_up=0.2)), share, cuts=0) == pytest.approx(rate)


@pytest.mark.parametrize(("cuts", "rate"), [(0, 0.1), (1, 0.05), (3, 0.0125), (9, 0.001)])
def test_a_plateau_lowers_the_rate_step_by_step_to_its_floor(cuts: int, rate: float) -> None:
    assert learning_rate(recipe(Schedule("plateau", factor=0.5)), 0.9, cuts) == pytest.approx(rate)


def test_a_constant_rate_stays() -> None:
    assert learning_rate(recipe(Schedule("constant")), 0.9, cuts=3) == 0.1


def watch_over(losses: list[float], schedule: Schedule) -> list[Watch]:
    watches = [Watch()]
    for epoch, loss in enumerate(losses, start=1):
        watches.append(watches[-1].after(epoch, loss, schedule))
    return watches[1:]


def test_the_rate_is_cut_after_patience_epochs_without_a_better_loss_and_the_count_begins_anew() -> None:
    watches = watch_over([5, 4, 4, 4, 3, 3, 3, 3, 3], Schedule("plateau", patience=2))
    assert [watch.cuts for watch in watches] == [0, 0, 0, 1, 1, 1, 2, 2, 3]
    assert watches[-1].best_epoch == 5


def test_a_loss_that_is_hardly_better_is_not_better() -> None:
    assert watch_over([1.0, 0.99999], Schedule())[-1].best_epoch == 1


def test_an_epoch_that_was_not_checked_changes_nothing() -> None:
    assert watch_over([1.0, NAN], Schedule())[0] == watch_over([1.0, NAN], Schedule())[1]


@pytest.mark.parametrize(("epochs", "over"), [(4, False), (5, True)])
def test_early_stopping_counts_the_epochs_since_the_best(epochs: int, over: bool) -> None:
    assert is_hopeless(recipe(Schedule(), stop_patience=3), Watch(1.0, best_epoch=2), epochs) is over


def test_without_patience_a_run_is_never_hopeless() -> None:
    assert not is_hopeless(recipe(Schedule()), Watch(1.0, best_epoch=2), 999)
