"""Invites where the gallery has nothing to show, and offers the way on."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from masquerade.gui.widgets.controls import WordButton


class EmptyState(QWidget):
    """A sentence and a button, in the middle of the cards' room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = QLabel(self)
        self.words.setObjectName("soft")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = WordButton("Show all filters", self)
        self.button.clicked.connect(self._on_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(12)
        layout.addStretch(1)
        layout.addWidget(self.words)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)
        self._act: Callable[[], None] | None = None
        self.hide()

    def invite(self, words: str, button: str, act: Callable[[], None]) -> None:
        """Show a sentence, and what the button does."""
        self.words.setText(words)
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self._act = act
        self.show()
        self.raise_()

    def _on_clicked(self) -> None:
        if self._act is not None:
            self._act()
