"""Tests the runner of networks: what it refuses, what it says, and that integers mean what floats mean."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import ModelError
from masquerade.resources import bundled
from masquerade.vision.card import read_card
from masquerade.vision.landmarker import Landmarker
from masquerade.vision.tflite import Network

DETECTOR = bundled("model") / "blazeface_full_range" / "model.tflite"


def test_loading_a_network_writes_nothing_on_the_terminal() -> None:
    program = "from pathlib import Path; from masquerade.vision.tflite import Network; "
    program += f"Network(Path({str(DETECTOR)!r}), -1, 1)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_what_python_writes_on_stderr_still_arrives_after_loading() -> None:
    program = (
        "import os; from pathlib import Path; from masquerade.vision.tflite import Network; "
        f"Network(Path({str(DETECTOR)!r}), -1, 1); os.write(2, b'heard')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "heard"


@pytest.mark.parametrize("content", [b"", b"not a model", b"TFL3" * 100])
def test_a_damaged_file_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.tflite"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.tflite"):
        Network(path, 0, 255)


def test_the_results_of_one_run_are_not_overwritten_by_the_next() -> None:
    network = Network(DETECTOR, -1, 1)
    dark, bright = (np.full((192, 192, 3), value, np.uint8) for value in (10, 240))
    first = network.run(dark)
    before = [array.copy() for array in first]
    network.run(bright)
    for array, kept in zip(first, before, strict=True):
        np.testing.assert_array_equal(array, kept)


def test_a_network_that_is_no_landmarker_is_refused_with_its_outputs() -> None:
    with pytest.raises(ModelError, match="has 36864 outputs"):
        Landmarker(read_card(bundled("model") / "blazeface_full_range"))
