"""Lets a command end well when the system ends it."""

import signal
import threading
from types import FrameType

_LATER_SECONDS = 0.05


def interrupt_between_imports() -> None:
    """Let Ctrl+C wait until no module is being imported.

    numpy and OpenCV tell an import that was broken off as an error of their installation.
    """
    signal.signal(signal.SIGINT, _interrupt_later)


def end_as_by_ctrl_c() -> None:
    """Take SIGTERM (`kill`, `timeout`, a shutdown) for Ctrl+C, so that files are finished or taken back.

    Not for the window: Qt would not let the KeyboardInterrupt through.
    """
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt_later(number: int, frame: FrameType | None) -> None:
    if _is_importing(frame):
        later = threading.Timer(_LATER_SECONDS, signal.raise_signal, (number,))
        later.daemon = True
        later.start()
        return
    raise KeyboardInterrupt


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
