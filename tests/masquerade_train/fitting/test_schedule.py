"""Tests the learning rate of a cosine against sums done by hand."""

from dataclasses import replace

import pytest
from masquerade_train.recipes.recipe import Optimizer, Schedule
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.late import LATE

if LATE:
    from masquerade_train.fitting.callbacks import cosine_rate


@pytest.mark.parametrize(
    ("share", "rate"),
    [(0.0, 0.001), (0.1, 0.05), (0.2, 0.1), (0.6, 0.001 + 0.099 * 0.5), (1.0, 0.001), (1.2, 0.001)],
)
def test_a_cosine_rises_in_its_warm_up_and_falls_to_its_floor(share: float, rate: float) -> None:
    schedule = Schedule("cosine", warm_up=0.2)
    recipe = replace(RECIPES["tiny"], optimizer=Optimizer("adam", 0.1), schedule=schedule)
    assert cosine_rate(recipe, share) == pytest.approx(rate)
