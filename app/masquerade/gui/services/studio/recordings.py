"""Records videos and saves photos: names the files, runs the recorder, reports the result."""

import logging
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from masquerade.errors import AppError, RecordingError
from masquerade.gui.services.backend import Backend
from masquerade.gui.services.workers import TaskRunner
from masquerade.settings import PhotoFormat
from masquerade.studio.recording.recording_options import RecordingOptions
from masquerade.values import ByteArray, Scene

if TYPE_CHECKING:
    from masquerade.studio.recording.recorder import Recorder, RecordingReport

_log = logging.getLogger(__name__)
_ENDINGS = {PhotoFormat.JPEG: ".jpg", PhotoFormat.PNG: ".png", PhotoFormat.WEBP: ".webp"}


class RecordingService(QObject):
    """One recording at a time, and photos; used on Qt's thread except for `tap`.

    Signals:
        recording_changed: True when a recording has begun, False when it is over.
        recorded: with the RecordingReport.
        photo_saved: with the path.
        failed: with a sentence for the user.
        paused_changed: True when the recording pauses, False when it goes on.
        silent: a recording has no sound although it should; with a sentence for the user.
    """

    recording_changed = Signal(bool)
    recorded = Signal(object)
    photo_saved = Signal(object)
    failed = Signal(str)
    silent = Signal(str)
    paused_changed = Signal(bool)
    _error_signalled = Signal()

    def __init__(self, backend: Backend, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._recording: Recorder | None = None
        self._problem: AppError | None = None
        self._began_at = 0.0
        self._paused_at: float | None = None
        self._is_starting = False
        self._stop_wanted = False
        # Guards the two below, which the thread that opens the file shares with Qt's.
        self._guard = threading.Lock()
        self._opened: Recorder | None = None
        self._is_closed = False
        self._error_signalled.connect(self._on_error, Qt.ConnectionType.QueuedConnection)

    @property
    def recording(self) -> bool:
        """Whether a recording runs."""
        return self._recording is not None

    @property
    def unfinished(self) -> tuple[Path, ...]:
        """The files that are still being written."""
        return self._recording.paths if self._recording is not None else ()

    @property
    def remaining_seconds(self) -> float | None:
        """How long the disk has room for the current recording; None if unknown."""
        return self._recording.remaining_seconds if self._recording is not None else None

    def note_filters(self, names: tuple[str, ...]) -> None:
        """Note the filters in use, for the comment in the file."""
        if self._recording is not None:
            self._recording.note_filters(names)

    @property
    def is_wanted(self) -> bool:
        """Whether a recording runs, or is about to."""
        return self.recording or (self._is_starting and not self._stop_wanted)

    @property
    def seconds(self) -> float:
        """How long the recording has run."""
        now = self._paused_at if self._paused_at is not None else time.monotonic()
        return now - self._began_at if self.recording else 0.0

    @property
    def paused(self) -> bool:
        """Whether the recording is paused."""
        return self._paused_at is not None

    def pause(self, on: bool) -> None:
        """Pause or resume the recording."""
        if self._recording is None or on is self.paused:
            return
        if on:
            self._recording.pause()
            self._paused_at = time.monotonic()
        else:
            self._recording.resume()
            self._began_at += time.monotonic() - (self._paused_at or 0.0)
            self._paused_at = None
        self.paused_changed.emit(on)

    @property
    def level(self) -> float:
        """How loud the microphone of the recording is, 0 to 1."""
        sound = self._recording.sound if self._recording is not None else None
        return sound.level if sound is not None else 0.0

    @property
    def has_lost_sound(self) -> bool:
        """Whether the microphone of the recording was unplugged."""
        sound = self._recording.sound if self._recording is not None else None
        return sound is not None and sound.lost

    def mute(self, muted: bool) -> None:
        """Record silence from now on, or sound again."""
        sound = self._recording.sound if self._recording is not None else None
        if sound is not None:
            sound.mute(muted)

    def tap(self, scene: Scene) -> None:
        """Pass a scene to the recording; called ON THE PROCESS THREAD."""
        recording = self._recording
        if recording is not None:
            recording.offer(scene.frame, scene.clean)

    def start(self, path: Path, options: RecordingOptions) -> None:
        """Start a recording to this file; does nothing if one is running."""
        if self._recording is not None or self._is_starting:
            self._stop_wanted = False
            return
        self._problem = None
        self._is_starting, self._stop_wanted = True, False
        self._backend.keep_clean(options.with_clean)

        def start() -> None:
            make_folder(path.parent)
            recording = self._backend.start_recording(
                path, options, self._report_error, lambda error: self.silent.emit(str(error))
            )
            with self._guard:
                if not self._is_closed:
                    self._opened = recording
                    return
            # The window was closed meanwhile: nothing else would end this one.
            recording.stop()

        # On a thread: the first recording loads the encoder, and a network folder may be slow.
        self._tasks.submit(
            start,
            name="start recording",
            on_result=lambda _: self._on_started(),
            on_error=self._on_not_started,
        )

    def stop(self) -> None:
        """End the recording; the file is finished on a thread, then `recorded` is emitted."""
        self._stop_wanted = self._is_starting
        recording = self._let_go()
        if recording is not None:
            self._tasks.submit(
                recording.stop, name="finish recording", on_result=self._on_finished, on_error=self._on_failed
            )

    def close(self) -> "RecordingReport | None":
        """End the recording and wait until its file is complete; one that is starting leaves no file."""
        with self._guard:
            self._is_closed = True
            opened, self._opened = self._opened, None
        recording = self._let_go() or opened
        if recording is None:
            return None
        try:
            report = recording.stop()
        except AppError as error:
            _log.error("the recording could not be finished: %s", error)
            return None
        _log.info("recorded %s: %.1f s, %d dropped", report.path, report.seconds, report.dropped)
        return report

    def photograph(self, scene: Scene, folder: Path, photo_format: PhotoFormat, mirrored: bool) -> None:
        """Save the image of this scene on a thread; then `photo_saved` is emitted."""
        path = folder / f"{name_by_time(datetime.now())}{_ENDINGS[photo_format]}"
        pixels = scene.frame.pixels

        def save() -> Path:
            make_folder(folder)
            return self._backend.save_photo(path, pixels, mirrored)

        self._tasks.submit(save, name="save photo", on_result=self.photo_saved.emit, on_error=self._on_failed)

    def save_strip(
        self, photos: tuple[ByteArray, ...], folder: Path, photo_format: PhotoFormat, mirrored: bool
    ) -> None:
        """Save photos as one strip on a thread; then `photo_saved` is emitted."""
        path = folder / f"{name_by_time(datetime.now())} strip{_ENDINGS[photo_format]}"

        def save() -> Path:
            make_folder(folder)
            return self._backend.save_strip(path, photos, mirrored)

        self._tasks.submit(save, name="save strip", on_result=self.photo_saved.emit, on_error=self._on_failed)

    def _on_started(self) -> None:
        self._is_starting = False
        with self._guard:
            recording, self._opened = self._opened, None
        if recording is None:
            return
        self._began_at = time.monotonic()
        self._recording = recording
        self.recording_changed.emit(True)
        if self._stop_wanted:
            self.stop()

    def _on_not_started(self, error: AppError) -> None:
        self._is_starting = False
        self.failed.emit(str(error))

    def _let_go(self) -> "Recorder | None":
        recording, self._recording = self._recording, None
        self._paused_at = None
        if recording is not None:
            self._backend.keep_clean(False)
            self.recording_changed.emit(False)
        return recording

    def _report_error(self, error: AppError) -> None:
        """Take an error on the recorder's thread."""
        self._problem = error
        self._error_signalled.emit()

    def _on_error(self) -> None:
        self.stop()
        if self._problem is not None:
            self.failed.emit(str(self._problem))

    def _on_finished(self, report: "RecordingReport") -> None:
        if self._problem is None:
            self.recorded.emit(report)

    def _on_failed(self, error: AppError) -> None:
        self.failed.emit(str(error))


def name_by_time(moment: datetime) -> str:
    """Return a file name without ending that sorts by time and is allowed on every system."""
    return moment.strftime("Masquerade %Y-%m-%d %H.%M.%S")


def make_folder(folder: Path) -> None:
    """Create the folder for recordings.

    Raises:
        RecordingError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(
            f"The folder {folder} cannot be created ({error.strerror}). Choose another one in the settings."
        ) from error
