"""Ends a command cleanly when the system interrupts it."""

import signal
import sys
import threading
from types import FrameType

_LATER_SECONDS = 0.05


def interrupt_between_imports() -> None:
    """Make Ctrl+C wait until no module is being imported.

    numpy and OpenCV report an import that was interrupted as an error of their installation.
    """
    signal.signal(signal.SIGINT, _interrupt_later)


def end_as_by_ctrl_c() -> None:
    """Treat SIGTERM and SIGHUP as Ctrl+C, so that files are finished or removed.

    `kill`, `timeout` and a shutdown send the first, a terminal that is closed the second.
    Not for the window: Qt would not let the KeyboardInterrupt through.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    # `nohup` lets a command go on without its terminal.
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt_later(number: int, frame: FrameType | None) -> None:
    if _is_importing(frame):
        later = threading.Timer(_LATER_SECONDS, _interrupt_main_thread, (number,))
        later.daemon = True
        later.start()
        return
    raise KeyboardInterrupt


def _interrupt_main_thread(number: int) -> None:
    """Send the signal to the main thread, so that it ends a sleep or a read there."""
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        signal.raise_signal(number)
    else:
        signal.pthread_kill(main, number)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
