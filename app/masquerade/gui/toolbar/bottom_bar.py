"""Holds the controls under the image: camera, mirrors, intensity, photo, record, settings."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from masquerade.gui.toolbar.camera_menu import CameraMenu
from masquerade.gui.toolbar.recording_buttons import PhotoButton, RecordButton
from masquerade.gui.toolbar.virtual_camera_button import VirtualCameraButton
from masquerade.gui.widgets.controls import SignButton, Switch, paint_focus
from masquerade.gui.widgets.icons import paint_icon

_HEIGHT = 72


class SlimSlider(QSlider):
    """A horizontal slider: a thin line, a round knob, neutral in colour."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(name)
        self.setRange(0, 100)
        self.setPageStep(10)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the fixed size."""
        return QSize(112, 36)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw line, knob and focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.Text)
        middle = self.height() / 2
        knob_x = 10 + (self.width() - 20) * self.value() / 100
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Light))
        painter.drawRoundedRect(QRectF(10, middle - 2, self.width() - 20, 4), 2, 2)
        painter.setBrush(text)
        painter.drawRoundedRect(QRectF(10, middle - 2, knob_x - 10, 4), 2, 2)
        painter.drawEllipse(QPointF(knob_x, middle), 7, 7)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), 8, text)

    def mousePressEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Jump to where it is pressed, as people expect of a line."""
        self._follow(event)

    def mouseMoveEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Follow the pointer."""
        self._follow(event)

    def _follow(self, event: QEvent) -> None:
        x = event.position().x()  # type: ignore[attr-defined]
        self.setValue(round(100 * (x - 10) / max(self.width() - 20, 1)))


class Sign(QWidget):
    """A sign without a function, before a group of controls."""

    def __init__(self, sign: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self.setFixedSize(20, 20)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the sign softly."""
        painter = QPainter(self)
        paint_icon(painter, self._sign, QRectF(self.rect()), self.palette().color(QPalette.ColorRole.PlaceholderText))


class BottomBar(QWidget):
    """One row of controls.

    Signals:
        intensity_changed: 0.0 to 1.0.
    """

    intensity_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        self.camera = CameraMenu(self)
        self.mirror_preview = Switch("Preview", "Mirror the preview", self)
        self.mirror_preview.setToolTip("Show the image as in a mirror")
        self.mirror_file = Switch("File", "Mirror the file", self)
        self.mirror_file.setToolTip("Save photos and recordings as in a mirror")
        self.intensity = SlimSlider("Intensity", self)
        self.intensity.setToolTip("Intensity of the filter")
        self.photo = PhotoButton(self)
        self.record = RecordButton(self)
        self.timer = QLabel("00:00", self)
        self.timer.setAccessibleName("Time recorded")
        self.virtual_camera = VirtualCameraButton(self)
        self.virtual_camera.setEnabled(False)
        self.settings = SignButton("settings", "Settings", parent=self)
        self.help = SignButton("help", "Keyboard shortcuts", parent=self)
        self._mirror_words = QLabel("Mirror", self)
        self._intensity_words = QLabel("Intensity", self)
        for words in (self._mirror_words, self._intensity_words):
            words.setObjectName("soft")
        self._mirror_sign, self._intensity_sign = Sign("mirror", self), Sign("intensity", self)
        self._running = False
        self.intensity.valueChanged.connect(lambda value: self.intensity_changed.emit(value / 100))
        self._lay_out()
        self.fit(1280)
        self.show_recording(False)

    def show_recording(self, running: bool) -> None:
        """Fill the button and shows the timer, or empties it."""
        self._running = running
        self.timer.setEnabled(running)
        self.show_seconds(0.0)

    def show_seconds(self, seconds: float) -> None:
        """Write the time recorded."""
        minutes, rest = divmod(int(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        words = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
        self.timer.setText(words)
        # Where there is no room for the timer beside the button, it runs on the button.
        self.record.show_running(self._running, words if self._running and self.timer.isHidden() else "REC")

    def show_mirror(self, mirrored: bool, can_change: bool) -> None:
        """Show whether the preview is mirrored; files never are."""
        self.mirror_preview.setChecked(mirrored)
        self.mirror_preview.setEnabled(can_change)

    def enable_takes(self, enabled: bool) -> None:
        """Let photo and record be pressed while there is an image."""
        self.photo.setEnabled(enabled)
        self.record.setEnabled(enabled)

    def show_intensity(self, intensity: float) -> None:
        """Move the slider without telling it as a change."""
        self.intensity.blockSignals(True)
        self.intensity.setValue(round(intensity * 100))
        self.intensity.blockSignals(False)
        self.intensity.update()

    def step_intensity(self, step: int) -> None:
        """Move the slider by some hundredths."""
        self.intensity.setValue(self.intensity.value() + step)

    def fit(self, width: int) -> None:
        """Leave words out where the window is narrow; the signs stay."""
        self._mirror_words.setVisible(width >= 1100)
        self._intensity_words.setVisible(width >= 1100)
        self._intensity_sign.setVisible(width < 1100)
        self.intensity.setFixedWidth(160 if width >= 1500 else 112 if width >= 1000 else 80)
        self.camera.setMaximumWidth(280 if width >= 1400 else 208 if width >= 1000 else 152)
        self.timer.setVisible(width >= 860)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 0)
        layout.setSpacing(8)
        layout.addWidget(self.camera)
        layout.addSpacing(8)
        for widget in (self._mirror_sign, self._mirror_words, self.mirror_preview, self.mirror_file):
            layout.addWidget(widget)
        layout.addSpacing(8)
        layout.addWidget(self._intensity_sign)
        layout.addWidget(self._intensity_words)
        layout.addWidget(self.intensity)
        layout.addStretch(1)
        layout.addWidget(self.photo)
        layout.addWidget(self.record)
        layout.addWidget(self.timer)
        layout.addSpacing(8)
        layout.addWidget(self.virtual_camera)
        layout.addWidget(self.settings)
        layout.addWidget(self.help)
