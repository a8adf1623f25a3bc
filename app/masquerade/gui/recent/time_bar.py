"""Draw the time of a clip with its play head and the two handles that trim it: TimeBar."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from masquerade.gui.widgets.controls import paint_focus
from masquerade.gui.widgets.theme import BUTTON_RADIUS

_HANDLE_WIDTH = 10
_INSET = 12
_STEP_SECONDS, _PAGE_SECONDS = 0.1, 1.0


class TimeBar(QWidget):
    """A line as long as the clip; the parts outside the handles are dimmed.

    Left and Right move the play head, with Shift the first handle, with Ctrl the last one.

    Signals:
        seek_wanted: seconds; the play head was moved.
        stretch_changed: begin and end in seconds; a handle was moved.
    """

    seek_wanted = Signal(float)
    stretch_changed = Signal(float, float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Time")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._seconds = 0.0
        self._position = 0.0
        self._begin = self._end = 0.0
        self._can_trim = False
        self._held = ""

    @property
    def begin(self) -> float:
        """Where the first handle stands, seconds."""
        return self._begin

    @property
    def end(self) -> float:
        """Where the last handle stands, seconds."""
        return self._end

    def show_clip(self, seconds: float, can_trim: bool) -> None:
        """Show a clip of this length, from its beginning to its end."""
        self._seconds, self._can_trim = max(seconds, 0.0), can_trim
        self._begin, self._end, self._position = 0.0, self._seconds, 0.0
        words = "Drag the ends to trim, or use Shift and Ctrl with the arrow keys" if can_trim else ""
        self.setToolTip(words)
        self.update()

    def show_position(self, seconds: float) -> None:
        """Move the play head."""
        self._position = seconds
        self.update()

    def show_stretch(self, begin: float, end: float) -> None:
        """Move the handles."""
        self._begin, self._end = begin, end
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return a height that is easy to grab."""
        return QSize(320, 40)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Take hold of what is nearest: a handle, or the play head."""
        if event.button() is not Qt.MouseButton.LeftButton or not self._seconds:
            return
        x = event.position().x()
        self._held = "head"
        if self._can_trim and abs(x - self._x_of(self._begin) + _HANDLE_WIDTH / 2) <= _HANDLE_WIDTH:
            self._held = "begin"
        elif self._can_trim and abs(x - self._x_of(self._end) - _HANDLE_WIDTH / 2) <= _HANDLE_WIDTH:
            self._held = "end"
        self._move_held(self._seconds_at(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Move what is held; show over a handle that it can be."""
        x = event.position().x()
        if self._held:
            self._move_held(self._seconds_at(x))
            return
        near = min(
            abs(x - self._x_of(self._begin) + _HANDLE_WIDTH / 2), abs(x - self._x_of(self._end) - _HANDLE_WIDTH / 2)
        )
        over = self._can_trim and near <= _HANDLE_WIDTH
        self.setCursor(Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Let go."""
        self._held = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Move the play head or a handle by the arrow keys."""
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        way = ways.get(Qt.Key(event.key()))
        if way is None or not self._seconds:
            super().keyPressEvent(event)
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._can_trim:
            self._held, moment = "begin", self._begin + way * _PAGE_SECONDS
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._can_trim:
            self._held, moment = "end", self._end + way * _STEP_SECONDS
        else:
            self._held, moment = "head", self._position + way * _STEP_SECONDS
        self._move_held(moment)
        self._held = ""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the line, the stretch, the handles and the head."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, middle = self.palette(), self.height() / 2
        text = palette.color(QPalette.ColorRole.Text)
        line = QRectF(_INSET, middle - 3, self.width() - 2 * _INSET, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Light))
        painter.drawRoundedRect(line, 3, 3)
        begin, end = sorted((self._x_of(self._begin), self._x_of(self._end)))
        painter.setBrush(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawRoundedRect(QRectF(begin, middle - 3, max(end - begin, 1), 6), 3, 3)
        if self._can_trim:
            self._paint_handles(painter)
        head = self._x_of(self._position)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 2))
        painter.setBrush(text)
        painter.drawEllipse(QPointF(head, middle), 7, 7)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), BUTTON_RADIUS, self.palette())

    def _paint_handles(self, painter: QPainter) -> None:
        text = self.palette().color(QPalette.ColorRole.Text)
        height = self.height() - 16
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(text)
        way = -1 if self.isRightToLeft() else 1
        for x, side in ((self._x_of(self._begin), -way), (self._x_of(self._end), way)):
            left = x - _HANDLE_WIDTH if side < 0 else x
            painter.drawRoundedRect(QRectF(left, 8, _HANDLE_WIDTH, height), 4, 4)

    def _move_held(self, seconds: float) -> None:
        seconds = min(max(seconds, 0.0), self._seconds)
        if self._held == "begin":
            self._begin = min(seconds, self._end)
            self.stretch_changed.emit(self._begin, self._end)
        elif self._held == "end":
            self._end = max(seconds, self._begin)
            self.stretch_changed.emit(self._begin, self._end)
        elif self._held:
            self._position = seconds
            self.seek_wanted.emit(seconds)
        self.update()

    def _x_of(self, seconds: float) -> float:
        share = seconds / self._seconds if self._seconds else 0.0
        x = _INSET + min(max(share, 0.0), 1.0) * (self.width() - 2 * _INSET)
        return self.width() - x if self.isRightToLeft() else x

    def _seconds_at(self, x: float) -> float:
        along = self.width() - x if self.isRightToLeft() else x
        return (along - _INSET) / max(self.width() - 2 * _INSET, 1) * self._seconds
