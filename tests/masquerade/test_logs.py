"""Nothing in the place of the log keeps the program from starting."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from masquerade.logs import set_up_log

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@pytest.fixture
def log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr("masquerade.logs.log_file", lambda: tmp_path / "logs" / "masquerade.log")
    monkeypatch.setattr(logging, "raiseExceptions", True)
    yield tmp_path / "logs"
    logger = logging.getLogger("masquerade")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def test_the_log_is_written(log_folder: Path) -> None:
    path = set_up_log(verbose=False)
    logging.getLogger("masquerade").info("hello")
    assert path == log_folder / "masquerade.log"
    assert "hello" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "spoil",
    [
        Path.mkdir,
        pytest.param(getattr(os, "mkfifo", None), marks=POSIX, id="fifo"),
        pytest.param(lambda path: path.symlink_to(path), marks=POSIX, id="loop"),
    ],
)
def test_a_path_that_is_no_file_is_left_alone(log_folder: Path, spoil: Callable[[Path], None]) -> None:
    log_folder.mkdir()
    spoil(log_folder / "masquerade.log")
    assert set_up_log(verbose=False) is None
    logging.getLogger("masquerade").info("hello")


def test_an_older_log_that_cannot_be_replaced_is_no_traceback(
    log_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (log_folder / "masquerade.log.1" / "inside").mkdir(parents=True)
    (log_folder / "masquerade.log").write_bytes(b"x" * 1_000_000)
    set_up_log(verbose=False)
    logging.getLogger("masquerade").info("hello")
    assert "Traceback" not in capsys.readouterr().err


def test_no_name_in_a_message_commands_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_log(verbose=False)
    logging.getLogger("masquerade.somewhere").warning("%s is cut", "\x1b[2Jcaf\udce9.mp4")
    assert "masquerade: \\x1b[2Jcaf\\xe9.mp4 is cut" in capsys.readouterr().err
