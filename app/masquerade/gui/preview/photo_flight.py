"""Animates a photo from the preview to the button for recent files."""

from PySide6.QtCore import QEasingCurve, QRect, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

_MILLISECONDS = 420


class PhotoFlight(QWidget):
    """A small image that flies once and then is gone; it takes no clicks."""

    def __init__(self, image: QPixmap, begin: QRect, end: QRect, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._image = image
        self._way = QVariantAnimation(self)
        self._way.setStartValue(begin)
        self._way.setEndValue(end)
        self._way.setDuration(_MILLISECONDS)
        self._way.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._way.valueChanged.connect(self.setGeometry)
        self._way.finished.connect(self.deleteLater)
        self.setGeometry(begin)
        self.show()
        self.raise_()
        self._way.start()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the image with a thin white edge; it fades on the last third."""
        progress = self._way.currentTime() / _MILLISECONDS
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(min(1.0, 3.0 * (1.0 - progress)))
        place = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawPixmap(place, self._image, QRectF(self._image.rect()))
        painter.setPen(QPen(QColor(255, 255, 255), 2))
        painter.drawRect(place)
