"""Shows the progress of a long job on stderr."""

import shutil
import sys
import time
from types import TracebackType
from typing import Self, TextIO

from masquerade.terminal import printable

_BAR_CELLS = 20
_SECONDS_BETWEEN = 0.1
_NAME_LETTERS = 24
_CLEAR_LINE = "\r\033[K"
_LINE_END = "\n"
# Where the terminal knows no such signs.
_PLAIN = str.maketrans("█░…", "#-~")


class Progress:
    """One line for one job, by `with`: redrawn while it runs, left standing when it is done.

    Where stderr is no terminal only the end is shown, in one line; nothing where nothing was done.
    """

    def __init__(
        self,
        name: str,
        total: int | None,
        unit: str = "frames",
        stream: TextIO | None = None,
        stays: bool = True,
    ) -> None:
        """Start to count at 0.

        Args:
            name: of the job, for people.
            total: how many steps there will be; None = unknown.
            unit: what one step is, in the plural; "" = nothing that people count.
            stream: None takes stderr.
            stays: False takes the line away at the end, which is then not shown.
        """
        self._name = _shorten(printable(name))
        self._total = total
        self._unit = unit
        self._stays = stays
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._is_plain = "utf" not in (self._stream.encoding or "utf").lower()
        self._begun_at = time.monotonic()
        self._shown_at = 0.0
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._stays:
            if self._shown_at:
                self._write("")
        elif kind is None and self._done:
            self._total = self._done
            self._write(f"{self._line()}\n")
        elif self._live and self._shown_at:
            self._write("\n")

    def step(self, count: int = 1) -> None:
        """Count `count` steps more."""
        self._done += count
        now = time.monotonic()
        if self._live and now - self._shown_at >= _SECONDS_BETWEEN:
            self._shown_at = now
            self._write(self._line())

    def _write(self, text: str) -> None:
        if self._live:
            # A line that wraps could not be cleared.
            columns = shutil.get_terminal_size().columns - 1
            text = f"{_CLEAR_LINE}{text if text.endswith(_LINE_END) else text[:columns]}"
        self._stream.write(text.translate(_PLAIN) if self._is_plain else text)
        self._stream.flush()

    def _line(self) -> str:
        seconds = max(time.monotonic() - self._begun_at, 1e-6)
        rate = self._done / seconds
        unit = self._unit if self._done != 1 else self._unit.removesuffix("s")
        done = f"  {self._done} {unit}  {_pace(rate)}"
        counted = done if self._unit else ""
        if not self._total:
            return f"{self._name}{counted}"
        share = min(self._done / self._total, 1.0)
        if self._done == self._total:
            left = f"in {_clock(seconds)}"
        else:
            left = f"{_clock((self._total - self._done) / rate)} left" if rate else ""
        return f"{self._name}  {_bar(share)} {share:4.0%}{counted}  {left}"


def _bar(share: float) -> str:
    full = round(share * _BAR_CELLS)
    return "█" * full + "░" * (_BAR_CELLS - full)


def _pace(rate: float) -> str:
    """Return the speed: per second, or per minute if it is slow."""
    return f"{rate:.0f} a second" if rate >= 1 else f"{60 * rate:.0f} a minute"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    return f"{minutes}:{rest:02}"


def _shorten(name: str) -> str:
    return name if len(name) <= _NAME_LETTERS else f"{name[: _NAME_LETTERS - 1]}…"
