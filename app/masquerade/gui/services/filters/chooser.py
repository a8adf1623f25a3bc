"""Puts the chosen filters on the line without making the window wait for their art."""

from collections.abc import Callable
from dataclasses import replace

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

    def wear_what_works(self, selection: FilterSelection, stand_in: str) -> None:
        """Ask for the filters of a selection that can be loaded; `failed` says what is wrong with the others.

        Args:
            selection: what is wanted.
            stand_in: id of the filter to wear in addition where one cannot be loaded; "" = none.
        """
        self._busy = True

        def work() -> tuple[FilterSelection, str]:
            try:
                self._choose(selection)
            except AppError as error:
                return self._choose_what_works(selection, stand_in, error)
            return selection, ""

        def done(result: tuple[FilterSelection, str]) -> None:
            self._busy = False
            rest, problems = result
            self.worn.emit(rest)
            if problems:
                self.failed.emit(selection, problems)
            self._run()

        def failed(error: AppError) -> None:
            self._busy = False
            self.failed.emit(selection, str(error))
            self._run()

        self._tasks.submit(work, name="choose filters", on_result=done, on_error=failed)

    def _choose_what_works(
        self, selection: FilterSelection, stand_in: str, error: AppError
    ) -> tuple[FilterSelection, str]:
        """Choose what can be loaded; return it, and a line for each filter that cannot."""
        problems = {each: problem for each in selection.all_filters if (problem := self._problem_of(each))}
        rest = selection.mapping(lambda each: None if each in problems else each)
        if stand_in:
            rest = replace(rest, filters=tuple(dict.fromkeys((stand_in, *rest.filters))))
        self._choose(rest)
        return rest, "\n".join(problems.values()) or str(error)

    def _problem_of(self, filter_id: str) -> str:
        try:
            self._choose(FilterSelection((filter_id,)))
        except AppError as error:
            return str(error)
        return ""

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
