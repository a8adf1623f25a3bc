"""Explains why no window can open here, where Qt would abort and blame xcb-cursor."""

import builtins
import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from masquerade import system_libraries
from masquerade.errors import AppError

_OTHER_WAYS = "Start Masquerade in a graphical session, or use --no-window or the command `render`."
_SCREENS = ("WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM")

_log = logging.getLogger(__name__)


def check_screen() -> None:
    """Look for a screen, and whether Qt can be loaded at all.

    Raises:
        AppError: there is no screen, or a library of the system is missing.
    """
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in _SCREENS):
        raise AppError(f"There is no screen to open a window on. {_OTHER_WAYS}")
    try:
        # One by one: PySide crashes where the second is missing for the third.
        for name in ("QtCore", "QtGui", "QtWidgets"):
            importlib.import_module(f"PySide6.{name}")
    except ImportError as error:
        raise AppError(_explain_missing() or f"Qt does not load ({error}). Reinstall Masquerade.") from error
    _restore_import()


def _restore_import() -> None:
    """Let later imports go Python's own way again.

    WORKAROUND: PySide 6 replaces `__import__` by one that reads and parses the source of every module that is
    imported after it, to see whether it asks for `__feature__`; none of ours does. That took a tenth of the
    start, and the lines stayed in memory. https://bugreports.qt.io/browse/PYSIDE-2029
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


@contextmanager
def explained_abort() -> Iterator[None]:
    """End the program with a sentence and the exit code 1 where Qt finds no way to the screen.

    Only while an application is made: Qt cannot be stopped from aborting, but its last word comes
    through a handler.
    """
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler  # noqa: PLC0415 (see check_screen)

    def on_message(kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
        _log.info("Qt: %s", words)
        if kind is QtMsgType.QtFatalMsg:
            print(f"masquerade: {_explain_missing() or _explain_screen()}", file=sys.stderr, flush=True)
            os._exit(1)

    _leave_out_wayland_that_cannot_answer()
    before = qInstallMessageHandler(on_message)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _leave_out_wayland_that_cannot_answer() -> None:
    """Keep Qt from trying a Wayland that does not answer: libwayland would print its own message before ours.

    An empty variable counts as set for libwayland; a name without a folder leads nowhere.
    """
    name = os.environ.get("WAYLAND_DISPLAY")
    reachable = name and (os.environ.get("XDG_RUNTIME_DIR") or os.path.isabs(name))
    if not reachable and (not name or os.environ.get("DISPLAY")):
        os.environ.pop("WAYLAND_DISPLAY", None)


def _explain_missing() -> str:
    """Name the libraries that Qt lacks, and the line that installs them; "" where none is missing."""
    folder = system_libraries.site_packages()
    missing = system_libraries.find_missing(folder) if folder is not None else ()
    return system_libraries.explain(missing, system_libraries.find_package_tool()) if missing else ""


def _explain_screen() -> str:
    name = next((name for name in _SCREENS if os.environ.get(name)), "DISPLAY")
    return f"No window can be opened on the screen {name}={os.environ.get(name, '')}. {_OTHER_WAYS}"
