"""Tests that MobileNetV2 without norms gives what the one with norms gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from masquerade_train.zoo.shape import NetShape, Start

from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from masquerade_train.zoo.folded import folded_mobilenet_v2

SHAPE = NetShape(32, 3, 31)
TAPS = ("block_6_expand_relu", "block_13_expand_relu")


@pytest.fixture(scope="module")
def normed(tmp_path_factory: pytest.TempPathFactory) -> tuple[keras.Model, Path]:
    """A base whose norms have seen something, and the file of its weights."""
    keras.utils.set_random_seed(3)
    network = keras.applications.MobileNetV2(input_shape=(32, 32, 3), include_top=False, weights=None)
    random = np.random.default_rng(0)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            size = layer.gamma.shape[0]
            layer.set_weights([random.uniform(low, high, size) for low, high in ((0.5, 2), (-1, 1), (-1, 1), (0.2, 3))])
    path = tmp_path_factory.mktemp("weights") / "base.weights.h5"
    network.save_weights(path)
    return network, path


def test_the_maps_are_those_of_the_base_with_norms(normed: tuple[keras.Model, Path]) -> None:
    network, path = normed
    pixels = np.random.default_rng(1).uniform(-1, 1, (2, 32, 32, 3)).astype(np.float32)
    wanted = keras.Model(network.inputs, [network.get_layer(name).output for name in TAPS])(pixels, training=False)
    found = folded_mobilenet_v2(SHAPE, Start(path))(pixels)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=2e-4)
        assert np.asarray(other).std() > 0.01


def test_it_has_no_norm_and_layers_up_to_the_named_one_are_frozen(normed: tuple[keras.Model, Path]) -> None:
    base = folded_mobilenet_v2(SHAPE, Start(normed[1], "block_3_expand_relu"))
    assert not any(isinstance(layer, keras.layers.BatchNormalization) for layer in base.layers)
    learning = {variable.path.split("/")[-2] for variable in base.trainable_variables}
    assert not learning & {"Conv1", "expanded_conv_project", "block_2_project", "block_3_expand"}
    assert learning >= {"block_3_depthwise", "block_13_expand"}
