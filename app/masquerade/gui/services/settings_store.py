"""Keep the settings of the running window, and write them a moment after each change."""

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from masquerade.errors import AppError, SettingsError
from masquerade.gui.services.workers import TaskRunner
from masquerade.settings import Settings
from masquerade.settings_file import open_settings, write_settings

_WRITE_AFTER_MS = 800
_log = logging.getLogger(__name__)


class SettingsStore(QObject):
    """The one place where the window's settings live; used on Qt's thread.

    Signals:
        changed: with the new Settings.
        failed: with a sentence for the user; emitted once, for a full disk stays full.
    """

    changed = Signal(object)
    failed = Signal(str)

    def __init__(self, path: Path, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._tasks = tasks
        self._writing = False
        self._failure_reported = False
        loaded = open_settings(path)
        self.settings = loaded.settings
        # What could not be read, in a sentence for the user; None where all was well.
        self.error: str | None = loaded.notice or None
        self._written = self.settings
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WRITE_AFTER_MS)
        self._timer.timeout.connect(self._write_soon)

    def change(self, step: Callable[[Settings], Settings]) -> None:
        """Change the settings by a function from the old ones to the new."""
        settings = step(self.settings)
        if settings != self.settings:
            self.settings = settings
            self._timer.start()
            self.changed.emit(settings)

    def close(self) -> None:
        """Write what has not been written yet, on this thread."""
        self._timer.stop()
        if self._written == self.settings:
            return
        try:
            write_settings(self._path, self.settings)
        except SettingsError as error:
            _log.warning("%s", error)

    def _write_soon(self) -> None:
        """Write on a thread, for the disk may be slow; one at a time, so that the newest is the last."""
        if self._writing:
            self._timer.start()
            return
        settings = self.settings
        self._writing = True
        self._tasks.submit(
            lambda: write_settings(self._path, settings),
            name="write settings",
            on_result=lambda _: self._on_written(settings),
            on_error=self._on_failed,
        )

    def _on_written(self, settings: Settings) -> None:
        self._writing = False
        self._written = settings

    def _on_failed(self, error: AppError) -> None:
        self._writing = False
        if not self._failure_reported:
            self._failure_reported = True
            self.failed.emit(str(error))
