"""Is the list of filter cards: what keys, clicks and the star on a card do."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from masquerade.gui.gallery.card_painter import CardPainter, plus_place, star_place
from masquerade.gui.gallery.filter_model import LOOK_ROLE


class CardList(QListView):
    """The list of cards: arrows move, Enter chooses, letters go to the search.

    Signals:
        star_clicked: with the identity of the filter.
        add_clicked: with the identity of a filter that is to be worn with others.
        typed: a letter that belongs into the search.
        digit_typed: 0 to 9.
        left_by_keyboard: Escape was pressed.
    """

    star_clicked = Signal(str)
    add_clicked = Signal(str)
    typed = Signal(str)
    digit_typed = Signal(int)
    left_by_keyboard = Signal()

    def __init__(self, cards: CardPainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards = cards
        self.setItemDelegate(cards)
        self.setAccessibleName("Filters")
        self.setMouseTracking(True)
        # A click chooses and leaves the keyboard with the image, where letters are shortcuts.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.viewport().setAutoFillBackground(False)

    def lay_out(self, as_strip: bool) -> None:
        """Make it one row that scrolls sideways, or rows that scroll up and down."""
        off, when_needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(not as_strip)
        self.setHorizontalScrollBarPolicy(when_needed if as_strip else off)
        self.setVerticalScrollBarPolicy(off if as_strip else when_needed)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Move, chooses, or hands letters to the search and digits to the favourites."""
        text = event.text()
        bare = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_enter(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() == Qt.Key.Key_Escape:
            self.left_by_keyboard.emit()
        elif bare and text in tuple("123456789"):
            self.digit_typed.emit(int(text))
        elif bare and text.isprintable() and text.strip():
            self.typed.emit(text)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Return a click on the star marks the filter; one on the plus, or with Ctrl, puts it on with the others."""
        index = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid() or not index.flags():
            super().mouseReleaseEvent(event)
            return
        look, cell = index.data(LOOK_ROLE), self.visualRect(index)
        with_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        on_plus = look.addable and plus_place(cell).contains(event.position())
        if look.card.id and star_place(cell).contains(event.position()):
            self.setState(QAbstractItemView.State.NoState)
            self.star_clicked.emit(look.card.id)
        elif look.card.id and (on_plus or with_ctrl):
            self.setState(QAbstractItemView.State.NoState)
            self.add_clicked.emit(look.card.id)
        else:
            super().mouseReleaseEvent(event)

    def _on_enter(self, with_ctrl: bool) -> None:
        """Choose the current card alone, or with the others."""
        index = self.currentIndex()
        if with_ctrl and index.isValid() and index.flags() and index.data(LOOK_ROLE).card.id:
            self.add_clicked.emit(index.data(LOOK_ROLE).card.id)
        else:
            self.activated.emit(index)

    def event(self, event: QEvent) -> bool:
        """Keep letters for the search where the window has them as shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
            escape = event.key() == Qt.Key.Key_Escape
            if escape or (not held and event.text().isprintable() and event.text().strip() not in ("", "?")):
                event.accept()
                return True
        return super().event(event)

    def focusInEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Show where the keyboard is."""
        self._cards.keyboard_here = True
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, 0))
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.viewport().update()

    def focusOutEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Hide where the keyboard was."""
        self._cards.keyboard_here = False
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.viewport().update()
