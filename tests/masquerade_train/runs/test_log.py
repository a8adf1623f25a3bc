"""Tests the log of a run, as Keras writes it and as version 0.1 did."""

from pathlib import Path

import numpy as np
import pytest
from masquerade_train.errors import TrainError
from masquerade_train.runs.log import FILE, keep_epochs, read_log

from tests.masquerade_train.late import LATE

if LATE:
    import keras

HEAD = "epoch,accuracy,loss,minutes,val_loss\n"


def write(folder: Path, text: str) -> None:
    (folder / FILE).write_text(text, encoding="utf-8")


def test_lines_of_keras_come_back_with_epochs_from_one(tmp_path: Path) -> None:
    write(tmp_path, f"{HEAD}0,0.7,0.5,0.1,0.6\n1,0.8,0.4,0.2,NA\n")
    first, second = read_log(tmp_path)
    assert (first.epoch, first.accuracy, first.loss, first.val_loss) == (1, 0.7, 0.5, 0.6)
    assert second.epoch == 2
    assert np.isnan(second.val_loss)
    assert np.isnan(second.test_error)


def test_a_log_of_version_0_1_is_read(tmp_path: Path) -> None:
    write(tmp_path, "epoch,minutes,loss,val_error,check_loss,check_mean_squared\n1,0.2,0.5,0.05,0.6,0.01\n")
    (line,) = read_log(tmp_path)
    assert (line.epoch, line.loss, line.test_error, line.val_loss, line.val_mean_squared) == (1, 0.5, 0.05, 0.6, 0.01)


def test_epochs_that_no_checkpoint_kept_are_taken_out(tmp_path: Path) -> None:
    write(tmp_path, HEAD + "".join(f"{epoch},0.7,0.5,0.1,0.6\n" for epoch in range(5)))
    keep_epochs(tmp_path, 3)
    assert [line.epoch for line in read_log(tmp_path)] == [1, 2, 3]


def test_a_line_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, f"{HEAD}0,0.7,0.5,0.1,0.6\n1,0.8,0.4")
    assert [line.epoch for line in read_log(tmp_path)] == [1]
    keep_epochs(tmp_path, 2)
    assert (tmp_path / FILE).read_text().count("\n") == 2


@pytest.mark.parametrize("content", [f"{HEAD}x,y,z,a,b\n", "loss\n0.5\n", "epoch,loss\n0,\x00\n"])
def test_a_damaged_log_is_an_error(content: str, tmp_path: Path) -> None:
    write(tmp_path, content)
    with pytest.raises(TrainError, match=r"log\.csv is damaged"):
        read_log(tmp_path)


def test_a_run_killed_in_its_first_epoch_keeps_a_readable_log(tmp_path: Path) -> None:
    write(tmp_path, "")
    keep_epochs(tmp_path, 0)
    logger = keras.callbacks.CSVLogger(tmp_path / FILE, append=True)
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.6})
    logger.on_train_end()
    assert [(line.epoch, line.loss) for line in read_log(tmp_path)] == [(1, 0.5)]
