"""Reads the filter packages for the gallery, and reads them again when their files change."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from masquerade.errors import AppError
from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.services.backend import Backend
from masquerade.gui.services.workers import TaskRunner

if TYPE_CHECKING:
    from masquerade.filters.packages.watch import PackageWatch


class FilterReload(QObject):
    """Reads on a worker, never twice at once; `close` ends the watch.

    Signals:
        read: the tuple of entries, and whether this is not the first time.
        failed: a sentence.
    """

    read = Signal(object, bool)
    failed = Signal(str)
    _changed = Signal()

    def __init__(self, parts: Backend, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read_packages = parts.read_filters
        self._watch_packages = parts.watch_filters
        self._tasks = tasks
        self._watch: PackageWatch | None = None
        self._begun = self._busy = self._stale = False
        self._changed.connect(self._again, Qt.ConnectionType.QueuedConnection)

    def begin(self) -> None:
        """Read for the first time; later calls do nothing."""
        if not self._begun:
            self._begun = True
            self._run(self._on_first)

    def read_again(self) -> None:
        """Read what has changed, without waiting for the watch to notice."""
        if self._begun:
            self._again()

    def close(self, timeout_seconds: float) -> None:
        """End the watch."""
        if self._watch is not None:
            self._watch.close(timeout_seconds)

    def _on_first(self, cards: tuple[FilterEntry, ...]) -> None:
        # Rung on the watch's thread.
        self._watch = self._watch_packages(self._changed.emit)
        self.read.emit(cards, False)

    def _again(self) -> None:
        self._stale = True
        if not self._busy:
            self._run(lambda cards: self.read.emit(cards, True))

    def _run(self, then: Callable[[tuple[FilterEntry, ...]], None]) -> None:
        self._busy, self._stale = True, False

        def done(cards: tuple[FilterEntry, ...]) -> None:
            self._busy = False
            then(cards)
            if self._stale:
                self._again()

        def failed(error: AppError) -> None:
            self._busy = False
            self.failed.emit(str(error))

        self._tasks.submit(self._read_packages, name="read filters", on_result=done, on_error=failed)
