"""Show a file in the system's file manager, selected where the system can do that."""

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
from PySide6.QtGui import QDesktopServices

_ANSWER_MS = 3000
_log = logging.getLogger(__name__)


def show_in_folder(
    path: Path, on_error: Callable[[str], None], parent: QObject, bus: QDBusConnection | None = None
) -> None:
    """Open the folder of a file with the file selected, or at least the folder.

    Args:
        path: of the file.
        on_error: called with a sentence for the user where the file is gone or nothing can show it.
        parent: keeps what waits for an answer.
        bus: where a file manager of Linux is looked for; None = the bus of the session.
    """
    path = path.absolute()
    if not path.exists():
        on_error(f"{path} is no longer there.")
    elif sys.platform == "win32":
        # The Explorer wants its option and the path in one word, quoted in its own way.
        subprocess.Popen(f'explorer /select,"{path}"')
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", str(path)])
    else:
        _select_by_dbus(path, on_error, parent, bus or QDBusConnection.sessionBus())


def _select_by_dbus(path: Path, on_error: Callable[[str], None], parent: QObject, bus: QDBusConnection) -> None:
    """Ask the file manager of the session; where there is none, or it fails, open the folder."""
    if not bus.isConnected():
        _open_folder(path.parent, on_error)
        return
    name = "org.freedesktop.FileManager1"
    call = QDBusMessage.createMethodCall(name, "/org/freedesktop/FileManager1", name, "ShowItems")
    uri = QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    call.setArguments([[uri], ""])
    watcher = QDBusPendingCallWatcher(bus.asyncCall(call, _ANSWER_MS), parent)

    def answered() -> None:
        if watcher.isError():
            _log.info("no file manager selects %s: %s", path, watcher.error().message())
            _open_folder(path.parent, on_error)
        watcher.deleteLater()

    watcher.finished.connect(answered)


def _open_folder(folder: Path, on_error: Callable[[str], None]) -> None:
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        on_error(f"No program here opens folders. The files are in {folder}.")
