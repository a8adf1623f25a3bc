"""Lets a command end well when the system ends it."""

import signal
from types import FrameType


def end_as_by_ctrl_c() -> None:
    """Takes SIGTERM (`kill`, `timeout`, a shutdown) for Ctrl+C, so that files are finished or taken back.

    Not for the window: Qt would not let the KeyboardInterrupt through.
    """
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
