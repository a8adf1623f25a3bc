"""Holds the window's own small controls: sign button, menu button, switch."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from masquerade.gui.widgets.icons import paint_icon
from masquerade.gui.widgets.theme import BUTTON_RADIUS


def paint_focus(painter: QPainter, place: QRectF, radius: float, colour: QColor) -> None:
    """Draw the 2-px ring that shows where the keyboard is."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 2))
    painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), radius - 1, radius - 1)


class Control(QAbstractButton):
    """A button that draws itself: knows its colours and whether the pointer is on it."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _colour(self, role: QPalette.ColorRole) -> QColor:
        return self.palette().color(role)

    def _ground(self, bare: bool) -> QColor:
        """Return the button's own colour; a bare one shows it under the pointer only."""
        if self.underMouse() and self.isEnabled():
            return self._colour(QPalette.ColorRole.Light)
        return QColor(0, 0, 0, 0) if bare else self._colour(QPalette.ColorRole.Button)


class SignButton(Control):
    """A square button with a sign and no words; the words are its tooltip and its accessible name."""

    def __init__(self, sign: str, words: str, side: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self._side = side
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the fixed square."""
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw ground, sign and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground(bare=True))
        painter.drawRoundedRect(place, BUTTON_RADIUS, BUTTON_RADIUS)
        inset = self._side * 0.25
        paint_icon(
            painter, self._sign, place.adjusted(inset, inset, -inset, -inset), self._colour(QPalette.ColorRole.Text)
        )
        if self.hasFocus():
            paint_focus(painter, place, BUTTON_RADIUS, self._colour(QPalette.ColorRole.Text))


class MenuButton(Control):
    """A button with a sign, words that are cut where they are too long, and an arrow."""

    def __init__(self, sign: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(96)

    def show_choice(self, sign: str, words: str) -> None:
        """Show what is chosen now."""
        self._sign = sign
        self.setText(words)
        self.setToolTip(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return room for the words, up to a limit."""
        return QSize(min(self.fontMetrics().horizontalAdvance(self.text()) + 74, 280), 40)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw ground, sign, words, arrow and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        text = self._colour(QPalette.ColorRole.Text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground(bare=False))
        painter.drawRoundedRect(place, BUTTON_RADIUS, BUTTON_RADIUS)
        middle = place.center().y()
        paint_icon(painter, self._sign, QRectF(12, middle - 10, 20, 20), text)
        paint_icon(painter, "down", QRectF(place.right() - 26, middle - 8, 16, 16), text)
        room = QRectF(40, 0, place.width() - 40 - 30, place.height())
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.setPen(text)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if self.hasFocus():
            paint_focus(painter, place, BUTTON_RADIUS, text)


class Switch(Control):
    """An on-off switch with its words on the left; neutral in colour, for the accent is for recording."""

    INSET = 6  # room for the focus ring, left and right
    _TRACK_WIDTH = 34
    _TRACK_HEIGHT = 20

    def __init__(self, words: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setText(words)
        self.setAccessibleName(accessible_name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return words, gap and track, with room for the focus ring."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 8 + self._TRACK_WIDTH + 2 * self.INSET, 36)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw words, track, knob and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        text = self._colour(QPalette.ColorRole.Text)
        painter.setPen(text)
        painter.drawText(place.adjusted(self.INSET, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        self._paint_track(painter, place, text)
        if self.hasFocus():
            paint_focus(painter, place, BUTTON_RADIUS, text)

    def _paint_track(self, painter: QPainter, place: QRectF, text: QColor) -> None:
        track = QRectF(
            place.right() - self._TRACK_WIDTH - self.INSET,
            place.center().y() - self._TRACK_HEIGHT / 2,
            self._TRACK_WIDTH,
            self._TRACK_HEIGHT,
        )
        on = self.isChecked()
        knob = QRectF(0, 0, 14, 14)
        knob.moveCenter(track.center())
        knob.moveLeft(track.right() - 17 if on else track.left() + 3)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(text)
        else:
            painter.setPen(QPen(self._colour(QPalette.ColorRole.PlaceholderText), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            track.adjust(0.75, 0.75, -0.75, -0.75)
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour(QPalette.ColorRole.Base if on else QPalette.ColorRole.PlaceholderText))
        painter.drawEllipse(knob)
