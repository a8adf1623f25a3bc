"""Puts the chosen filters on the line without making the window wait for their art."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from masquerade.errors import AppError
from masquerade.gui.services.filter_selection import FilterSelection
from masquerade.gui.services.workers import TaskRunner


class FilterChooser(QObject):
    """Loads one selection at a time on a worker; of several that wait, only the last one counts.

    Signals:
        worn: the FilterSelection that is on now.
        failed: the FilterSelection that could not be put on, and a sentence; the one before stays on.
    """

    worn = Signal(object)
    failed = Signal(object, str)

    def __init__(
        self, choose: Callable[[FilterSelection], None], tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._choose = choose
        self._tasks = tasks
        self._next: FilterSelection | None = None
        self._busy = False

    def wear(self, selection: FilterSelection) -> None:
        """Ask for a selection."""
        self._next = selection
        if not self._busy:
            self._run()

    def _run(self) -> None:
        selection, self._next = self._next, None
        if selection is None:
            return
        self._busy = True

        def done(_: None) -> None:
            self._busy = False
            self.worn.emit(selection)
            self._run()

        def failed(error: AppError) -> None:
            self._busy = False
            self.failed.emit(selection, str(error))
            self._run()

        self._tasks.submit(lambda: self._choose(selection), name="choose filter", on_result=done, on_error=failed)
