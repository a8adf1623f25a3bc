"""Tests that TensorBoard's own reader finds what was written."""

from pathlib import Path

import pytest
import tensorflow as tf
from masquerade_train.runs.events import EventFile


def test_scalars_come_back_with_their_steps(tmp_path: Path) -> None:
    with EventFile(tmp_path / "tensorboard") as events:
        events.add(1, {"loss": 0.5, "check_loss": 0.75})
        events.add(300, {"loss": -1e-9})
    (path,) = (tmp_path / "tensorboard").iterdir()
    # The iterator checks the sums of every record.
    read = list(tf.compat.v1.train.summary_iterator(str(path)))
    assert read[0].file_version == "brain.Event:2"
    values = [(event.step, value.tag, value.simple_value) for event in read for value in event.summary.value]
    assert values == [
        (1, "loss", 0.5),
        (1, "check_loss", 0.75),
        (300, "loss", pytest.approx(-1e-9)),
    ]
