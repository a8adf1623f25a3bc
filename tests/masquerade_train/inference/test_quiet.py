"""Tests which backend Keras is loaded on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import REPO

_SCRIPT = """
import sys
from masquerade_train.inference.quiet import load_keras
load_keras(on_tensorflow=sys.argv[1] == "export")
import keras
print(keras.backend.backend())
"""


@pytest.mark.parametrize(("command", "backend"), [("fit", "jax"), ("export", "tensorflow")])
def test_the_converter_gets_tensorflow_whatever_trains(command: str, backend: str, tmp_path: Path) -> None:
    # Stand-ins, for the real ones take seconds to load.
    (tmp_path / "keras.py").write_text(
        "import os\nclass backend:\n    backend = staticmethod(lambda: os.environ['KERAS_BACKEND'])\n"
    )
    (tmp_path / "tensorflow.py").write_text("class config:\n    list_physical_devices = staticmethod(lambda: [])\n")
    paths = os.pathsep.join(map(str, (tmp_path, REPO / "app", REPO / "train")))
    ended = subprocess.run(
        [sys.executable, "-c", _SCRIPT, command],
        env=os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.strip() == backend
