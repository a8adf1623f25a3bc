"""Show for some seconds what has just been saved or done, with one button."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from masquerade.gui.widgets.error_banner import Message, Notice

_SECONDS = 8


class Toast(Notice):
    """Close by itself; wait while the pointer or the keyboard is on it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Saved", parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_SECONDS * 1000)
        self._timer.timeout.connect(self._on_time)

    def show_toast(self, words: str, button: str, act: Callable[[], None]) -> None:
        """Show a sentence; a later one takes its place."""
        self._show(Message("done", words, button, act))
        self._timer.start()

    def _on_time(self) -> None:
        """Close, unless it is in use or has not been visible yet."""
        is_used = self.underMouse() or self.isAncestorOf(self.window().focusWidget() or self.window())
        if self.isVisible() and not is_used:
            self._timer.stop()
            self.leave()
