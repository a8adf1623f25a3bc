"""Tests that what a net puts out is exact, whatever its layers compute in."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from train.fitting.compiling import in_float32, start_model
from train.recipes.table import RECIPES


@pytest.mark.parametrize("name", ["masquerade15", "masquerade15-whole", "kle-mobilenet", "padova-5", "nose-side"])
def test_the_points_are_in_float32(name: str) -> None:
    model = start_model(replace(RECIPES[name], precision="bfloat16"), None)
    assert "bfloat16" in {layer.compute_dtype for layer in model.layers}
    assert model.output.dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"


def test_the_net_to_keep_errs_less_than_the_one_that_learns() -> None:
    recipe = replace(RECIPES["padova-5"], precision="bfloat16")
    model = start_model(recipe, None)
    kept = in_float32(model, recipe)
    pixels = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 1)).astype(np.float32)
    exact, rounded = (np.asarray(net(pixels, training=False)) for net in (kept, model))
    assert {layer.compute_dtype for layer in kept.layers} == {"float32"}
    assert 0 < np.abs(exact - rounded).max() < 0.05
