"""Hold the controls under the preview: camera, mirrors, intensity, photo, record, settings."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QLayout, QSpacerItem, QWidget

from masquerade.gui.toolbar.camera_menu import CameraMenu
from masquerade.gui.toolbar.microphone_button import MicrophoneButton
from masquerade.gui.toolbar.recording_buttons import PauseButton, PhotoButton, RecentButton, RecordButton
from masquerade.gui.toolbar.slider import SlimSlider
from masquerade.gui.toolbar.virtual_camera_button import VirtualCameraButton
from masquerade.gui.widgets.controls import Sign, SignButton, Switch

_MARGIN = 12


@dataclass(frozen=True, slots=True)
class _Form:
    """How much the bar shows.

    Attributes:
        slider: length in pixels.
        gap: between the controls, in pixels.
        words: the names of the groups; signs stand for them else.
        switches: the words of the switches.
        camera: the words of the camera menu.
        timer: beside the record button; on it else, while a recording runs.
        record: the words of the record button.
        group_gap: added before the mirrors and the intensity, in pixels.
        intensity_sign: before the slider, where its name is not.
        percent: the value of the intensity in figures.
        help: the button of the shortcuts, which F1 opens too.
        rows: 1 or 2.
    """

    slider: int
    gap: int
    words: bool = False
    switches: bool = False
    camera: bool = False
    timer: bool = False
    record: bool = False
    group_gap: int = 0
    intensity_sign: bool = True
    percent: bool = True
    help: bool = True
    rows: int = 1


# The first one that fits is used.
_FORMS = (
    _Form(words=True, switches=True, camera=True, timer=True, record=True, slider=160, gap=8, group_gap=8),
    _Form(words=True, switches=True, camera=True, timer=True, record=True, slider=112, gap=8, group_gap=8),
    _Form(switches=True, camera=True, timer=True, record=True, slider=96, gap=8, group_gap=8),
    _Form(camera=True, timer=True, record=True, slider=96, gap=8, group_gap=8),
    _Form(camera=True, record=True, slider=88, gap=6),
    _Form(record=True, slider=80, gap=4),
    _Form(slider=80, gap=4),
    _Form(slider=72, gap=4, percent=False),
    _Form(slider=72, gap=4, percent=False, help=False),
    _Form(slider=56, gap=4, intensity_sign=False, percent=False, help=False),
    _Form(switches=True, camera=True, timer=True, record=True, slider=96, gap=6, rows=2),
    _Form(camera=True, record=True, slider=80, gap=6, rows=2),
    _Form(slider=64, gap=2, percent=False, rows=2),
)


class BottomBar(QWidget):
    """One row of controls, or two where one is too narrow.

    Signals:
        intensity_changed: 0.0 to 1.0.
    """

    intensity_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.camera = CameraMenu(self)
        self.sound = SignButton("sound", "Mute the video", parent=self)
        self.sound.hide()
        self.mirror_preview = Switch("On screen", "Mirror preview", self, sign="screen")
        self.mirror_file = Switch("In saved files", "Mirror saved files", self, sign="saved")
        self.mirror_file.setToolTip("Mirror saved files: photos and recordings")
        self.intensity = SlimSlider("Intensity", self)
        self.intensity.setToolTip("Intensity of the filter; double-click for 100 %")
        self.photo = PhotoButton(self)
        self.record = RecordButton(self)
        self.pause = PauseButton(self)
        self.recent = RecentButton(self)
        self.timer = QLabel("00:00", self)
        self.timer.setAccessibleName("Time recorded")
        self.microphone = MicrophoneButton(self)
        self.virtual_camera = VirtualCameraButton(self)
        self.virtual_camera.setEnabled(False)
        self.settings = SignButton("settings", "Settings", parent=self)
        self.help = SignButton("help", "Keyboard shortcuts", parent=self)
        self._mirror_words = QLabel("Mirror", self)
        self._intensity_words = QLabel("Intensity", self)
        self._percent = QLabel("100 %", self)
        for words in (self._mirror_words, self._intensity_words, self._percent):
            words.setObjectName("soft")
        self._mirror_sign, self._intensity_sign = Sign("mirror", self), Sign("intensity", self)
        self._running = False
        self._form = _FORMS[0]
        self.intensity.setValue(100)
        self.intensity.valueChanged.connect(self._on_intensity)
        self._lay_out()
        self.show_mirror(False, can_change=True)
        self.fit(1280)
        self.show_recording(False)

    def show_recording(self, running: bool) -> None:
        """Fill the record button and show the timer, or empty it."""
        self._running = running
        self.timer.setEnabled(running)
        self.pause.setVisible(running)
        self.pause.show_paused(False)
        self.fit(self.width())
        self.show_seconds(0.0)
        self.fit(self.width())

    def show_saved(self, path: Path, image: QPixmap) -> None:
        """Show what was saved last."""
        self.recent.show_saved(path, image)
        self.fit(self.width())

    def offer_recent(self) -> None:
        """Show the button that opens what was made."""
        if self.recent.isHidden():
            self.recent.show()
            self.fit(self.width())

    def show_sound(self, has_sound: bool, muted: bool) -> None:
        """Show whether the sound of the source is heard; nothing where it has none."""
        self.sound.show_sign("sound_off" if muted else "sound", "Unmute the video" if muted else "Mute the video")
        if self.sound.isHidden() is has_sound:
            self.sound.setVisible(has_sound)
            self.fit(self.width())

    @property
    def is_recording(self) -> bool:
        """Whether a recording runs."""
        return self._running

    @property
    def shows_time(self) -> bool:
        """Whether the time recorded can be read on the bar."""
        return self.isVisible() and (self._form.timer or self._form.record)

    def show_seconds(self, seconds: float) -> None:
        """Write the time recorded."""
        minutes, rest = divmod(int(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        words = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
        self.timer.setText(words)
        self.record.show_running(self._running, words if self._running and not self._form.timer else "REC")

    def show_mirror(self, mirrored: bool, can_change: bool) -> None:
        """Show whether the preview is mirrored; files never are."""
        self.mirror_preview.setChecked(mirrored)
        self.mirror_preview.setEnabled(can_change)
        words = "Mirror preview" if can_change else "Videos and images are shown as they are"
        self.mirror_preview.setToolTip(words)

    def enable_takes(self, enabled: bool) -> None:
        """Enable the photo and record buttons while there is an image."""
        self.photo.setEnabled(enabled)
        self.record.setEnabled(enabled)

    def show_intensity(self, intensity: float) -> None:
        """Move the slider without reporting a change."""
        self.intensity.blockSignals(True)
        self.intensity.setValue(round(intensity * 100))
        self.intensity.blockSignals(False)
        self._percent.setText(f"{self.intensity.value()} %")
        self.intensity.update()

    def step_intensity(self, step: int) -> None:
        """Move the slider by some hundredths."""
        self.intensity.setValue(self.intensity.value() + step)

    def fit(self, width: int) -> None:
        """Fit the bar to this width; every control stays reachable."""
        for form in _FORMS:
            self._apply(form)
            if self._needed_width() <= width:
                break
        self.setFixedHeight(self._rows.sizeHint().height())
        self._rows.activate()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Fit again with another font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self.layout() is not None:
            self.fit(self.width())

    def _needed_width(self) -> int:
        left, right = self._left.sizeHint().width(), self._right.sizeHint().width()
        # The camera's name may be cut, all else is needed whole.
        left += self.camera.minimumSizeHint().width() - self.camera.sizeHint().width()
        return 2 * _MARGIN + (max(left, right) if self._form.rows == 2 else left + self._form.gap + right)

    def _apply(self, form: _Form) -> None:
        self._form = form
        self._mirror_words.setVisible(form.words)
        self._mirror_sign.setVisible(not form.words and form.switches)
        self._intensity_words.setVisible(form.words)
        self._intensity_sign.setVisible(not form.words and form.intensity_sign)
        for space in self._spaces:
            space.changeSize(form.group_gap, 0)
        self.intensity.set_length(form.slider)
        self._percent.setVisible(form.percent)
        self.help.setVisible(form.help)
        for switch in (self.mirror_preview, self.mirror_file):
            switch.show_compact(not form.switches)
        self.camera.show_compact(not form.camera)
        self.timer.setVisible(form.timer)
        self.record.show_compact(not form.record)
        self._percent.setFixedWidth(self._percent.fontMetrics().horizontalAdvance("100 %") + 2)
        self.timer.setMinimumWidth(self.timer.fontMetrics().horizontalAdvance("00:00") + 2)
        one_row = form.rows == 1
        self._rows.setDirection(QBoxLayout.Direction.LeftToRight if one_row else QBoxLayout.Direction.TopToBottom)
        for row in (self._rows, self._left, self._right):
            row.setSpacing(form.gap)
        for layout in (self._left, self._right, self._rows):
            layout.invalidate()
        # While a recording runs, its time moves onto the button or off it.
        words = self.timer.text() if self._running and not form.timer else "REC"
        self.record.show_running(self._running, words)

    def _on_intensity(self, value: int) -> None:
        self._percent.setText(f"{value} %")
        self.intensity_changed.emit(value / 100)

    def _lay_out(self) -> None:
        self._left = _row(
            self.camera,
            self.sound,
            self._mirror_sign,
            self._mirror_words,
            self.mirror_preview,
            self.mirror_file,
            self._intensity_sign,
            self._intensity_words,
            self.intensity,
            self._percent,
        )
        self._left.addStretch(1)
        self._spaces = (QSpacerItem(0, 0), QSpacerItem(0, 0))
        for space, first in zip(self._spaces, (self._mirror_sign, self._intensity_sign), strict=True):
            self._left.insertItem(self._left.indexOf(first), space)
        self._right = _row(
            self.recent,
            self.photo,
            self.record,
            self.timer,
            self.pause,
            self.microphone,
            self.virtual_camera,
            self.settings,
            self.help,
        )
        self._right.insertStretch(0, 1)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._rows.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._rows.addLayout(self._left, 1)
        self._rows.addLayout(self._right)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    return row
