"""Tells what has just been saved, for a few seconds, with one button."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from masquerade.gui.widgets.error_banner import Notice

_SECONDS = 8


class Toast(Notice):
    """Goes by itself; waits while the pointer or the keyboard is on it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Saved", parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_SECONDS * 1000)
        self._timer.timeout.connect(self._on_time)

    def show_toast(self, words: str, button: str, act: Callable[[], None]) -> None:
        """Show the sentence."""
        self.tell("done", words, button, act)
        self._timer.start()

    def _on_time(self) -> None:
        if not self.underMouse() and not self.button.hasFocus():
            self._timer.stop()
            self.leave()
