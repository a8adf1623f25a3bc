"""Tests that a network can be trained on from a finished model: a run's, or the very file that the app runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.vision.crop import crop_similarity, cut_crop
from masquerade_train.errors import TrainError
from masquerade_train.inference.predictor import keras_network, open_network
from masquerade_train.recipes.table import RECIPES
from masquerade_train.zoo.shape import NetShape, Start

from tests.masquerade_train.faces import PORTRAIT, tiny_recipe
from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from masquerade_train.exporting.quantize import to_float32
    from masquerade_train.fitting.compiling import start_model
    from masquerade_train.fitting.start_weights import bundled_card, find_weights, network_of, take_weights
    from masquerade_train.inference.tflite_weights import TfliteFile
    from masquerade_train.zoo.heatmaps import mobilenet_v2_heat_maps
    from masquerade_train.zoo.tiny import tiny

# On the portrait: left eye, right eye, middle of the mouth.
ANCHORS = np.array([[247, 104], [203, 102], [223, 147]], np.float32)


def crops_of_the_portrait(side: int, count: int) -> np.ndarray:
    photo = cv2.imread(str(PORTRAIT), cv2.IMREAD_COLOR_RGB)
    random = np.random.default_rng(0)
    moved = [(ANCHORS + random.normal(0, 3, ANCHORS.shape)).astype(np.float32) for _ in range(count)]
    return np.stack([cut_crop(photo, crop_similarity(anchors, side).matrix, side) for anchors in moved])


def test_the_bundled_model_as_a_float_network_finds_the_same_landmarks() -> None:
    path = bundled_card().path
    own = RECIPES["masquerade15-on"]
    recipe = replace(own, net=network_of(path), input=replace(own.input, points=bundled_card().points))
    network, file = keras_network(start_model(recipe, path)), open_network(path)
    crops = crops_of_the_portrait(file.side, 12)
    distance = np.linalg.norm(network.find_landmarks(crops) - file.find_landmarks(crops), axis=2)
    # What int8's steps move them by: 0.09 px of 112 on the average, and no more to one side than to the other.
    assert distance.mean() < 0.2
    assert distance.max() < 0.8
    assert np.abs((network.find_landmarks(crops) - file.find_landmarks(crops)).mean(axis=0)).max() < 0.15


@pytest.fixture(scope="module")
def small_network() -> keras.Model:
    """The bundled model's network, small and with two landmarks, every weight random."""
    network = mobilenet_v2_heat_maps(NetShape(32, 3, 5), Start())
    random = np.random.default_rng(3)
    network.set_weights([weight + random.normal(0, 0.02, weight.shape) for weight in network.get_weights()])
    return network


@pytest.fixture(scope="module")
def small_file(small_network: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "model.tflite"
    path.write_bytes(to_float32(small_network))
    return path


def test_every_weight_comes_back_from_a_file_of_any_number_of_landmarks(
    small_network: keras.Model, small_file: Path
) -> None:
    assert network_of(small_file) == "mobilenet_v2_heat_maps"
    again = mobilenet_v2_heat_maps(NetShape(32, 3, 5), Start(small_file))
    take_weights(again, "any", small_file)
    for weight, other in zip(small_network.weights, again.weights, strict=True):
        np.testing.assert_allclose(other.numpy(), weight.numpy(), rtol=1e-6, atol=1e-6, err_msg=weight.path)


def test_a_model_of_another_size_or_network_is_refused_in_a_sentence(
    small_network: keras.Model, small_file: Path
) -> None:
    with pytest.raises(TrainError, match=r"of 32x32x3 and 5 outputs, and the recipe has .* of 48x48x3 and 5"):
        take_weights(mobilenet_v2_heat_maps(NetShape(48, 3, 5), Start()), "any", small_file)
    with pytest.raises(TrainError, match="is a network 'mobilenet_v2_heat_maps', but 'tiny' trains 'tiny'"):
        start_model(tiny_recipe(1), small_file)
    with pytest.raises(TrainError, match=r"cannot be trained further: its network has layers .* merged at export"):
        TfliteFile.open(small_file).load_into(tiny(NetShape(32, 3, 5), Start()))
    pixels = keras.Input((2,))
    other = keras.Model(pixels, keras.layers.Dense(2, name="points")(pixels))
    with pytest.raises(TrainError, match="has no weights of the layer 'points'"):
        TfliteFile.open(small_file).load_into(other)


def test_start_weights_are_named_by_file_by_folder_or_as_the_bundled_ones(tiny_run: Path, tmp_path: Path) -> None:
    bundled = bundled_card().path
    assert find_weights(None) is None
    assert find_weights(Path("bundled")) == find_weights(bundled.parent) == find_weights(bundled) == bundled
    assert find_weights(tiny_run) == tiny_run / "model.keras"
    assert find_weights(Path("imagenet")) == Path("imagenet")
    with pytest.raises(TrainError, match=r"holds no model\.keras of a run and no model\.tflite"):
        find_weights(tmp_path)


@pytest.mark.parametrize("kind", ["file", "network"])
def test_a_network_with_more_landmarks_begins_with_those_of_the_file(
    small_network: keras.Model, small_file: Path, tmp_path: Path, kind: str
) -> None:
    path = small_file
    if kind == "network":
        path = tmp_path / "model.keras"
        small_network.save(path)
    larger = mobilenet_v2_heat_maps(NetShape(32, 3, 9), Start(path))
    take_weights(larger, "any", path)
    crops = crops_of_the_portrait(32, 2).astype(np.float32)
    small, large = small_network.predict(crops, verbose=0), larger.predict(crops, verbose=0)
    assert large[:, :4] == pytest.approx(small[:, :4], abs=1e-5)
    assert large[:, -1] == pytest.approx(small[:, -1], abs=1e-4)
    # And back: a recipe of 15 landmarks goes on from a model that has contours, too.
    larger.save(tmp_path / "larger.keras")
    smaller = mobilenet_v2_heat_maps(NetShape(32, 3, 5), Start(path))
    take_weights(smaller, "any", tmp_path / "larger.keras")
    assert smaller.predict(crops, verbose=0) == pytest.approx(small, abs=1e-4)
    with pytest.raises(TrainError, match="and 8 outputs"):
        take_weights(mobilenet_v2_heat_maps(NetShape(32, 3, 8), Start(path)), "any", path)


def test_the_recipe_of_15_landmarks_goes_on_from_the_bundled_model() -> None:
    path = bundled_card().path
    network, file = keras_network(start_model(RECIPES["masquerade15"], path)), open_network(path)
    crops = crops_of_the_portrait(file.side, 2)
    assert network.find_landmarks(crops).shape == (2, 15, 2)
    assert np.linalg.norm(network.find_landmarks(crops) - file.find_landmarks(crops)[:, :15], axis=2).mean() < 0.2
