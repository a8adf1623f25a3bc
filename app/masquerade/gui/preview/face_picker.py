"""Let the user point at a face in the preview, and mark it."""

import time

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, QTimer, Signal

from masquerade.gui.preview.face_places import face_at, face_place
from masquerade.values import Scene

_LONG_PRESS_MS = 600
# As long as the tracker knows a lost face again.
_KEPT_SECONDS = 3.5


class FacePicker(QObject):
    """Keeps the marked face, and interprets presses on the preview.

    Signals:
        menu_wanted: identity of a face, and the place in the widget: right button or long press.
        left: the user, or the marked face, has gone: nothing is marked any more.
    """

    menu_wanted = Signal(int, QPoint)
    left = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.marked: int | None = None
        self._seen_at = 0.0
        self._pressed: tuple[int, QPoint] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LONG_PRESS_MS)
        self._timer.timeout.connect(self._on_long_press)

    def mark(self, face: int | None) -> None:
        """Mark a face, or none."""
        self.marked = face
        self._seen_at = time.monotonic()

    def watch(self, scene: Scene) -> None:
        """Check whether the marked face is still there."""
        if self.marked is None:
            return
        if any(face.identity == self.marked for face in scene.faces):
            self._seen_at = time.monotonic()
        elif time.monotonic() - self._seen_at > _KEPT_SECONDS:
            self.left.emit()

    def press(self, place: QPointF, scene: Scene, image: QRectF, mirrored: bool) -> None:
        """Handle the left button: a long press on a face opens its menu, a press beside all faces leaves."""
        face = face_at(place, scene, image, mirrored)
        if face is not None:
            self._pressed = (face, place.toPoint())
            self._timer.start()
        elif self.marked is not None:
            self.left.emit()

    def release(self) -> None:
        """End the press."""
        self._timer.stop()

    def ask(self, place: QPointF, scene: Scene, image: QRectF, mirrored: bool) -> bool:
        """Handle the right button; return whether it hit a face."""
        face = face_at(place, scene, image, mirrored)
        if face is not None:
            self.menu_wanted.emit(face, place.toPoint())
        return face is not None

    def mark_place(self, scene: Scene, image: QRectF, mirrored: bool) -> QRectF | None:
        """Return the position of the mark; None if nothing is marked in this scene."""
        marked = next((face for face in scene.faces if face.identity == self.marked), None)
        return None if marked is None else face_place(marked, scene, image, mirrored)

    def _on_long_press(self) -> None:
        if self._pressed is not None:
            self.menu_wanted.emit(*self._pressed)
