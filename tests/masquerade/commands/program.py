"""Runs the program with a home folder of its own: in this process, or in one of its own as a user starts it.

A process takes a second to start. Only what this one cannot show needs it: signals, a full disk, what is
printed while Python ends, what libraries print past Python.
"""

import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from masquerade.__main__ import main

REPOSITORY = Path(__file__).resolve().parents[3]
LONG_SECONDS = 120


def environment(home: Path) -> dict[str, str]:
    """Nothing of the user's own settings, filters and logs is read or written."""
    return {**os.environ, **_folders(home), "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"}


def masquerade(home: Path, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in this process; `more` are variables of its environment."""
    command = [*map(str, words)]
    out, err = io.StringIO(), io.StringIO()
    with _as_in_a_process(home, more), redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(command)
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())


def masquerade_process(home: Path, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "masquerade", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=home,
        env={**environment(home), **more},
        timeout=LONG_SECONDS,
        check=False,
    )


def start_masquerade(home: Path, *words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "masquerade", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=home,
        env=environment(home),
    )


def _folders(home: Path) -> dict[str, str]:
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    return {name: str(home / name.lower()) for name in names} | {"HOME": str(home)}


@contextmanager
def _as_in_a_process(home: Path, more: dict[str, str]) -> Iterator[None]:
    """Puts back what a command changes for all of its process: variables, folder, signals, the log."""
    before, folder = dict(os.environ), Path.cwd()
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    log = logging.getLogger("masquerade")
    handlers, level = list(log.handlers), log.level
    os.environ.update(_folders(home) | more)
    os.chdir(home)
    try:
        yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(before)
        for number, handler in signals.items():
            signal.signal(number, handler)
        for each in set(log.handlers) - set(handlers):
            log.removeHandler(each)
            each.close()
        log.setLevel(level)
