"""Paint the image of a photo or clip as large as there is room: ClipView."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from masquerade.gui.widgets.icons import paint_icon

_SIGN_SIDE = 48


class ClipView(QWidget):
    """An image on black; a click plays or pauses.

    Signals:
        clicked: with the left button.
    """

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.sign = ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_image(self, image: QImage) -> None:
        """Show another image; a null one leaves it black."""
        self.image, self.sign = image, ""
        self.update()

    def show_sign(self, sign: str) -> None:
        """Show one of icons.NAMES in place of an image that cannot be shown."""
        self.sign = sign
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return 16:9, as wide as the page is at best."""
        return QSize(720, 405)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Report a click."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the image in its shape."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self.image.isNull():
            self._paint_sign(painter)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(self.rect()).center())
        painter.drawImage(place, self.image)

    def _paint_sign(self, painter: QPainter) -> None:
        if not self.sign:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(0, 0, _SIGN_SIDE, _SIGN_SIDE)
        place.moveCenter(QRectF(self.rect()).center())
        paint_icon(painter, self.sign, place, QColor(255, 255, 255, 160))
