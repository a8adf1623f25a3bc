"""Draws the switch for sound in recordings, with the level while one runs."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QContextMenuEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QMenu, QWidget

from masquerade.gui.widgets.controls import Control, control_height, paint_focus
from masquerade.gui.widgets.icons import paint_icon
from masquerade.gui.widgets.theme import BUTTON_RADIUS

_DEFAULT = "System default"


class MicrophoneButton(Control):
    """A microphone, crossed out while sound is off; a right click chooses another one.

    Signals:
        menu_wanted: the microphones are to be looked for, then `offer`ed.
        chosen: with a name; "" = the system's default.
    """

    menu_wanted = Signal()
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self._level = 0.0
        self._name = ""
        self.menu = QMenu(self)
        self.show_choice(True, "")

    def show_choice(self, on: bool, name: str) -> None:
        """Show whether recordings have sound, and of which microphone."""
        self._name = name
        self.setChecked(on)
        words = f"Sound in recordings: {name or 'on'}" if on else "Sound in recordings: off"
        self.setAccessibleName(words)
        self.setToolTip(f"{words}. Right-click to choose a microphone")
        self.update()

    def show_level(self, level: float) -> None:
        """Show how loud it is, 0 to 1."""
        if round(level, 2) != round(self._level, 2):
            self._level = level
            self.update()

    def offer(self, names: Sequence[str]) -> None:
        """Open the list of microphones above the button."""
        self.menu.clear()
        group = QActionGroup(self.menu)
        for name in ("", *names):
            action = group.addAction(name or _DEFAULT)
            action.setCheckable(True)
            action.setChecked(name == self._name)
            action.triggered.connect(lambda _checked, name=name: self.chosen.emit(name))
            self.menu.addAction(action)
        above = self.mapToGlobal(self.rect().topLeft())
        above.setY(above.y() - self.menu.sizeHint().height() - 8)
        self.menu.popup(above)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the fixed square."""
        return QSize(control_height(self), control_height(self))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask for the list."""
        self.menu_wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw ground, sign, level and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        text = self._colour(QPalette.ColorRole.Text)
        self._paint_ground(painter, place, BUTTON_RADIUS, bare=True)
        inset = self.width() * 0.225
        sign = "microphone" if self.isChecked() else "microphone_off"
        paint_icon(painter, sign, place.adjusted(inset, inset, -inset, -inset), text)
        if self.isChecked() and self._level > 0:
            self._paint_level(painter, place)
        if self.hasFocus():
            paint_focus(painter, place, BUTTON_RADIUS, self.palette())

    def _paint_level(self, painter: QPainter, place: QRectF) -> None:
        """Draw a line as long as the sound is loud, on a scale of 48 decibels as ears hear it."""
        line = QRectF(place.left() + 8, place.bottom() - 7, place.width() - 16, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour(QPalette.ColorRole.Light))
        painter.drawRoundedRect(line, 1.5, 1.5)
        line.setWidth(line.width() * loudness(self._level))
        painter.setBrush(self._colour(QPalette.ColorRole.Text))
        painter.drawRoundedRect(line, 1.5, 1.5)


def loudness(level: float) -> float:
    """Return a peak, 0 to 1, on a scale of 48 decibels, 0 to 1."""
    return min(max(1 + 20 * math.log10(max(level, 1e-6)) / 48, 0.0), 1.0)
