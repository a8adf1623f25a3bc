"""Drives the window in tests: opens it, waits for it, drops files on it."""

from collections.abc import Callable
from pathlib import Path

from masquerade.gui.main_window import MainWindow
from masquerade.settings import Settings
from masquerade.settings_file import write_settings
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from tests.masquerade.gui.conftest import OpenWindow
from tests.masquerade.gui.world import World

CAMERA = "camera:Integrated Camera"
# Long enough for a machine that is busy with other things; where all goes well it is not waited for.
WAIT_MS = 30_000


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=WAIT_MS)


def empty_queue(qtbot: QtBot) -> None:
    """Returns when all that waits in Qt's queue now has been done."""
    done: list[bool] = []
    QTimer.singleShot(0, lambda: done.append(True))
    wait(qtbot, lambda: bool(done))


def is_live(window: MainWindow) -> bool:
    return window.view.waiting_words is None and window.view.scene is not None


def open_live(qtbot: QtBot, open_window: OpenWindow, **values: object) -> MainWindow:
    window = open_window(**values)
    wait(qtbot, lambda: is_live(window) and window.bar.record.isEnabled() and len(window.gallery.model.cards) > 0)
    # Without a window manager nobody else gives it the keyboard.
    with qtbot.waitActive(window, timeout=WAIT_MS):
        window.activateWindow()
    return window


def remember(world: World, **values: object) -> None:
    write_settings(world.settings_path, Settings(folder=str(world.folder / "takes"), **values))  # type: ignore[arg-type]


def drop(window: MainWindow, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, modifiers))
