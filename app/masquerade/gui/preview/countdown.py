"""Count down over the preview until a photo is taken: Countdown."""

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from masquerade.gui.preview.free_place import free_place
from masquerade.gui.preview.video_view import VideoView

_SECOND_MS = 1000
_SHARE, _MIN_SIDE, _MARGIN = 0.2, 64, 24


class Countdown(QWidget):
    """A large number on the preview, beside the faces where there is room; it lets the mouse through.

    Signals:
        due: the time is over.
    """

    due = Signal()

    def __init__(self, view: VideoView) -> None:
        super().__init__(view)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view = view
        self._place = 0
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
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 150))
        disc = self.number_place()
        painter.drawEllipse(disc)
        font = self.font()
        font.setPixelSize(round(disc.height() * 0.6))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self._left))

    def number_place(self) -> QRectF:
        """Return where the number stands: in the middle of the lower or upper edge of the image, or in a corner."""
        room = self._view.image_place().intersected(QRectF(self.rect()))
        room = room.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        side = max(min(room.width(), room.height()) * _SHARE, _MIN_SIDE)
        middle, right, bottom = room.center().x() - side / 2, room.right() - side, room.bottom() - side
        corners = ((middle, bottom), (middle, room.top()), (room.left(), bottom), (right, bottom))
        places = [QRectF(x, y, side, side) for x, y in corners]
        free = free_place(places, self._view.face_rects(), self._place)
        self._place = self._place if free is None else free
        return places[self._place]

    def _on_second(self) -> None:
        self._left -= 1
        self.update()
        if self._left <= 0:
            self.cancel()
            self.due.emit()
