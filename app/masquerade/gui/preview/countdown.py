"""Counts down over the preview until a photo is taken: Countdown."""

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

_SECOND_MS = 1000


class Countdown(QWidget):
    """A large number in the middle of its parent; it lets the mouse through.

    Signals:
        due: the time is over.
    """

    due = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view = parent
        self._left = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_SECOND_MS)
        self._timer.timeout.connect(self._on_second)
        self.hide()

    @property
    def left(self) -> int:
        """Seconds until the photo; 0 where none is awaited."""
        return self._left

    def begin(self, seconds: int) -> None:
        """Count down from so many seconds; from 0 it is due at once."""
        self._left = seconds
        if seconds == 0:
            self.due.emit()
            return
        self.resize(self._view.size())
        self.setAccessibleName(f"Photo in {seconds}")
        self.show()
        self.raise_()
        self._timer.start()

    def cancel(self) -> None:
        """Take no photo."""
        self._left = 0
        self._timer.stop()
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the number on a dark disc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = max(min(self.width(), self.height()) * 0.14, 32)
        middle = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 150))
        painter.drawEllipse(middle, radius, radius)
        font = self.font()
        font.setPixelSize(round(radius * 1.2))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(255, 255, 255))
        disc = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self._left))

    def _on_second(self) -> None:
        self._left -= 1
        self.update()
        if self._left <= 0:
            self.cancel()
            self.due.emit()
