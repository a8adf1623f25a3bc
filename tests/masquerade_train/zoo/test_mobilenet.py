"""Tests that no map of the network with three flattened maps dies while it learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from masquerade_train.fitting.compiling import compile_model
    from masquerade_train.zoo.catalog import build

    from tests.masquerade_train.zoo.gradients import unmoved_weights

RECIPE = RECIPES["masquerade15-grey"]


@pytest.fixture(scope="module")
def taught() -> keras.Model:
    """The network after a few steps, at ten times the recipe's learning rate, on what is hardly a face."""
    keras.utils.set_random_seed(1)
    model = build(RECIPE)
    compile_model(model, RECIPE)
    model.optimizer.learning_rate = 10 * RECIPE.optimizer.learning_rate
    # Compiling a graph of it takes longer than these steps.
    model.run_eagerly = True
    for number in range(6):
        targets = np.random.default_rng(number).uniform(-1, 1, (4, 46)).astype(np.float32)
        targets[:, 30:] = 1
        model.train_on_batch(_images(number), targets)
    return model


def _images(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 255, (4, 96, 96, 1)).astype(np.float32)


@pytest.mark.parametrize("name", ["near", "fine", "wide"])
def test_every_map_still_differs_between_images_after_some_steps(taught: keras.Model, name: str) -> None:
    features = keras.Model(taught.inputs, taught.get_layer(f"{name}_flat").output)
    assert np.asarray(features(_images(99), training=True)).std(axis=0).max() > 1e-3


def test_every_weight_is_still_reached_by_the_gradient_after_some_steps(taught: keras.Model) -> None:
    targets = np.random.default_rng(9).uniform(-1, 1, (4, 31)).astype(np.float32)
    assert not unmoved_weights(taught, _images(9), targets)


def test_the_norms_of_a_model_that_is_trained_on_stand_still() -> None:
    model = build(RECIPE, Path("earlier/model.keras"))
    compile_model(model, RECIPE)
    model.run_eagerly = True
    before = _norm_weights(model)
    model.train_on_batch(_images(1), np.ones((4, 46), np.float32))
    assert before
    assert all(np.array_equal(*pair) for pair in zip(before, _norm_weights(model), strict=True))


def _norm_weights(model: keras.Model) -> list[np.ndarray]:
    norms = [layer for layer in model.get_layer("base").layers if isinstance(layer, keras.layers.BatchNormalization)]
    return [weights for norm in norms for weights in norm.get_weights()]
