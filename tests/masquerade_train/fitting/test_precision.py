"""Tests that what a network puts out is exact, whatever its layers compute in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from masquerade_train.fitting.compiling import in_float32, start_model


def _flat(model: keras.Model) -> list[keras.Layer]:
    parts = ([layer, *_flat(layer)] if isinstance(layer, keras.Model) else [layer] for layer in model.layers)
    return [layer for part in parts for layer in part]


@pytest.mark.parametrize(
    "name", ["masquerade15", "masquerade15-whole", "kle-mobilenet", "padova-5-pools-3", "nose-side"]
)
def test_the_landmarks_are_in_float32(name: str) -> None:
    model = start_model(replace(RECIPES[name], precision="bfloat16"), None)
    assert "bfloat16" in {layer.compute_dtype for layer in model.layers}
    assert model.output.dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"
    kept = in_float32(model)
    assert {layer.compute_dtype for layer in _flat(kept)} == {"float32"}
    assert [tuple(weight.shape) for weight in kept.weights] == [tuple(weight.shape) for weight in model.weights]
    assert (kept.name, kept.input_shape, kept.output_shape) == (model.name, model.input_shape, model.output_shape)


def test_the_average_errs_less_than_the_trained_weights() -> None:
    model = start_model(replace(RECIPES["padova-5-pools-3"], precision="bfloat16"), None)
    kept = in_float32(model)
    pixels = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 1)).astype(np.float32)
    exact, rounded = (np.asarray(network(pixels, training=False)) for network in (kept, model))
    assert {layer.compute_dtype for layer in kept.layers} == {"float32"}
    assert 0 < np.abs(exact - rounded).max() < 0.05
