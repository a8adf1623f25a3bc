"""Puts the chosen filters on the line without making the window wait for their art."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from masquerade.errors import AppError
from masquerade.gui.services.filter_selection import FilterSelection
from masquerade.gui.services.workers import TaskRunner


class FilterChooser(QObject):
    """Loads aside, one wish at a time; of several the last one counts.

    Signals:
        worn: the Wearing that is on now.
        failed: the Wearing wished for, and a sentence; the one before stays on.
    """

    worn = Signal(object)
    failed = Signal(object, str)

    def __init__(
        self, choose: Callable[[FilterSelection], None], tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._choose = choose
        self._tasks = tasks
        self._wanted: FilterSelection | None = None
        self._busy = False

    def wear(self, wearing: FilterSelection) -> None:
        """Ask for filters."""
        self._wanted = wearing
        if not self._busy:
            self._run()

    def _run(self) -> None:
        wearing, self._wanted = self._wanted, None
        if wearing is None:
            return
        self._busy = True

        def done(_: None) -> None:
            self._busy = False
            self.worn.emit(wearing)
            self._run()

        def failed(error: AppError) -> None:
            self._busy = False
            self.failed.emit(wearing, str(error))
            self._run()

        self._tasks.submit(lambda: self._choose(wearing), name="choose filter", on_result=done, on_error=failed)
