"""Lay a page over the window, in place and not in a box of its own; Escape closes it."""

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from masquerade.gui.widgets.controls import SignButton
from masquerade.gui.widgets.tab_order import move_focus
from masquerade.gui.widgets.theme import CARD_RADIUS

# Margins of the panel and of its content, and the scroll bar.
_FRAME_WIDTH = 24 + 16 + 8 + 8


class _Panel(QWidget):
    """The rounded ground of the page."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS)


class OverlayPage(QWidget):
    """Cover its parent; keep the keyboard while it is open, and give it back afterwards.

    Signals:
        closed: it has been closed.
    """

    closed = Signal()

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.panel = _Panel(self)
        self._close_button = SignButton("close", "Close (Esc)", side=32, parent=self.panel)
        self._close_button.clicked.connect(self.close_sheet)
        heading = QLabel(title, self.panel)
        heading.setObjectName("heading")
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self._close_button)
        content = QWidget(self.panel)
        self.body = QVBoxLayout(content)
        # Beside the scroll bar; Qt mirrors layouts, but not their margins.
        self.body.setContentsMargins(*((8, 0, 0, 0) if self.isRightToLeft() else (0, 0, 8, 0)))
        self.body.setSpacing(16)
        self._scroll = QScrollArea(self.panel)
        self._scroll.setWidget(content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        layout = QVBoxLayout(self.panel)
        layout.setContentsMargins(*((16, 16, 24, 24) if self.isRightToLeft() else (24, 16, 16, 24)))
        layout.setSpacing(16)
        layout.addLayout(top)
        layout.addWidget(self._scroll)
        self._content = content
        self._focus_before: QWidget | None = None
        self.hide()

    def open_sheet(self) -> None:
        """Show the page and take the keyboard."""
        if self.isVisible():
            return
        self._focus_before = self.window().focusWidget()
        self.fit()
        self.show()
        # What came into the page since it was last open knows its size only now, in its style.
        self.fit()
        self.raise_()
        # The page itself, not its cross: no ring shows until Tab is pressed.
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_sheet(self) -> None:
        """Hide the page."""
        if not self.isVisible():
            return
        # Before hiding: Qt looks for a new owner of the keyboard while it hides one, and would
        # go round and round in focusNextPrevChild.
        self._give_keyboard_back()
        self.hide()
        self.closed.emit()

    def _give_keyboard_back(self) -> None:
        before = self._focus_before
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        else:
            self.window().setFocus(Qt.FocusReason.PopupFocusReason)

    def lay_out(self, width: int) -> None:
        """Arrange the content for a width in pixels; a page whose rows fit everywhere has nothing to do."""

    def fit(self) -> None:
        """Cover the parent and put the panel in its middle."""
        parent = self.parentWidget()
        if parent is None:
            return
        room = parent.rect()
        self.setGeometry(room)
        self.lay_out(room.width() - 32 - _FRAME_WIDTH)
        wanted = self._content.sizeHint()
        width = min(max(wanted.width() + _FRAME_WIDTH, 440), room.width() - 32)
        frame_height = 16 + 24 + 16 + self._close_button.sizeHint().height() + 8
        needed = max(self._content.heightForWidth(width - _FRAME_WIDTH), wanted.height())
        # A scroll area asks for the smallest height at any width, in which broken lines would be squeezed.
        self._content.setMinimumHeight(needed)
        height = min(needed + frame_height, room.height() - 32)
        self.panel.setGeometry((room.width() - width) // 2, (room.height() - height) // 2, width, height)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 (Qt's name)
        """Let Tab go round inside the page."""
        return move_focus((self.panel,), forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Escape closes; nothing reaches the window below."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()

    def event(self, event: QEvent) -> bool:
        """Take Escape before the window's shortcuts."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Close at a press beside the panel."""
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.close_sheet()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Dim the window."""
        QPainter(self).fillRect(self.rect(), QColor(0, 0, 0, 150))
