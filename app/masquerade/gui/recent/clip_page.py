"""Show one photo, recording or loop on a page over the window: play, trim, loop, rename, share, delete."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QLineEdit, QWidget

from masquerade.gui.pages.overlay_page import OverlayPage
from masquerade.gui.recent.clip_view import ClipView
from masquerade.gui.recent.loop_row import LoopRow
from masquerade.gui.recent.time_bar import TimeBar
from masquerade.gui.widgets.controls import SignButton, WordButton

_MAX_NAME_LETTERS = 120
_MIN_VIEW_HEIGHT, _MAX_VIEW_HEIGHT = 112, 720
_FRAME_HEIGHT = 32 + 16 + 24 + 16 + 40  # margins, heading and the room around the panel


class ClipPage(OverlayPage):
    """The widgets of the page; the controller connects them.

    Signals:
        name_entered: with the new name, without its ending.
    """

    name_entered = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Recent", parent)
        self.view = ClipView(self)
        self.play = SignButton("resume", "Play (Space)", parent=self)
        self.mute = SignButton("sound", "Mute", parent=self)
        self.bar = TimeBar(self)
        self.time = QLabel("", self)
        self.time.setObjectName("soft")
        self.trim = WordButton("Save trimmed copy", self)
        self.trim.setToolTip("Drag the ends of the time line first; the original stays as it is")
        self.loop = WordButton("Make a loop", self)
        self.loop.setCheckable(True)
        self.loop_row = LoopRow(self)
        self.loop_row.hide()
        self.loop.toggled.connect(self._on_loop)
        self.message = QLabel("", self)
        self.message.setWordWrap(True)
        self.message.setObjectName("small")
        self.message.hide()
        self.name = QLineEdit(self)
        self.name.setAccessibleName("Name")
        self.name.setMaxLength(_MAX_NAME_LETTERS)
        self.name.setToolTip("Type another name and press Enter")
        self.name.editingFinished.connect(self._on_name)
        self.copy = WordButton("Copy", self)
        self.copy.setToolTip("Copy to the clipboard")
        self.folder = WordButton("Show in folder", self)
        self.remove = WordButton("Move to bin", self)
        self._name = ""
        self._player = QWidget(self)
        self._makers = QWidget(self)
        _fill(self._player, self.play, self.bar, self.time, self.mute)
        _fill(self._makers, self.trim, self.loop, None)
        self._sharing = QWidget(self)
        _fill(self._sharing, self.name, self.copy, self.folder, self.remove)
        self.body.setSpacing(8)
        self._rows: tuple[QWidget, ...] = (self._player, self._makers, self.loop_row, self.message, self._sharing)
        for row in (self.view, *self._rows):
            self.body.addWidget(row)

    def show_file(self, path: Path) -> None:
        """Show another file."""
        self.view.show_image(QImage())
        self.show_name(path)
        self.show_message("")
        self.loop.setChecked(False)
        self.show_clip(0.0, can_trim=False, has_sound=False)

    def show_clip(self, seconds: float, can_trim: bool, has_sound: bool, is_audible: bool = True) -> None:
        """Show what can be done with a clip of this length; 0 is a photo."""
        self._player.setVisible(seconds > 0)
        self._makers.setVisible(seconds > 0)
        self.trim.setVisible(can_trim)
        self.mute.setVisible(has_sound)
        self.mute.setEnabled(is_audible)
        self.bar.show_clip(seconds, can_trim)
        self.trim.setEnabled(False)
        self.show_time(0.0, seconds)
        self.fit()

    def show_time(self, position: float, seconds: float) -> None:
        """Write the time and move the play head."""
        self.bar.show_position(position)
        self.time.setText(f"{time_in_figures(position)} / {time_in_figures(seconds)}")

    def show_playing(self, playing: bool) -> None:
        """Show what a click on the button does."""
        words = "Pause (Space)" if playing else "Play (Space)"
        self.play.show_sign("pause" if playing else "resume", words)

    def show_muted(self, muted: bool, is_audible: bool) -> None:
        """Show whether the sound is off."""
        words = ("Unmute" if muted else "Mute") if is_audible else "This computer has no sound output"
        self.mute.show_sign("sound_off" if muted or not is_audible else "sound", words)

    def show_name(self, path: Path) -> None:
        """Write the name of the file, without its ending."""
        self._name = path.stem
        self.name.setText(path.stem)
        self.setAccessibleName(path.name)

    def show_message(self, words: str) -> None:
        """Show a message about an action; "" hides it."""
        self.message.setText(words)
        self.message.setVisible(bool(words))
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Let Space play and pause."""
        if event.key() == Qt.Key.Key_Space and self.play.isVisible():
            self.play.click()
        else:
            super().keyPressEvent(event)

    def lay_out(self, width: int) -> None:
        """Give the image the space that the rows leave."""
        parent = self.parentWidget()
        if parent is None:
            return
        for row in (self._makers, self._sharing):
            _fold(row, width)
        heights = [_row_height(row, width) + self.body.spacing() for row in self._rows if not row.isHidden()]
        left = parent.height() - 32 - _FRAME_HEIGHT - sum(heights)
        wanted = min(round(width * 9 / 16), _MAX_VIEW_HEIGHT)
        self.view.setFixedHeight(max(min(left, wanted), _MIN_VIEW_HEIGHT))
        self.view.setMinimumWidth(min(width, round(self.view.height() * 16 / 9)))
        self.body.activate()

    def _on_loop(self, shown: bool) -> None:
        self.loop_row.setVisible(shown)
        self.fit()

    def _on_name(self) -> None:
        name = self.name.text().strip()
        if name != self._name:
            self.name_entered.emit(name)


def _fold(row: QWidget, width: int) -> None:
    """Lay a row's widgets under each other where they do not fit beside each other."""
    layout = row.layout()
    if isinstance(layout, QBoxLayout):
        layout.setDirection(QBoxLayout.Direction.LeftToRight)
        if layout.minimumSize().width() > width:
            layout.setDirection(QBoxLayout.Direction.TopToBottom)


def _row_height(row: QWidget, width: int) -> int:
    height = row.heightForWidth(width)
    return height if height > 0 else row.sizeHint().height()


def time_in_figures(seconds: float) -> str:
    """Return e.g. 0:07.3 or 12:05.0."""
    tenths = max(round(seconds * 10), 0)
    return f"{tenths // 600}:{tenths % 600 // 10:02}.{tenths % 10}"


def _fill(row: QWidget, *widgets: QWidget | None) -> None:
    """Lay widgets side by side; None is room that stretches."""
    layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
    for widget in widgets:
        if isinstance(widget, QLineEdit | TimeBar):
            layout.setStretchFactor(widget, 1)
