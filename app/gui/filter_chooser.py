"""Puts the chosen filter on the line without making the window wait for its art."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.gui.bridge import Errands


class FilterChooser(QObject):
    """Loads aside, one filter at a time; of several wishes the last one counts.

    Signals:
        worn: the identity of the filter that is on now.
        failed: identity and a sentence; the filter before stays on.
    """

    worn = Signal(str)
    failed = Signal(str, str)

    def __init__(self, choose: Callable[[str, float], None], errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choose = choose
        self._errands = errands
        self._wanted: tuple[str, float] | None = None
        self._busy = False

    def wear(self, identity: str, intensity: float) -> None:
        """Asks for a filter, "" for none, at an intensity from 0 to 1."""
        self._wanted = (identity, intensity)
        if not self._busy:
            self._run()

    def _run(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        self._busy = True
        identity, intensity = wanted

        def done(_: None) -> None:
            self._busy = False
            self.worn.emit(identity)
            self._run()

        def failed(fault: AppError) -> None:
            self._busy = False
            self.failed.emit(identity, str(fault))
            self._run()

        self._errands.run("choose filter", lambda: self._choose(identity, intensity), done, failed)
