"""Shows a photo with its landmarks, which can be dragged or moved by the arrow keys."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from masquerade.gui.preview.image_fit import fit_image
from masquerade.values import ByteArray, FloatArray

_RADIUS, _REACH = 6.0, 16.0  # pixels of the screen
_NUDGES = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
# On skin of any tone, in any light: white inside, black around.
_INNER, _OUTER = QColor(255, 255, 255), QColor(0, 0, 0, 190)


class LandmarkCanvas(QWidget):
    """A photo, as large as there is room, and a ring for each landmark.

    Signals:
        moved: a landmark was moved, with its number.
        chosen: another landmark is the chosen one, with its number; -1 = none.
    """

    moved = Signal(int)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Photo with landmarks")
        self._image: QImage | None = None
        self._landmarks: FloatArray = np.zeros((0, 2), np.float32)
        self._doubtful: frozenset[int] = frozenset()
        self._chosen = -1
        self._drags = False
        self._is_faint = False

    @property
    def landmarks(self) -> FloatArray:
        """The landmarks (K, 2) as they are now, pixels of the photo."""
        return self._landmarks.copy()

    @property
    def chosen_landmark(self) -> int:
        """The number of the chosen landmark; -1 = none."""
        return self._chosen

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the natural size."""
        return QSize(640, 560)

    def show_photo(self, pixels: ByteArray | None, landmarks: FloatArray, doubtful: frozenset[int]) -> None:
        """Show a photo (H, W, 4) BGRA with its landmarks (K, 2); None = it cannot be read."""
        self._image = None
        if pixels is not None:
            height, width = pixels.shape[:2]
            # A copy: the array need not outlive this call.
            self._image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
        self._landmarks, self._doubtful = landmarks.copy(), doubtful
        self._choose(-1)
        self.update()

    def move_landmarks(self, landmarks: FloatArray) -> None:
        """Put all landmarks (K, 2) somewhere else."""
        self._landmarks = landmarks.copy()
        self.update()

    def show_faint(self, is_faint: bool) -> None:
        """Dim a photo that is left out."""
        self._is_faint = is_faint
        self.update()

    def place_of(self, landmark: int) -> QPointF:
        """Return where a landmark is drawn, pixels of the widget."""
        x, y = self._landmarks[landmark]
        place, scale = self._place()
        return QPointF(place.x() + (float(x) + 0.5) * scale, place.y() + (float(y) + 0.5) * scale)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the photo and the rings."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Window))
        if self._image is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "This photo cannot be read.")
            return
        painter.setOpacity(0.35 if self._is_faint else 1.0)
        painter.drawImage(QRectF(self._place()[0]), self._image)
        for landmark in range(len(self._landmarks)):
            if np.isfinite(self._landmarks[landmark]).all():
                self._draw_ring(painter, landmark)

    def _draw_ring(self, painter: QPainter, landmark: int) -> None:
        place = self.place_of(landmark)
        is_chosen = landmark == self._chosen
        inner = self.palette().color(QPalette.ColorRole.Accent) if landmark in self._doubtful else _INNER
        radius = _RADIUS * (1.5 if is_chosen else 1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(_OUTER, 4.5))
        painter.drawEllipse(place, radius, radius)
        painter.setPen(QPen(inner, 2.5 if is_chosen else 2.0))
        painter.drawEllipse(place, radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(inner)
        painter.drawEllipse(place, 1.2, 1.2)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Take hold of the landmark under the pointer."""
        self._choose(self._nearest(event.position()))
        self._drags = self._chosen >= 0 and event.button() is Qt.MouseButton.LeftButton

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Move the landmark that is held; else show what the pointer would take hold of."""
        if self._drags:
            place, scale = self._place()
            offset = event.position() - QPointF(place.topLeft())
            self._move(offset.x() / scale - 0.5, offset.y() / scale - 0.5)
        else:
            near = self._nearest(event.position())
            self.setCursor(Qt.CursorShape.OpenHandCursor if near >= 0 else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Let go of it."""
        self._drags = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Move the chosen landmark by half a pixel of the photo, with Shift by three; Tab chooses the next one."""
        nudge = _NUDGES.get(Qt.Key(event.key()))
        if nudge is None or self._chosen < 0:
            super().keyPressEvent(event)
            return
        step = 3.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0.5
        x, y = self._landmarks[self._chosen]
        self._move(float(x) + step * nudge[0], float(y) + step * nudge[1])

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802 (Qt's names)
        """Go through the landmarks by Tab, and out of the photo after the last one."""
        following = self._chosen + (1 if next else -1)
        if self._image is None or not -1 <= following < len(self._landmarks):
            self._choose(-1)
            return super().focusNextPrevChild(next)
        if following < 0:
            return super().focusNextPrevChild(next)
        self._choose(following)
        return True

    def _move(self, x: float, y: float) -> None:
        if self._image is None:
            return
        limits = (self._image.width() - 1.0, self._image.height() - 1.0)
        self._landmarks[self._chosen] = np.clip((x, y), 0.0, limits)
        self.update()
        self.moved.emit(self._chosen)

    def _choose(self, landmark: int) -> None:
        if landmark != self._chosen:
            self._chosen = landmark
            self.update()
            self.chosen.emit(landmark)

    def _nearest(self, place: QPointF) -> int:
        """Return the landmark that a click here means; -1 = none is near."""
        if self._image is None or not len(self._landmarks):
            return -1
        distances = [(self.place_of(each) - place).manhattanLength() for each in range(len(self._landmarks))]
        nearest = int(np.nanargmin(distances)) if np.isfinite(distances).any() else -1
        return nearest if nearest >= 0 and distances[nearest] <= _REACH else -1

    def _place(self) -> tuple[QRectF, float]:
        """Return where the photo is drawn, and how many pixels of the widget one of its pixels takes."""
        image = self._image
        if image is None:
            return QRectF(self.rect()), 1.0
        place = QRectF(fit_image((image.width(), image.height()), (max(self.width(), 1), max(self.height(), 1))))
        return place, place.width() / image.width()
