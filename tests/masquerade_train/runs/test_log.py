"""Tests the log of a run."""

from dataclasses import fields, replace
from pathlib import Path

import pytest
from masquerade_train.errors import TrainError
from masquerade_train.runs.log import FILE, LogLine, RunLog, read_log

LINE = LogLine(*([1] + [0.5] * (len(fields(LogLine)) - 1)))


def write(folder: Path, epochs: int, epochs_done: int = 0) -> None:
    with RunLog(folder, epochs_done) as log:
        for epoch in range(epochs_done + 1, epochs + 1):
            log.add(replace(LINE, epoch=epoch), "")


def test_lines_come_back(tmp_path: Path) -> None:
    write(tmp_path, 2)
    assert read_log(tmp_path) == (LINE, replace(LINE, epoch=2))


def test_epochs_that_no_checkpoint_kept_are_taken_out(tmp_path: Path) -> None:
    write(tmp_path, 5)
    write(tmp_path, 4, epochs_done=3)
    assert [line.epoch for line in read_log(tmp_path)] == [1, 2, 3, 4]


def test_a_line_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, 2)
    content = (tmp_path / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(content[: content.rindex(",0.5,0.5")], encoding="utf-8")
    assert [line.epoch for line in read_log(tmp_path)] == [1]


def test_columns_that_an_older_version_did_not_write_are_nan(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("epoch,minutes,loss\n1,0.2,0.5\n", encoding="utf-8")
    (line,) = read_log(tmp_path)
    assert line.loss == 0.5
    assert line.check_loss != line.check_loss


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "tensorboard").write_text("no folder")
    with pytest.raises(TrainError, match="cannot be written"):
        RunLog(tmp_path, 0)
