"""Tests every builder: its parameters summed by hand, its output, and that every weight learns."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from train.fitting.losses import total_loss
from train.recipes.recipe import Recipe
from train.recipes.table import RECIPES
from train.zoo.catalog import BUILDERS, build


def mobilenet_v2_base() -> int:
    """Summed block by block: convolution without bias, then a norm of four numbers a channel."""
    stem = 3 * 3 * 3 * 32 + 4 * 32
    first = 9 * 32 + 4 * 32 + 32 * 16 + 4 * 16
    blocks, channels = 0, 16
    for wide, repeats in ((24, 2), (32, 3), (64, 4), (96, 3), (160, 3), (320, 1)):
        for _ in range(repeats):
            inner = 6 * channels
            blocks += channels * inner + 4 * inner + 9 * inner + 4 * inner + inner * wide + 4 * wide
            channels = wide
    return stem + first + blocks + 320 * 1280 + 4 * 1280


# Summed by hand, layer by layer. A changed number is a NEW model: give it a new name.
PARAMETERS = {
    "mobilenet_v2_two_maps": mobilenet_v2_base()
    + (96 * 64 + 64)  # the fine map, 6 x 6
    + (1280 * 128 + 128)  # the wide map, 3 x 3
    + ((36 * 64 + 9 * 128) * 31 + 31),
    "tiny": (27 * 8 + 4 * 8) + (72 * 16 + 4 * 16) + (144 * 16 + 4 * 16) + (36 * 16 * 31 + 31),
}
# The first recipe of each net.
NETS = {recipe.net: recipe for recipe in reversed(RECIPES.values())}


@pytest.fixture(scope="module", params=sorted(BUILDERS))
def built(request: pytest.FixtureRequest) -> tuple[Recipe, keras.Model]:
    recipe = NETS[request.param]
    return recipe, build(recipe)


def test_the_base_of_mobilenet_has_the_published_size() -> None:
    assert mobilenet_v2_base() == 2_257_984


def test_every_net_of_the_catalog_is_held_by_a_count() -> None:
    assert set(PARAMETERS) == set(BUILDERS) == set(NETS)


def test_parameters_are_as_summed_by_hand(built: tuple[Recipe, keras.Model]) -> None:
    assert built[1].count_params() == PARAMETERS[built[0].net]


def test_the_output_is_fifteen_points_and_presence(built: tuple[Recipe, keras.Model]) -> None:
    assert built[1].output_shape == (None, 31)


def test_every_weight_is_reached_by_the_gradient(built: tuple[Recipe, keras.Model]) -> None:
    recipe, model = built
    random = np.random.default_rng(0)
    pixels = random.uniform(0, 255, (4, recipe.input.side, recipe.input.side, 3)).astype(np.float32)
    targets = np.concatenate([random.uniform(-1, 1, (4, 30)), np.ones((4, 16))], axis=1).astype(np.float32)
    with tf.GradientTape() as tape:
        loss = total_loss(0.1)(targets, model(pixels, training=True))
    gradients = tape.gradient(loss, [variable.value for variable in model.trainable_variables])
    unreached = [
        variable.path
        for variable, gradient in zip(model.trainable_variables, gradients, strict=True)
        if gradient is None or not np.abs(gradient).max() > 0
    ]
    assert not unreached


def test_without_start_weights_nothing_is_frozen(built: tuple[Recipe, keras.Model]) -> None:
    frozen = [variable.path for variable in built[1].non_trainable_variables if "moving" not in variable.path]
    assert not [path for path in frozen if "seed" not in path]
