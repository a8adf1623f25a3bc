"""Shows on a terminal how far a long job is; elsewhere it says nothing."""

import shutil
import sys
import time
from types import TracebackType
from typing import Self, TextIO

_CELLS = 24
_SECONDS_BETWEEN = 0.1
_CLEAR_LINE = "\r\033[K"


class Progress:
    """One line on stderr for one job, by `with`; it is gone when the job is done."""

    def __init__(self, name: str, total: int, stream: TextIO | None = None) -> None:
        """Begins at 0.

        Args:
            name: of the job, for people.
            total: steps of the whole job; 0 = unknown.
            stream: None takes stderr.
        """
        self._name = name
        self._total = total
        self._stream = stream or sys.stderr
        self._is_live = self._stream.isatty()
        self._begun_at = time.monotonic()
        self._shown_at = 0.0
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown_at:
            self._stream.write(_CLEAR_LINE)
            self._stream.flush()

    def step(self, count: int = 1) -> None:
        """Counts `count` steps more."""
        self._done += count
        now = time.monotonic()
        if self._is_live and now - self._shown_at >= _SECONDS_BETWEEN:
            self._shown_at = now
            # A line that wraps could not be cleared.
            columns = shutil.get_terminal_size().columns - 1
            self._stream.write(_CLEAR_LINE + self._line(now - self._begun_at)[:columns])
            self._stream.flush()

    def _line(self, seconds: float) -> str:
        if not self._total:
            return f"{self._name}  {self._done}"
        share = min(self._done / self._total, 1.0)
        left = round(seconds * (1 - share) / max(share, 1e-6))
        full = round(share * _CELLS)
        return f"{self._name}  {'#' * full}{'-' * (_CELLS - full)} {share:4.0%}  {left // 60}:{left % 60:02} left"
