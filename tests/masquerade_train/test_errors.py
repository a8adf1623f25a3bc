"""Tests that files are replaced whole or not at all."""

import errno
import os
from pathlib import Path

import pytest
from masquerade_train.errors import TrainError, replacing


def test_a_file_is_replaced_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_text("old")
    with replacing(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_text("old")
    with pytest.raises(TrainError, match=r"model\.tflite cannot be written \(No space left on device\)"):
        _write_until_the_disk_is_full(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def _write_until_the_disk_is_full(path: Path) -> None:
    with replacing(path) as part:
        part.write_text("ne")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="cannot be written"), replacing(tmp_path / "no" / "file") as part:
        part.write_text("x")
