"""Wire the photo and record buttons, and show what was saved."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from masquerade.gui.preview.video_view import VideoView
from masquerade.gui.services.desktop.file_manager import show_in_folder
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.studio.recordings import RecordingService, name_by_time
from masquerade.gui.services.studio.replay import ReplayService
from masquerade.gui.toolbar.bottom_bar import BottomBar
from masquerade.studio.recording.recording_options import options_of
from masquerade.values import ByteArray, Scene

if TYPE_CHECKING:
    from masquerade.studio.recording.recorder import RecordingReport

_THUMBNAIL_WIDTH = 640


class RecordingDisplay(Protocol):
    """Shows the messages of recordings and photos."""

    def show_error(self, words: str, button: str = "", act: Callable[[], None] | None = None) -> None:
        """Show an error."""

    def show_notice(self, words: str, button: str = "", act: Callable[[], None] | None = None) -> None:
        """Show a notice."""

    def show_toast(self, words: str, button: str, act: Callable[[], None]) -> None:
        """Show for some seconds what was saved."""

    def fly_photo(self, image: QPixmap) -> None:
        """Animate a photo to the recent files."""


class RecordingController(QObject):
    """Connects the buttons, the messages and the RecordingService.

    Signals:
        saved: with the path of a photo, recording or replay.
        loop_wanted: with the path of a replay that a loop is to be made of.
    """

    saved = Signal(object)
    loop_wanted = Signal(object)

    def __init__(
        self,
        view: VideoView,
        bar: BottomBar,
        display: RecordingDisplay,
        *,
        open_settings: Callable[[], None],
        store: SettingsStore,
        recordings: RecordingService,
        replay: ReplayService,
        worn: Callable[[], tuple[str, ...]],
    ) -> None:
        """Connect everything.

        Args:
            view: the preview; photos are of its scene.
            bar: holds the buttons.
            display: shows what came of it.
            open_settings: called to choose another folder.
            store: knows the folders.
            recordings: does the work.
            replay: keeps the last seconds.
            worn: returns the names of the filters that are worn.
        """
        super().__init__(recordings)
        self._view = view
        self._bar = bar
        self._display = display
        self._store = store
        self._recordings = recordings
        self._replay = replay
        self._worn = worn
        self._thumbnail = QPixmap()
        self._clock = QTimer(self)
        self._clock.setInterval(200)
        self._clock.timeout.connect(self._show_time)
        recordings.recording_changed.connect(self._on_recording_changed)
        recordings.recorded.connect(self._on_recorded)
        recordings.photo_saved.connect(self._on_photo_saved)
        recordings.failed.connect(lambda words: display.show_error(words, "Settings", open_settings))
        replay.saved.connect(self._on_replay_saved)
        replay.failed.connect(lambda words: display.show_error(words, "Settings", open_settings))
        store.changed.connect(lambda settings: replay.keep(settings.replay_seconds))
        replay.keep(store.settings.replay_seconds)
        bar.pause.clicked.connect(lambda: recordings.pause(not recordings.paused))
        recordings.paused_changed.connect(bar.pause.show_paused)
        bar.record.clicked.connect(self._toggle_recording)

    @property
    def is_recording(self) -> bool:
        """Whether a recording runs, or is about to."""
        return self._recordings.is_wanted

    def record_to(self, path: Path) -> None:
        """Start a recording into this file."""
        self._recordings.start(path, options_of(self._store.settings, self._worn()))

    def stop(self) -> None:
        """End the recording, because no more frames come."""
        self._recordings.stop()

    def save_replay(self) -> str:
        """Save the last seconds; returns "", or why they cannot be saved."""
        return self._replay.save(self._store.settings.recordings_folder / f"{name_by_time(datetime.now())} replay.mp4")

    def _on_replay_saved(self, report: "RecordingReport") -> None:
        self._show_saved(report.path, self._make_thumbnail())
        words = f"Replay saved ({length_in_words(report.seconds)})"
        self._display.show_toast(words, "Make a loop", lambda: self.loop_wanted.emit(report.path))

    def _toggle_recording(self) -> None:
        if self._recordings.is_wanted:
            self._recordings.stop()
        else:
            settings = self._store.settings
            self.record_to(settings.recordings_folder / f"{name_by_time(datetime.now())}.{settings.video_format}")

    def _on_recording_changed(self, running: bool) -> None:
        self._bar.show_recording(running)
        self._view.show_recording(running)
        if running:
            self._clock.start()
        else:
            self._clock.stop()
            self._view.show_time("")
            self._thumbnail = self._make_thumbnail()

    def _show_time(self) -> None:
        """Show the time on the bar, or on the preview if the bar is too narrow, and the remaining room."""
        self._recordings.note_filters(self._worn())
        self._bar.show_seconds(self._recordings.seconds)
        words = [] if self._bar.shows_time else [self._bar.timer.text()]
        remaining = self._recordings.remaining_seconds
        if remaining is not None:
            words.append(f"{remaining_in_words(remaining)} left")
        self._view.show_time(" \u00b7 ".join(words))

    def _on_recorded(self, report: "RecordingReport") -> None:
        if report.frames == 0:
            self._display.show_notice("Nothing was recorded: no video from the camera.")
            return
        self._show_saved(report.path, self._thumbnail)
        words = f"Video saved ({report_in_words(report)})"
        self._display.show_toast(words, "Show in folder", self._shower(report.path))

    def take_photo(self) -> None:
        """Save what the preview shows."""
        scene = self._view.scene
        if scene is None:
            return
        settings = self._store.settings
        self._recordings.photograph(scene, settings.photos_folder, settings.photo_format, settings.mirror_file)
        self._thumbnail = self._make_thumbnail()
        if not settings.reduced_motion:
            self._view.flash()
            self._display.fly_photo(self._thumbnail)

    def flash(self) -> None:
        """Show that a photo of a series was taken."""
        if not self._store.settings.reduced_motion:
            self._view.flash()

    def save_strip(self, photos: tuple[ByteArray, ...]) -> None:
        """Save photos as one strip."""
        settings = self._store.settings
        self._thumbnail = self._make_thumbnail()
        self._recordings.save_strip(photos, settings.photos_folder, settings.photo_format, settings.mirror_file)

    def _on_photo_saved(self, path: Path) -> None:
        self._show_saved(path, self._thumbnail)
        self._display.show_toast("Photo saved", "Show in folder", self._shower(path))

    def _show_saved(self, path: Path, image: QPixmap) -> None:
        self._bar.show_saved(path, image)
        self.saved.emit(path)

    def _shower(self, path: Path) -> Callable[[], None]:
        return lambda: show_in_folder(path, self._display.show_error, self)

    def _make_thumbnail(self) -> QPixmap:
        scene = self._view.scene
        return _small_image(scene, self._view.mirrored) if scene is not None else QPixmap()


def length_in_words(seconds: float) -> str:
    """Return e.g. "1 second", "12 seconds" or "2 minutes 5 seconds"."""
    minutes, rest = divmod(max(round(seconds), 1), 60)
    parts = ((minutes, "minute"), (rest, "second"))
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)


def remaining_in_words(seconds: float) -> str:
    """Return how long the disk has room, rounded down, e.g. "40 seconds", "12 min", "3 h 20 min", "over 24 h"."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{int(seconds)} seconds"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60 // 10 * 10} min" if minutes < 24 * 60 else "over 24 h"


def report_in_words(report: "RecordingReport") -> str:
    """Return a sentence with the length of a recording, and what is missing in it."""
    parts = f", {report.parts} files" if report.parts > 1 else ""
    lost = _dropped_in_words(report.dropped) + _silence_in_words(report)
    return f"{length_in_words(report.seconds)}{parts}{lost}{_clean_in_words(report)}"


def _clean_in_words(report: "RecordingReport") -> str:
    if report.clean_ended:
        return ", copy without filters ended early" if report.clean_path else ", no copy without filters"
    return ", with a copy without filters" if report.clean_path else ""


def _dropped_in_words(dropped: int) -> str:
    if dropped == 0:
        return ""
    return f", {dropped} frame{'' if dropped == 1 else 's'} dropped"


def _silence_in_words(report: "RecordingReport") -> str:
    """Return a word where a recording has no sound, or not for all of its length."""
    if report.silent_seconds > max(report.seconds - 0.2, 0):
        return ", no sound"
    return ", partly without sound" if report.silent_seconds >= 1 else ""


def _small_image(scene: Scene, mirrored: bool) -> QPixmap:
    width, height = scene.frame.size_wh
    image = QImage(scene.frame.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    small = image.scaledToWidth(min(width, _THUMBNAIL_WIDTH), Qt.TransformationMode.SmoothTransformation)
    return QPixmap.fromImage(small.flipped(Qt.Orientation.Horizontal) if mirrored else small)
