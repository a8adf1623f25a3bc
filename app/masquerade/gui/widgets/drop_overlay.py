"""Shows over the window what would happen to the files that are dragged over it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from masquerade.gui.widgets.icons import paint_icon
from masquerade.gui.widgets.theme import CARD_RADIUS

_INSET = 16
_SIGN_SIDE = 48


class DropOverlay(QWidget):
    """A frame and a sentence over a dimmed window; lets the mouse and the files through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = ""
        self.hide()

    def open(self, words: str) -> None:
        """Cover the parent and say what a drop does."""
        self.words = words
        self.setAccessibleName(words)
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the frame, the sign and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 170))
        white = QColor(255, 255, 255)
        painter.setPen(QPen(white, 2, Qt.PenStyle.DashLine))
        frame = QRectF(self.rect()).adjusted(_INSET, _INSET, -_INSET, -_INSET)
        painter.drawRoundedRect(frame, CARD_RADIUS, CARD_RADIUS)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.4)
        painter.setFont(font)
        painter.setPen(white)
        height = painter.fontMetrics().height()
        middle = frame.center()
        sign = QRectF(middle.x() - _SIGN_SIDE / 2, middle.y() - _SIGN_SIDE - 4, _SIGN_SIDE, _SIGN_SIDE)
        paint_icon(painter, "saved", sign, white)
        room = QRectF(frame.left() + 16, middle.y() + 8, frame.width() - 32, 3 * height)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), self.words)
