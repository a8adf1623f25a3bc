"""Draw the slider of the intensity: a thin line, a round knob, its value beside it."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from masquerade.gui.widgets.controls import control_height, paint_focus


class SlimSlider(QSlider):
    """A horizontal slider from 0 to 100 %, neutral in colour; a double click sets it to 100 %."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(name)
        self.setRange(0, 100)
        self.setPageStep(10)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._width = 112

    def set_length(self, width: int) -> None:
        """Change the length of the line, in pixels."""
        self._width = width
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the length, and the height of a control."""
        return QSize(self._width, control_height(self, 36))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the natural size: the line is never squeezed."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw line, knob and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isRightToLeft():
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.Text)
        middle = self.height() / 2
        knob_x = 10 + (self.width() - 20) * self.value() / 100
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawRoundedRect(QRectF(10, middle - 1.5, self.width() - 20, 3), 1.5, 1.5)
        painter.setBrush(text)
        painter.drawRoundedRect(QRectF(10, middle - 2, knob_x - 10, 4), 2, 2)
        painter.drawEllipse(QPointF(knob_x, middle), 7, 7)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), 8, self.palette())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Jump to the position of the click."""
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Follow the pointer."""
        self._follow(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Go back to 100 %."""
        self.setValue(100)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Take a new height with a new font."""
        super().changeEvent(event)
        self.updateGeometry()

    def _follow(self, event: QMouseEvent) -> None:
        x = event.position().x()
        x = self.width() - x if self.isRightToLeft() else x
        self.setValue(round(100 * (x - 10) / max(self.width() - 20, 1)))
