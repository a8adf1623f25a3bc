"""Tests that a run on several devices of one process learns what a run on one does."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.__main__ import main
from masquerade_train.inference.predictor import load_model
from masquerade_train.runs.log import read_log

from tests.masquerade_train.late import LATE
from tests.shared import REPO

if LATE:
    from masquerade_train.fitting.devices import evenly

# In a process of its own: a backend divides the processor into devices before it begins, or never.
# The validation set has two images (one device sees each) and cut off within an epoch it is resumed.
_COMMANDS = """
import sys
from masquerade_train.__main__ import main
recipe, data, out = sys.argv[1:]
fit = ["fit", recipe, "--data", data, "--epochs", "4", "--set", "batch=6"]
ends = [
    main([*fit, "--out", out + "/two", "--devices", "2", "--budget-steps", "5"]),
    main([*fit, "--out", out + "/two", "--devices", "2", "--resume"]),
    main([*fit, "--out", out + "/one"]),
]
sys.exit(max(ends))
"""


def train(backend: str, recipe: str, data: Path, out: Path) -> None:
    flags = {"KERAS_BACKEND": backend, "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    command = [sys.executable, "-c", _COMMANDS, recipe, str(data), str(out)]
    ended = subprocess.run(
        command, cwd=REPO, env=os.environ | flags, capture_output=True, text=True, timeout=600, check=False
    )
    assert ended.returncode == 0, ended.stderr


def assert_alike(out: Path) -> None:
    for name in ("loss", "mean_squared", "val_loss", "learning_rate"):
        two, one = ([getattr(line, name) for line in read_log(out / run)] for run in ("two", "one"))
        assert len(two) == 4
        assert two == pytest.approx(one, rel=1e-3), name
    # 96 = the side of the recipe's images.
    image = np.random.default_rng(1).integers(0, 256, (1, 96, 96, 1)).astype(np.float32)
    two, one = (np.asarray(load_model(out / run / "model.keras")(image)) for run in ("two", "one"))
    assert two == pytest.approx(one, abs=2e-3)


@pytest.mark.slow
def test_two_devices_of_tensorflow_give_the_losses_of_one(small_data: Path, tmp_path: Path) -> None:
    train("tensorflow", "kle-hidden", small_data, tmp_path)
    assert_alike(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("jax") is None, reason="needs jax: pip install 'jax[cpu]'")
def test_two_devices_of_jax_give_the_losses_of_one(small_data: Path, tmp_path: Path) -> None:
    train("jax", "kle-hidden", small_data, tmp_path)
    assert_alike(tmp_path)


def test_a_batch_is_filled_up_by_its_first_rows() -> None:
    rows = np.arange(3, dtype=np.float32)[:, None]
    assert evenly(rows, 1) is rows
    assert evenly(rows, 3) is rows
    assert evenly(rows, 4).ravel().tolist() == [0, 1, 2, 0]
    assert evenly(rows[:1], 3).ravel().tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--devices", "0"), "--devices must be 1 or more, got 0."),
        (("--devices", "3"), "A batch of 8 cannot be divided among 3 devices"),
        # This process has begun with one: it cannot be divided any more.
        (("--devices", "8"), "--devices 8: tensorflow has 1 on this machine (CPU:0)."),
        (("--devices", "2", "--local-workers", "2"), "Workers have one device each"),
        (("--devices", "2", "--distributed"), "Workers have one device each"),
    ],
)
def test_missing_devices_are_reported_in_one_sentence(
    options: tuple[str, ...],
    sentence: str,
    tiny_run: Path,
    small_data: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert tiny_run.exists()  # TensorFlow has begun
    assert main(["fit", "tiny", "--data", str(small_data), "--out", str(tmp_path / "run"), *options]) == 1
    printed = capfd.readouterr().err
    assert sentence in printed
    assert "Traceback" not in printed
