"""The list of filter cards: handles keys, clicks, the wheel and tooltips."""

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QListView, QToolTip, QWidget

from masquerade.gui.gallery.card_painter import CardPainter, image_place, plus_place, star_place
from masquerade.gui.gallery.filter_model import LOOK_ROLE


class CardList(QListView):
    """The list of cards: arrows move, Enter chooses, letters go to the search.

    Signals:
        star_clicked: with the id of the filter.
        add_clicked: with the id of a filter that is to be added to the others.
        typed: a letter that belongs into the search.
        digit_typed: 1 to 9.
        left_by_keyboard: Escape was pressed.
        menu_wanted: with the id of the filter, and the place on the screen.
        rename_wanted: with the id of the filter.
        remove_wanted: with the id of the filter.
    """

    star_clicked = Signal(str)
    add_clicked = Signal(str)
    typed = Signal(str)
    digit_typed = Signal(int)
    left_by_keyboard = Signal()
    menu_wanted = Signal(str, QPoint)
    rename_wanted = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, cards: CardPainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards = cards
        self.setItemDelegate(cards)
        self.setAccessibleName("Filters")
        self.setMouseTracking(True)
        # A click chooses and leaves the keyboard where it is.
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
        """Become one row that scrolls sideways, or rows that scroll up and down."""
        off, when_needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(not as_strip)
        self.setHorizontalScrollBarPolicy(when_needed if as_strip else off)
        self.setVerticalScrollBarPolicy(off if as_strip else when_needed)

    def step_wheel_by(self, cell: QSize) -> None:
        """Let one notch of the wheel move by three quarters of a card."""
        lines = max(QApplication.wheelScrollLines(), 1)
        self.verticalScrollBar().setSingleStep(max(round(cell.height() * 0.75 / lines), 1))
        self.horizontalScrollBar().setSingleStep(max(round(cell.width() * 0.75 / lines), 1))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Scroll; the wheel of an ordinary mouse moves a strip sideways."""
        angle = event.angleDelta()
        if self.isWrapping() or angle.x() or not angle.y():
            super().wheelEvent(event)
            return
        bar = self.horizontalScrollBar()
        notches = angle.y() / 120 * (-1 if self.layoutDirection() is Qt.LayoutDirection.LeftToRight else 1)
        bar.setValue(bar.value() + round(notches * QApplication.wheelScrollLines() * bar.singleStep()))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask for the menu of the card under the pointer, or of the current one by its key."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        card = index.data(LOOK_ROLE).card if index.isValid() else None
        if card is not None and card.id:
            place = self.visualRect(index).center() if by_key else event.pos()
            self.menu_wanted.emit(card.id, self.viewport().mapToGlobal(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Move, choose, or hand letters to the search and digits to the favourites."""
        text = event.text()
        bare = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_enter(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() == Qt.Key.Key_Escape:
            self.left_by_keyboard.emit()
        elif event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Delete):
            self._ask_for(self.rename_wanted if event.key() == Qt.Key.Key_F2 else self.remove_wanted)
        elif bare and text in tuple("123456789"):
            self.digit_typed.emit(int(text))
        elif bare and text.isprintable() and text.strip():
            self.typed.emit(text)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Mark the filter by a click on its star; add it by one on its plus, or with Ctrl."""
        index = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid() or not index.flags():
            super().mouseReleaseEvent(event)
            return
        look, image = index.data(LOOK_ROLE), image_place(self.visualRect(index), self.font())
        with_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        on_plus = look.addable and plus_place(image).contains(event.position())
        if look.card.id and star_place(image).contains(event.position()):
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

    def _ask_for(self, signal: SignalInstance) -> None:
        """Emit a signal with the current filter."""
        index = self.currentIndex()
        if index.isValid() and index.data(LOOK_ROLE).card.id:
            signal.emit(index.data(LOOK_ROLE).card.id)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Explain the star and the plus in tooltips of their own."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self._sign_tooltip(event.pos())
            if words:
                QToolTip.showText(event.globalPos(), words, self.viewport())
                return True
        return super().viewportEvent(event)

    def _sign_tooltip(self, place: QPoint) -> str:
        index = self.indexAt(place)
        if not index.isValid() or not index.flags():
            return ""
        look, image = index.data(LOOK_ROLE), image_place(self.visualRect(index), self.font())
        if look.card.id and star_place(image).contains(place.toPointF()):
            return "Remove from favourites" if look.favourite is not None else "Add to favourites"
        if look.addable and plus_place(image).contains(place.toPointF()):
            return "Take off, keep the others" if look.chosen else "Add to current filters (Ctrl+click)"
        return ""

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
