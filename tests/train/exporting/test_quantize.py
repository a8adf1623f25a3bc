"""Tests that the exported networks compute what the Keras model computes."""

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from tests.train.faces import small_set
from train.crops.batches import BatchMaker
from train.errors import TrainError
from train.exporting.quantize import to_float32, to_int8
from train.measuring.net import float_predictor, load_model, open_net
from train.measuring.tflite import median_milliseconds
from train.recipes.table import RECIPES


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
    path.write_bytes(to_int8(load_model(tiny_run / "model.keras"), crops, crops))
    return path


def test_the_float_file_gives_what_keras_gives(
    tiny_run: Path, crops: np.ndarray, truth: np.ndarray, tmp_path: Path
) -> None:
    (tmp_path / "model.tflite").write_bytes(to_float32(load_model(tiny_run / "model.keras")))
    net = open_net(tmp_path / "model.tflite")
    assert (net.side, net.channels, net.outputs) == (48, 3, 31)
    assert net.predict(crops) == pytest.approx(truth, abs=1e-4)


def test_int8_stays_near_the_float_outputs(int8: Path, crops: np.ndarray, truth: np.ndarray) -> None:
    predict = open_net(int8).predict
    assert np.abs(predict(crops) - truth).mean() < 0.02 * truth.std() + 0.01


def test_pixels_enter_as_they_are_and_points_leave_in_float(int8: Path) -> None:
    interpreter = Interpreter(str(int8))
    interpreter.allocate_tensors()
    source, output = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    assert (source["dtype"], source["quantization"]) == (np.int8, (1.0, -128))
    assert output["dtype"] is np.float32


def test_the_outputs_are_finer_than_int8_steps(int8: Path, crops: np.ndarray) -> None:
    """An int8 output has at most 256 different values; jitter of 0.75 px follows."""
    predict = open_net(int8).predict
    values = predict(crops)[:, 0]
    assert len(np.unique(values)) == len(values)


def test_the_time_of_a_run_is_told_in_milliseconds(int8: Path) -> None:
    assert 0 < median_milliseconds(int8, repeats=20) < 100


@pytest.mark.parametrize("content", [b"", b"no model at all"])
def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.tflite").write_bytes(content)
    with pytest.raises(TrainError, match=r"model\.tflite"):
        open_net(tmp_path / "model.tflite")
