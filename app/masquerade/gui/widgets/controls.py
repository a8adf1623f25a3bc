"""Hold the window's own small controls: sign, sign button, menu button, switch, button with words.

A click leaves the keyboard where it is: only Tab moves it, and shows where it is. All sizes follow the font, and
everything is mirrored where the language runs from right to left.
"""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QWidget

from masquerade.gui.widgets.icons import paint_icon
from masquerade.gui.widgets.theme import BUTTON_RADIUS

_FIXED = QSizePolicy.Policy.Fixed


def control_height(widget: QWidget, least: int = 40) -> int:
    """Return the height of a control in which the widget's font has room, at least `least` pixels."""
    return max(least, widget.fontMetrics().height() + 16)


def sign_side(widget: QWidget) -> int:
    """Return the side of a sign that stands beside words in the widget's font."""
    return max(20, round(widget.fontMetrics().height() * 1.1))


def isolated(words: str) -> str:
    """Isolate words from the direction of the window: not "s 10", nor "...Integrated Cam"."""
    return f"\u2068{words}\u2069"


def left_to_right(words: str) -> str:
    """Isolate what is read from left to right in every language: not "-+Ctrl"."""
    return f"\u2066{words}\u2069"


def visual(widget: QWidget, place: QRectF) -> QRectF:
    """Return a rectangle inside the widget, mirrored in a right-to-left layout."""
    if not widget.isRightToLeft():
        return place
    return QRectF(widget.width() - place.right(), place.top(), place.width(), place.height())


def paint_focus(painter: QPainter, place: QRectF, radius: float, palette: QPalette) -> None:
    """Draw the 2-px ring that shows where the keyboard is."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Link), 2))
    painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), radius - 1, radius - 1)


class Control(QAbstractButton):
    """A button that draws itself: it knows its colours and whether the pointer is on it."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(_FIXED, _FIXED)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the natural size: a control is never squeezed."""
        return self.sizeHint()

    def _colour(self, role: QPalette.ColorRole) -> QColor:
        return self.palette().color(role)

    def _paint_ground(self, painter: QPainter, place: QRectF, radius: float, bare: bool) -> None:
        """Draw the button; a bare one is only visible under the pointer."""
        hovered = self.underMouse() and self.isEnabled()
        if bare and not hovered:
            return
        painter.setPen(QPen(self._colour(QPalette.ColorRole.Dark), 1))
        painter.setBrush(self._colour(QPalette.ColorRole.Light if hovered else QPalette.ColorRole.Button))
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


class WordButton(QPushButton):
    """A button with words, drawn by the stylesheet."""

    def __init__(self, words: str, parent: QWidget | None, name: str = "") -> None:
        """Make it.

        Args:
            words: on the button.
            parent: of the widget.
            name: for assistive technology, where the words need their surroundings to be understood.
        """
        super().__init__(words, parent)
        self.setAccessibleName(name or words)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)


class Sign(QWidget):
    """An icon before words or controls, without a function."""

    def __init__(self, sign: str, parent: QWidget | None = None, soft: bool = True) -> None:
        super().__init__(parent)
        self._sign = sign
        self._role = QPalette.ColorRole.PlaceholderText if soft else QPalette.ColorRole.Text
        self.setSizePolicy(_FIXED, _FIXED)

    def show_sign(self, sign: str) -> None:
        """Show another sign."""
        self._sign = sign
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return a square as high as a line."""
        return QSize(sign_side(self), sign_side(self))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the sign."""
        painter = QPainter(self)
        paint_icon(painter, self._sign, QRectF(self.rect()), self.palette().color(self._role))


class SignButton(Control):
    """A square button with a sign and no words; the words are its tooltip and its accessible name."""

    def __init__(self, sign: str, words: str, side: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self.show_sign(sign, words)

    def show_sign(self, sign: str, words: str) -> None:
        """Show another sign, which `words` explain."""
        self._sign = sign
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return a square."""
        side = control_height(self, self._side)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw ground, sign and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        self._paint_ground(painter, place, BUTTON_RADIUS, bare=True)
        inset = self.width() * 0.25
        text = self._colour(QPalette.ColorRole.Text)
        paint_icon(painter, self._sign, place.adjusted(inset, inset, -inset, -inset), text)
        if self.hasFocus():
            paint_focus(painter, place, BUTTON_RADIUS, self.palette())


class MenuButton(Control):
    """A button with a sign, words that are cut where they are too long, and an arrow."""

    _PADDING, _GAP = 12, 8

    def __init__(self, sign: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self._compact = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, _FIXED)

    def show_choice(self, sign: str, words: str) -> None:
        """Show what is chosen now."""
        self._sign = sign
        self.setText(words)
        self.setToolTip(words)
        self.updateGeometry()
        self.update()

    def show_compact(self, compact: bool) -> None:
        """Show the sign and the arrow only; the words stay in the tooltip."""
        self._compact = compact
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return room for the words, up to about thirty letters."""
        metrics = self.fontMetrics()
        words = 0 if self._compact else min(metrics.horizontalAdvance(self.text()) + 2, 30 * metrics.averageCharWidth())
        return QSize(self._frame_width() + words, control_height(self))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return room for the sign, a few letters and the arrow."""
        letters = 0 if self._compact else 6 * self.fontMetrics().averageCharWidth()
        return QSize(min(self._frame_width() + letters, self.sizeHint().width()), control_height(self))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw ground, sign, words, arrow and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        text = self._colour(QPalette.ColorRole.Text)
        self._paint_ground(painter, place, BUTTON_RADIUS, bare=False)
        middle, side, arrow = place.center().y(), sign_side(self), self._arrow_side()
        sign = QRectF(self._PADDING, middle - side / 2, side, side)
        paint_icon(painter, self._sign, visual(self, sign), text)
        down = QRectF(place.right() - self._PADDING + 2 - arrow, middle - arrow / 2, arrow, arrow)
        paint_icon(painter, "down", visual(self, down), text)
        if not self._compact:
            room = QRectF(sign.right() + self._GAP, 0, down.left() - sign.right() - 2 * self._GAP + 4, place.height())
            words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
            painter.setPen(text)
            painter.drawText(
                visual(self, room), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, isolated(words)
            )
        if self.hasFocus():
            paint_focus(painter, place, BUTTON_RADIUS, self.palette())

    def _frame_width(self) -> int:
        """Return the width of all but the words."""
        words_gap = 0 if self._compact else self._GAP
        return 2 * self._PADDING - 2 + sign_side(self) + words_gap + self._arrow_side() + self._GAP - 4

    def _arrow_side(self) -> int:
        return round(sign_side(self) * 0.8)


class Switch(Control):
    """An on-off switch with its words before it; neutral in colour, for the accent is for recording."""

    INSET = 6  # room for the focus ring, left and right
    _GAP = 8

    def __init__(self, words: str, accessible_name: str, parent: QWidget | None = None, sign: str = "") -> None:
        """Make it off.

        Args:
            words: before the switch.
            accessible_name: says what it switches.
            parent: of the widget.
            sign: one of icons.NAMES, in place of the words where there is no room for them.
        """
        super().__init__(parent)
        self.setCheckable(True)
        self.setText(words)
        self.setAccessibleName(accessible_name)
        self._sign = sign
        self._compact = False

    def show_compact(self, compact: bool) -> None:
        """Show the sign in place of the words."""
        self._compact = compact and bool(self._sign)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return words or sign, gap and track, with room for the focus ring."""
        label = sign_side(self) if self._compact else self.fontMetrics().horizontalAdvance(self.text()) + 2
        gap = self._GAP if self.text() else 0
        width = label + gap + self._track_size().width() + 2 * self.INSET
        return QSize(round(width), control_height(self, 36))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw words, track, knob and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        text = self._colour(QPalette.ColorRole.Text)
        # The palette's disabled text is still readable; a switch that is off-limits stands back more.
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        if self._compact:
            side = sign_side(self)
            sign = QRectF(self.INSET, place.center().y() - side / 2, side, side)
            paint_icon(painter, self._sign, visual(self, sign), text)
        else:
            words = place.adjusted(self.INSET, 0, -self._track_size().width() - self.INSET, 0)
            painter.setPen(text)
            side_of_words = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(visual(self, words), side_of_words, self.text())
        self._paint_track(painter, text)
        if self.hasFocus():
            paint_focus(painter, place, BUTTON_RADIUS, self.palette())

    def _track_size(self) -> QRectF:
        height = max(20.0, round(self.fontMetrics().height() * 0.9))
        return QRectF(0, 0, round(height * 1.7), height)

    def _paint_track(self, painter: QPainter, text: QColor) -> None:
        track = self._track_size()
        track.moveCenter(QRectF(self.rect()).center())
        track.moveRight(self.width() - self.INSET)
        on, side = self.isChecked(), track.height() - 6
        knob = QRectF(track.right() - side - 3 if on else track.left() + 3, track.top() + 3, side, side)
        track, knob = visual(self, track), visual(self, knob)
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
