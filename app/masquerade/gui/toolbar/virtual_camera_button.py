"""Draw the switch of the virtual camera, which shows how many programs use it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from masquerade.gui.services.studio.virtual_camera import VirtualCameraState
from masquerade.gui.widgets.controls import Control, control_height, paint_focus
from masquerade.gui.widgets.icons import paint_icon
from masquerade.gui.widgets.theme import BUTTON_RADIUS


class VirtualCameraButton(Control):
    """An icon that is filled while the camera is on, with the number of programs that use it.

    Signals:
        page_wanted: show the settings of the virtual camera.
    """

    page_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self._state = VirtualCameraState()
        self.show_state(self._state)

    def show_state(self, state: VirtualCameraState) -> None:
        """Show whether it is on, and how many programs use it."""
        self._state = state
        self.setChecked(state.on)
        self.setAccessibleName(f"Virtual camera: {state.words}")
        self.setToolTip(f"Virtual camera for meetings and streams: {state.words}\nRight-click for its settings")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return a square."""
        side = control_height(self)
        return QSize(side, side)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask for the settings of the virtual camera."""
        self.page_wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw ground, sign, the number of readers and the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        text = self._colour(QPalette.ColorRole.Text)
        on, inset = self.isChecked(), self.width() * 0.225
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(text)
            painter.drawRoundedRect(place, BUTTON_RADIUS, BUTTON_RADIUS)
        else:
            self._paint_ground(painter, place, BUTTON_RADIUS, bare=True)
        colour = self._colour(QPalette.ColorRole.Base) if on else text
        colour.setAlphaF(1.0 if self.isEnabled() else 0.3)
        paint_icon(painter, "broadcast", place.adjusted(inset, inset, -inset, -inset), colour)
        if self._state.readers:
            self._paint_readers(painter, QPointF(place.right() - 8, place.top() + 8))
        if self.hasFocus():
            palette = QPalette(self.palette())
            if on:
                # The ring's own colour is that of the filled ground.
                palette.setColor(QPalette.ColorRole.Link, palette.color(QPalette.ColorRole.PlaceholderText))
            paint_focus(painter, place, BUTTON_RADIUS, palette)

    def _paint_readers(self, painter: QPainter, middle: QPointF) -> None:
        """Draw the number of programs that use the camera, in the accent colour."""
        painter.setPen(QPen(self._colour(QPalette.ColorRole.Window), 2))
        painter.setBrush(self._colour(QPalette.ColorRole.Accent))
        painter.drawEllipse(middle, 8, 8)
        font = self.font()
        font.setPixelSize(11)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._colour(QPalette.ColorRole.BrightText))
        number = str(self._state.readers) if self._state.readers < 10 else "9+"
        painter.drawText(QRectF(middle.x() - 8, middle.y() - 8, 16, 16), Qt.AlignmentFlag.AlignCenter, number)
