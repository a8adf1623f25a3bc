"""Takes recordings and photos: names the files, runs the recorder, tells what came of it."""

import logging
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from masquerade.errors import AppError, RecordingError
from masquerade.gui.services.backend import Backend
from masquerade.gui.services.workers import TaskRunner
from masquerade.settings import PhotoFormat
from masquerade.values import Scene

if TYPE_CHECKING:
    from masquerade.studio.recorder import Recorder, RecordingReport

_log = logging.getLogger(__name__)
_ENDINGS = {PhotoFormat.JPEG: ".jpg", PhotoFormat.PNG: ".png"}


class RecordingService(QObject):
    """One recording at a time, and photos; used on Qt's thread but for `tap`.

    Signals:
        recording_changed: True when a recording has begun, False when it is over.
        recorded: with the RecordingReport.
        photo_saved: with the path.
        failed: with a sentence for the user.
    """

    recording_changed = Signal(bool)
    recorded = Signal(object)
    photo_saved = Signal(object)
    failed = Signal(str)
    _error_rung = Signal()

    def __init__(self, parts: Backend, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._tasks = tasks
        self._take: Recorder | None = None
        self._problem: AppError | None = None
        self._began_at = 0.0
        self._starting = False
        self._error_rung.connect(self._on_error, Qt.ConnectionType.QueuedConnection)

    @property
    def recording(self) -> bool:
        """True while a recording runs."""
        return self._take is not None

    @property
    def seconds(self) -> float:
        """How long the recording has run."""
        return time.monotonic() - self._began_at if self.recording else 0.0

    def tap(self, scene: Scene) -> None:
        """Hand a scene to the recording that runs; called ON THE PROCESS THREAD."""
        take = self._take
        if take is not None:
            take.offer(scene.frame)

    def start(self, path: Path, mirrored: bool) -> None:
        """Start a recording; where one runs already nothing happens."""
        if self._take is not None or self._starting:
            return
        self._problem = None
        self._starting = True

        def start() -> "Recorder":
            make_folder(path.parent)
            return self._parts.start_recording(path, mirrored, self._tell_error)

        # Aside: the first recording loads the encoder, and a network folder may be slow.
        self._tasks.submit(start, name="start recording", on_result=self._on_started, on_error=self._on_not_started)

    def stop(self) -> None:
        """End the recording; the file is finished aside, then `recorded` is told."""
        take = self._let_go()
        if take is not None:
            self._tasks.submit(
                take.stop, name="finish recording", on_result=self._on_finished, on_error=self._on_failed
            )

    def close(self) -> None:
        """End the recording and waits until its file is whole. May be called twice."""
        take = self._let_go()
        if take is None:
            return
        try:
            report = take.stop()
        except AppError as error:
            _log.error("the recording could not be finished: %s", error)
        else:
            _log.info("recorded %s: %.1f s, %d dropped", report.path, report.seconds, report.dropped)

    def photograph(self, scene: Scene, folder: Path, photo_format: PhotoFormat, mirrored: bool) -> None:
        """Save the image of this scene aside; then `photo_saved` is told."""
        path = folder / f"{name_by_time(datetime.now())}{_ENDINGS[photo_format]}"
        pixels = scene.frame.pixels

        def save() -> Path:
            make_folder(folder)
            return self._parts.save_photo(path, pixels, mirrored)

        self._tasks.submit(save, name="save photo", on_result=self.photo_saved.emit, on_error=self._on_failed)

    def _on_started(self, take: "Recorder") -> None:
        self._starting = False
        self._began_at = time.monotonic()
        self._take = take
        self.recording_changed.emit(True)

    def _on_not_started(self, error: AppError) -> None:
        self._starting = False
        self.failed.emit(str(error))

    def _let_go(self) -> "Recorder | None":
        take, self._take = self._take, None
        if take is not None:
            self.recording_changed.emit(False)
        return take

    def _tell_error(self, error: AppError) -> None:
        """Called on the recorder's thread."""
        self._problem = error
        self._error_rung.emit()

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
    """Make the folder for recordings.

    Raises:
        RecordingError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(
            f"The folder {folder} cannot be made ({error.strerror}). Choose another one in the settings."
        ) from error
