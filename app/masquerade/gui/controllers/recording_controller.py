"""Serves the photo and record buttons, and tells what was saved where."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QPixmap

from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.recordings import RecordingService, name_by_time
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.values import Scene

if TYPE_CHECKING:
    from masquerade.studio.recorder import RecordingReport


class RecordingController(QObject):
    """Joins the buttons, the shortcuts and the messages to the Takes."""

    def __init__(self, window: MainWindow, memory: SettingsStore, takes: RecordingService) -> None:
        super().__init__(window)
        self._window = window
        self._memory = memory
        self._takes = takes
        self._clock = QTimer(self)
        self._clock.setInterval(200)
        self._clock.timeout.connect(lambda: window.bar.show_seconds(takes.seconds))
        takes.recording_changed.connect(self._on_recording_changed)
        takes.recorded.connect(self._on_recorded)
        takes.photo_saved.connect(self._on_photo_saved)
        takes.failed.connect(lambda words: window.show_error(words, "Settings", window.settings_page.open_sheet))
        window.bar.record.clicked.connect(self._toggle_recording)
        window.bar.photo.clicked.connect(self._take_photo)

    def record_to(self, path: Path) -> None:
        """Start a recording into this file."""
        self._takes.start(path, self._memory.settings.mirror_file)

    def stop(self) -> None:
        """End the recording, because no more images come."""
        self._takes.stop()

    def _toggle_recording(self) -> None:
        if self._takes.recording:
            self._takes.stop()
        else:
            self.record_to(self._memory.settings.recordings_folder / f"{name_by_time(datetime.now())}.mp4")

    def _on_recording_changed(self, running: bool) -> None:
        self._window.bar.show_recording(running)
        self._window.view.show_recording(running)
        if running:
            self._clock.start()
        else:
            self._clock.stop()

    def _on_recorded(self, report: "RecordingReport") -> None:
        if report.frames == 0:
            self._window.show_notice("Nothing was recorded, for no image came.", "All right", lambda: None)
            return
        words = f"{report.path.name}: {length_in_words(report.seconds)}, {_lost_in_words(report.dropped)}."
        self._window.show_toast(words, "Show in folder", _folder_shower(report.path))

    def _take_photo(self) -> None:
        scene = self._window.view.scene
        if scene is None:
            return
        settings = self._memory.settings
        self._takes.photograph(scene, settings.photos_folder, settings.photo_format, settings.mirror_file)
        if not settings.reduced_motion:
            self._window.view.flash()
            self._window.fly_photo(_small_image(scene, self._window.view.mirrored))

    def _on_photo_saved(self, path: Path) -> None:
        self._window.show_toast(f"{path.name} is saved.", "Show in folder", _folder_shower(path))


def length_in_words(seconds: float) -> str:
    """Return e.g. "12.3 s" or "2 min 5 s"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def _lost_in_words(dropped: int) -> str:
    if dropped == 0:
        return "no image dropped"
    return "1 image dropped" if dropped == 1 else f"{dropped} images dropped"


def _folder_shower(path: Path) -> Callable[[], None]:
    def show() -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    return show


def _small_image(scene: Scene, mirrored: bool) -> QPixmap:
    width, height = scene.frame.size_wh
    image = QImage(scene.frame.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    small = image.scaledToWidth(640, Qt.TransformationMode.SmoothTransformation)
    return QPixmap.fromImage(small.flipped(Qt.Orientation.Horizontal) if mirrored else small)
