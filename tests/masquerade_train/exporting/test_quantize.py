"""Tests that the exported networks compute what the Keras model computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from masquerade_train.errors import TrainError
from masquerade_train.inference.predictor import float_predictor, keras_network, load_model, open_network
from masquerade_train.inference.tflite import median_milliseconds
from masquerade_train.inputs.crop_batches import BatchMaker
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.faces import small_set
from tests.masquerade_train.late import LATE

if LATE:
    import keras
    from keras import layers
    from masquerade_train.exporting.quantize import to_float16, to_float32, to_int8


@pytest.fixture(scope="module")
def crops() -> np.ndarray:
    maker = BatchMaker(small_set(), RECIPES["tiny"])
    return np.concatenate([maker.make(0, number).pixels for number in range(6)])


@pytest.fixture(scope="module")
def truth(tiny_run: Path, crops: np.ndarray) -> np.ndarray:
    return float_predictor(load_model(tiny_run / "model.keras"))(crops)


@pytest.fixture(scope="module")
def int8(tiny_run: Path, crops: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("int8") / "model.tflite"
    path.write_bytes(to_int8(load_model(tiny_run / "model.keras"), crops))
    return path


def test_the_float_file_gives_what_keras_gives(
    tiny_run: Path, crops: np.ndarray, truth: np.ndarray, tmp_path: Path
) -> None:
    (tmp_path / "model.tflite").write_bytes(to_float32(load_model(tiny_run / "model.keras")))
    network = open_network(tmp_path / "model.tflite")
    assert (network.side, network.channels, network.outputs) == (48, 3, 31)
    assert network.predict(crops) == pytest.approx(truth, abs=1e-4)


def test_float16_is_half_as_large_and_nearly_as_exact(
    tiny_run: Path, crops: np.ndarray, truth: np.ndarray, tmp_path: Path
) -> None:
    model = load_model(tiny_run / "model.keras")
    (tmp_path / "model.tflite").write_bytes(to_float16(model))
    assert open_network(tmp_path / "model.tflite").predict(crops) == pytest.approx(truth, abs=5e-3)
    assert len(to_float16(model)) < 0.75 * len(to_float32(model))


def whole_network(name: str) -> keras.Model:
    """Small networks built as the papers build theirs, with random weights."""
    keras.utils.set_random_seed(1)
    pixels = keras.Input((48, 48, 1))
    features = layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    if name == "one hidden layer":
        features = layers.Dense(20, activation="relu")(layers.Flatten()(features))
        return keras.Model(pixels, layers.Dense(30)(features))
    features = layers.LeakyReLU(0.1)(layers.Conv2D(8, 3, strides=2)(features))
    squeezed = layers.Dense(8, activation="sigmoid")(layers.GlobalAveragePooling2D()(features))
    features = layers.Multiply()([features, layers.Reshape((1, 1, 8))(squeezed)])
    features = layers.Dropout(0.1)(layers.Dense(32, activation="relu")(layers.Flatten()(features)))
    return keras.Model(pixels, layers.Dense(30, activation="tanh" if name == "tanh" else None)(features))


@pytest.mark.parametrize("name", ["one hidden layer", "squeezed", "tanh"])
def test_networks_with_several_dense_layers_are_int8_but_for_the_last(name: str, tmp_path: Path) -> None:
    model, path = whole_network(name), tmp_path / "model.tflite"
    images = np.random.default_rng(0).integers(0, 256, (40, 48, 48, 1)).astype(np.uint8)
    path.write_bytes(to_int8(model, images))
    truth = keras_network(model).predict(images)
    found = open_network(path).predict(images)
    assert np.abs(found - truth).mean() < 0.1 * truth.std()
    assert len(np.unique(found[:, 0])) == len(found)  # no steps of int8 in the output
    assert path.stat().st_size < 0.5 * len(to_float32(model))


def test_int8_stays_near_the_float_outputs(int8: Path, crops: np.ndarray, truth: np.ndarray) -> None:
    predict = open_network(int8).predict
    assert np.abs(predict(crops) - truth).mean() < 0.02 * truth.std() + 0.01


def test_pixels_enter_as_they_are_and_landmarks_leave_in_float(int8: Path) -> None:
    interpreter = Interpreter(str(int8))
    interpreter.allocate_tensors()
    source, output = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    assert (source["dtype"], source["quantization"]) == (np.int8, (1.0, -128))
    assert output["dtype"] is np.float32


def test_the_outputs_are_finer_than_int8_steps(int8: Path, crops: np.ndarray) -> None:
    """An int8 output has at most 256 different values; jitter of 0.75 px follows."""
    predict = open_network(int8).predict
    values = predict(crops)[:, 0]
    assert len(np.unique(values)) == len(values)


def test_the_time_of_a_run_is_in_milliseconds(int8: Path) -> None:
    assert 0 < median_milliseconds(int8, repeats=20) < 100


@pytest.mark.parametrize("content", [b"", b"no model at all"])
def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.tflite").write_bytes(content)
    with pytest.raises(TrainError, match=r"model\.tflite"):
        open_network(tmp_path / "model.tflite")
