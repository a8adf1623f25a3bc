"""What a search may change in a recipe, and in which range."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from masquerade_train.recipes.recipe import Recipe
from masquerade_train.zoo.dileep import PlainCnn
from masquerade_train.zoo.padova import Ladder, parse_ladder

# The networks whose layers are searched, as the second paper did; of others only the learning is.
_SEARCHED_NETS = ("dileep_", "plain_cnn_")


class Knobs(Protocol):
    """Keras Tuner's HyperParameters, as far as it is used here: each call names a knob and gives its value."""

    def Int(self, name: str, min_value: int, max_value: int, step: int) -> int:  # noqa: N802 (Keras Tuner's name)
        """Return a whole number of a range."""

    def Float(  # noqa: N802 (Keras Tuner's name)
        self, name: str, min_value: float, max_value: float, step: float | None = None, sampling: str = "linear"
    ) -> float:
        """Return a number of a range."""

    def Choice(self, name: str, values: Sequence[int]) -> int:  # noqa: N802 (Keras Tuner's name)
        """Return one of several values."""


def turned(recipe: Recipe, knobs: Knobs) -> Recipe:
    """Return `recipe` as the knobs stand.

    A CNN of the second paper gets other layers (3 to 5 convolutions of 16 to 128 channels,
    windows of 2, 3 or 5, a dense layer of 64 to 512, dropout up to 0.4) and a learning rate
    from 1e-4 to 1e-2; which ranges that paper searched is not known to us. Any other recipe
    keeps its network, but for the dropout of the ladder's, and gets other learning: the rate from
    a tenth to ten times its own, the batch from half to twice.
    """
    if recipe.net.startswith(_SEARCHED_NETS):
        rate = knobs.Float("learning_rate", 1e-4, 1e-2, sampling="log")
        recipe = replace(recipe, net=_plain_cnn(knobs).name)
    else:
        own = recipe.optimizer.learning_rate
        rate = knobs.Float("learning_rate", own / 10, own * 10, sampling="log")
        batches = sorted({max(recipe.batch // 2, 1), recipe.batch, recipe.batch * 2})
        recipe = replace(recipe, batch=knobs.Choice("batch", batches))
        rung = parse_ladder(recipe.net)
        if rung is not None:
            recipe = replace(recipe, net=_dropped(rung, knobs).name)
    return replace(recipe, optimizer=replace(recipe.optimizer, learning_rate=rate))


def _plain_cnn(knobs: Knobs) -> PlainCnn:
    count = knobs.Int("convolutions", 3, 5, step=1)
    # All are asked for, so that every trial has the same knobs; those of layers that are not there turn nothing.
    channels = [knobs.Int(f"channels_{number}", 16, 128, step=16) for number in range(1, 6)]
    kernel = knobs.Choice("kernel", (2, 3, 5))
    dense = knobs.Int("dense", 64, 512, step=32)
    return PlainCnn(tuple(channels[:count]), kernel, "same", dense, dropout=_dropout(knobs, 0.4))


def _dropped(rung: Ladder, knobs: Knobs) -> Ladder:
    return replace(rung, dropout=_dropout(knobs, 0.3))


def _dropout(knobs: Knobs, most: float) -> float:
    return round(knobs.Float("dropout", 0.0, most, step=0.1), 2)
