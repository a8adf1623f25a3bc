"""Shows the finished frames alone in a window of their own, for programs that capture windows."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from masquerade.values import Scene


class OutputWindow(QWidget):
    """No controls, no stats and no marks; black while no frames come."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Masquerade output")
        self._scene: Scene | None = None
        self._mirrored = False

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the size of the virtual camera."""
        return QSize(1280, 720)

    def show_scene(self, scene: Scene) -> None:
        """Show a scene; nothing is done while the window is closed."""
        if self.isVisible():
            self._scene = scene
            self.update()

    def clear(self) -> None:
        """Show black: no frames come."""
        self._scene = None
        self.update()

    def mirror(self, mirrored: bool) -> None:
        """Show the frames as in a mirror."""
        self._mirrored = mirrored
        self.update()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Forget the last image, so that it is not shown when the window opens again."""
        self._scene = None
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the frame as large as it fits."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._scene is None:
            return
        frame = self._scene.frame
        width, height = frame.size_wh
        image = QImage(frame.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        scale = min(self.width() / width, self.height() / height)
        place = QRectF(0, 0, width * scale, height * scale)
        place.moveCenter(QRectF(self.rect()).center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._mirrored:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        painter.drawImage(place, image)
