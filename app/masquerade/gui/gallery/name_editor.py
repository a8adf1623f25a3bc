"""Lets the user type another name for a filter, in place on its card."""

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView

_MAX_LETTERS = 60


class NameEditor(QLineEdit):
    """A field over a card's name: Enter takes the name, Escape or a click elsewhere does not.

    Signals:
        name_chosen: the filter's id, and its new name.
    """

    name_chosen = Signal(str, str)

    def __init__(self, cards: QListView) -> None:
        super().__init__(cards.viewport())
        self._cards = cards
        self._filter_id = ""
        self._old_name = ""
        self.setMaxLength(_MAX_LETTERS)
        self.setAccessibleName("Name of the filter")
        cards.verticalScrollBar().valueChanged.connect(self.hide)
        self.hide()

    def edit(self, filter_id: str, name: str, index: QModelIndex) -> None:
        """Open the field on a card."""
        self._filter_id, self._old_name = filter_id, name
        self._cards.scrollTo(index)
        cell = self._cards.visualRect(index)
        height = self.sizeHint().height()
        self.setGeometry(cell.x(), cell.y() + cell.height() - height, cell.width(), height)
        self.setText(name)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Keep all keys from the window's shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Take the name with Enter, leave with Escape; neither reaches the cards below."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_entered()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """Leave with a click elsewhere."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.hide()

    def _on_entered(self) -> None:
        name = self.text().strip()
        if name and name != self._old_name:
            self.name_chosen.emit(self._filter_id, name)
        self._leave()

    def _leave(self) -> None:
        self.hide()
        self._cards.setFocus(Qt.FocusReason.OtherFocusReason)
