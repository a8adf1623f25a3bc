"""Draws the two buttons that take something: photo and record."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from masquerade.gui.widgets.controls import Control, paint_focus
from masquerade.gui.widgets.icons import paint_icon


class PhotoButton(Control):
    """A round button with the photo sign."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Take a photo")
        self.setToolTip("Take a photo")

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the fixed square."""
        return QSize(48, 48)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw a disc, the sign and the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground(bare=False))
        painter.drawEllipse(place)
        colour = self._colour(QPalette.ColorRole.Text)
        colour.setAlphaF(1.0 if self.isEnabled() else 0.3)
        paint_icon(painter, "shutter", place.adjusted(11, 11, -11, -11), colour)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), 24, self._colour(QPalette.ColorRole.Text))


class RecordButton(Control):
    """A pill that reads REC; while a recording runs it is filled and shows a square."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_running(False)

    def show_running(self, running: bool, words: str = "REC") -> None:
        """Fill the pill, or empties it; `words` stand on it."""
        self._running = running
        self.setText(words)
        self.setAccessibleName("Stop recording" if running else "Start recording")
        self.setToolTip("Stop recording" if running else "Record a video")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the fixed pill."""
        return QSize(96, 48)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the pill, its sign and its word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        accent = self._colour(QPalette.ColorRole.Accent)
        if not self.isEnabled():
            accent = self._colour(QPalette.ColorRole.Light)
        painter.setPen(Qt.PenStyle.NoPen if self._running else QPen(accent, 2))
        painter.setBrush(accent if self._running else self._ground(bare=True))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        role = QPalette.ColorRole.BrightText if self._running else QPalette.ColorRole.Text
        self._paint_sign(painter, pill)
        font = QFont(self.font())
        font.setBold(True)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1)
        painter.setFont(font)
        painter.setPen(self._colour(role if self.isEnabled() else QPalette.ColorRole.PlaceholderText))
        painter.drawText(pill.adjusted(36, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), 24, self._colour(QPalette.ColorRole.Text))

    def _paint_sign(self, painter: QPainter, pill: QRectF) -> None:
        middle = QPointF(pill.left() + 22, pill.center().y())
        painter.setPen(Qt.PenStyle.NoPen)
        if self._running:
            painter.setBrush(self._colour(QPalette.ColorRole.BrightText))
            painter.drawRoundedRect(QRectF(middle.x() - 6, middle.y() - 6, 12, 12), 2, 2)
        else:
            role = QPalette.ColorRole.Accent if self.isEnabled() else QPalette.ColorRole.Light
            painter.setBrush(self._colour(role))
            painter.drawEllipse(middle, 7, 7)
