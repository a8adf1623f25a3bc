"""Tests what a search may change in a recipe, at both ends of every range."""

from collections.abc import Sequence

import pytest
from masquerade_train.recipes.table import RECIPES
from masquerade_train.zoo.shape import NetShape, Start

from tests.masquerade_train.late import LATE

if LATE:
    from masquerade_train.tuning.space import turned
    from masquerade_train.zoo.catalog import find_builder


class AtEnd:
    """Knobs that all stand at their first or at their last value."""

    def __init__(self, last: bool) -> None:
        self._last = last

    def Int(self, name: str, min_value: int, max_value: int, step: int) -> int:  # noqa: N802 (Keras Tuner's name)
        return max_value if self._last else min_value

    def Float(  # noqa: N802 (Keras Tuner's name)
        self, name: str, min_value: float, max_value: float, step: float | None = None, sampling: str = "linear"
    ) -> float:
        return max_value if self._last else min_value

    def Choice(self, name: str, values: Sequence[int]) -> int:  # noqa: N802 (Keras Tuner's name)
        return values[-1 if self._last else 0]


LOW, HIGH = AtEnd(last=False), AtEnd(last=True)


def test_a_cnn_of_the_second_paper_gets_other_layers_and_another_rate() -> None:
    assert turned(RECIPES["dileep-tuned"], LOW).net == "plain_cnn_16_16_16_kernel_2_same_dense_64_dropout_0"
    high = turned(RECIPES["dileep-tuned"], HIGH)
    assert high.net == "plain_cnn_128_128_128_128_128_kernel_5_same_dense_512_dropout_40"
    assert high.optimizer.learning_rate == 1e-2


@pytest.mark.parametrize("knobs", [LOW, HIGH])
def test_what_is_found_at_the_ends_can_be_built_and_bears_its_name(knobs: AtEnd) -> None:
    recipe = turned(RECIPES["dileep-tuned"], knobs)
    model = find_builder(recipe.net)(NetShape(96, 3, 30), Start())
    assert model.name == recipe.net
    assert model.output_shape == (None, 30)


def test_the_ladder_keeps_its_layers_and_gets_another_dropout() -> None:
    assert turned(RECIPES["padova-15"], HIGH).net == "padova_15_pools_5_dropout_30_dense_1"


def test_any_other_recipe_keeps_its_network_and_learns_otherwise() -> None:
    own = RECIPES["kle-mobilenet"]
    low, high = turned(own, LOW), turned(own, HIGH)
    assert low.net == high.net == own.net
    assert (low.batch, high.batch) == (16, 64)
    assert low.optimizer.learning_rate == pytest.approx(own.optimizer.learning_rate / 10)
    assert high.optimizer.learning_rate == pytest.approx(own.optimizer.learning_rate * 10)


def test_a_batch_of_one_is_never_halved() -> None:
    assert turned(RECIPES["kle-hidden"], LOW).batch == 1
