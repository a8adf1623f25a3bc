"""The photo and record buttons, and the button for recent files."""

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from masquerade.gui.widgets.controls import Control, SignButton, control_height, paint_focus, visual
from masquerade.gui.widgets.icons import paint_icon
from masquerade.gui.widgets.theme import BUTTON_RADIUS

_MIN = 48


class PhotoButton(Control):
    """A round button with the photo sign."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Take a photo")
        self.setToolTip("Take a photo")

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return a square."""
        side = control_height(self, _MIN)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw a disc, the sign and the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        self._paint_ground(painter, place, place.height() / 2, bare=False)
        colour = self._colour(QPalette.ColorRole.Text)
        colour.setAlphaF(1.0 if self.isEnabled() else 0.3)
        inset = place.width() / 4
        paint_icon(painter, "shutter", place.adjusted(inset, inset, -inset, -inset), colour)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), self.height() / 2, self.palette())


class PauseButton(SignButton):
    """Pauses the recording, and goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("pause", "Pause recording", parent=parent)
        # Its place is kept, so that the record button stands still under the pointer.
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_paused(self, paused: bool) -> None:
        """Show what a click does."""
        words = "Resume recording" if paused else "Pause recording"
        self.show_sign("resume" if paused else "pause", words)


class RecordButton(Control):
    """A pill that reads REC; while a recording runs it is filled and shows a square."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running = False
        self._compact = False
        self.show_running(False)

    def show_running(self, running: bool, words: str = "REC") -> None:
        """Show whether a recording is running, with `words` as the label."""
        self._running = running
        self.setAccessibleName("Stop recording" if running else "Start recording")
        self.setToolTip("Stop recording" if running else "Record a video")
        if words != self.text():
            self.setText(words)
            self.updateGeometry()
        self.update()

    def show_compact(self, compact: bool) -> None:
        """Hide the label."""
        self._compact = compact
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the size with room for the label; constant while recording, so that nothing moves."""
        height = control_height(self, _MIN)
        if self._compact:
            return QSize(height, height)
        widest = max(QFontMetrics(self._bold()).horizontalAdvance(words) for words in (self.text(), "REC", "00:00"))
        return QSize(height + widest + height // 3, height)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the pill, its sign and its words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        accent = self._colour(QPalette.ColorRole.Accent if self.isEnabled() else QPalette.ColorRole.Light)
        painter.setPen(Qt.PenStyle.NoPen if self._running else QPen(accent, 2))
        hovered = self.underMouse() and self.isEnabled()
        ground = self._colour(QPalette.ColorRole.Light) if hovered else Qt.BrushStyle.NoBrush
        painter.setBrush(accent if self._running else ground)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        role = QPalette.ColorRole.BrightText if self._running else QPalette.ColorRole.Text
        sign = QRectF(0, 0, self.height(), self.height())
        self._paint_sign(painter, visual(self, sign).center())
        if not self._compact:
            painter.setFont(self._bold())
            painter.setPen(self._colour(role if self.isEnabled() else QPalette.ColorRole.PlaceholderText))
            words = QRectF(sign.right() - 4, 0, self.width() - sign.right() - 4, self.height())
            painter.drawText(
                visual(self, words), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text()
            )
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), self.height() / 2, self.palette())

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1)
        return font

    def _paint_sign(self, painter: QPainter, middle: QPointF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if self._running:
            painter.setBrush(self._colour(QPalette.ColorRole.BrightText))
            painter.drawRoundedRect(QRectF(middle.x() - 6, middle.y() - 6, 12, 12), 2, 2)
        else:
            role = QPalette.ColorRole.Accent if self.isEnabled() else QPalette.ColorRole.Light
            painter.setBrush(self._colour(role))
            painter.drawEllipse(middle, 7, 7)


class RecentButton(Control):
    """Opens the strip of what was made; shows a small image of what was saved last.

    Attributes:
        path: of what was saved last; None until something was saved since the start.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self._image = QPixmap()
        self.setCheckable(True)
        self.setAccessibleName("Recent photos and recordings")
        self.setToolTip("Recent photos and recordings")
        self.hide()

    def show_saved(self, path: Path, image: QPixmap) -> None:
        """Show another file; `image` is cropped to a square."""
        self.path = path
        self._image = image
        self.show()
        self.update()

    def forget(self, path: Path) -> None:
        """Show no image of a file that was deleted."""
        if self.path == path:
            self.path, self._image = None, QPixmap()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return a square."""
        side = control_height(self)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the image with round corners, or the sign, and the focus."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        place = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self._image.isNull():
            self._paint_ground(painter, place, BUTTON_RADIUS, bare=not self.isChecked())
            inset = self.width() * 0.25
            sign = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            paint_icon(painter, "recent", sign, self._colour(QPalette.ColorRole.Text))
        else:
            self._paint_image(painter, place)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), BUTTON_RADIUS, self.palette())

    def _paint_image(self, painter: QPainter, place: QRectF) -> None:
        corners = QPainterPath()
        corners.addRoundedRect(place, BUTTON_RADIUS, BUTTON_RADIUS)
        painter.setClipPath(corners)
        side = min(self._image.width(), self._image.height())
        middle = QRectF(0, 0, side, side)
        middle.moveCenter(QRectF(self._image.rect()).center())
        painter.drawPixmap(place, self._image, middle)
        painter.setClipping(False)
        edge = QPalette.ColorRole.Text if self.underMouse() or self.isChecked() else QPalette.ColorRole.Mid
        painter.setPen(QPen(self._colour(edge), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(corners)
