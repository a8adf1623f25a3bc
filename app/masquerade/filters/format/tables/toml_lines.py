"""Finds the line of every key in the text of a TOML file, which tomllib does not say."""

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress

Path = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' + r"|'''.*?'{3,5}(?!')" + r'|"(?:[^"\\\n]|\\.)*"' + r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\n]*")


class Lines:
    """The lines of a TOML text that tomllib has read without a problem.

    A place is the keys and indices that lead to it: ("layer", 1, "depth") is the key
    `depth` of the second `[[layer]]`.
    """

    def __init__(self, text: str) -> None:
        self._scanner = _Scanner(text)
        # What was found so far still helps; the rest falls back to its table's line.
        with suppress(RecursionError, MemoryError, ValueError, LookupError, StopIteration, _UnreadableError):
            self._scanner.scan()

    def of(self, place: Path) -> int:
        """Return the line from 1 of a place, or of the nearest one around it that has any."""
        while place and place not in self._scanner.found:
            place = place[:-1]
        return self._scanner.found.get(place, 1)


class _UnreadableError(Exception):
    """The text is no TOML after all."""


class _Scanner:
    """Walks over the text once and notes where keys stand; values are skipped."""

    def __init__(self, text: str) -> None:
        self.found: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._counts: dict[Path, int] = {}

    def scan(self) -> None:
        table: Path = ()
        while True:
            self._skip(_BETWEEN)
            if self._at >= len(self._text):
                return
            begin = self._at
            if self._text[begin] == "[":
                table = self._header()
                for length in range(len(table)):
                    self._note(table[: length + 1], begin)
            else:
                self._pair(table)

    def _header(self) -> Path:
        many = self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        self._skip(_BLANK)
        keys = self._keys()
        self._skip(_BLANK)
        self._at += 2 if many else 1
        place: Path = ()
        for key in keys[:-1]:
            place = self._newest((*place, key))
        place = (*place, keys[-1])
        if many:
            self._counts[place] = self._counts.get(place, 0) + 1
        return self._newest(place)

    def _newest(self, place: Path) -> Path:
        return (*place, self._counts[place] - 1) if place in self._counts else place

    def _pair(self, table: Path) -> None:
        begin = self._at
        place = table
        for key in self._keys():
            place = (*place, key)
            self._note(place, begin)
        self._skip(_BLANK)
        if not self._text.startswith("=", self._at):
            raise _UnreadableError
        self._at += 1
        self._value(place)

    def _keys(self) -> list[str]:
        keys = [self._key()]
        while _DOT.match(self._text, self._at):
            self._skip(_DOT)
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        match = _KEY.match(self._text, self._at)
        if match is None:
            raise _UnreadableError
        self._at = match.end()
        return next(iter(tomllib.loads(f"{match[0]} = 0")))

    def _value(self, place: Path) -> None:
        self._skip(_BLANK)
        sign = self._text[self._at : self._at + 1]
        if sign == "[":
            self._at += 1
            self._array(place)
        elif sign == "{":
            self._at += 1
            self._inline(place)
        else:
            self._skip(_TEXT if sign in "\"'" and sign else _BARE)

    def _array(self, place: Path) -> None:
        number = 0
        while not self._closed("]"):
            self._note((*place, number), self._at)
            self._value((*place, number))
            number += 1

    def _inline(self, place: Path) -> None:
        while not self._closed("}"):
            self._pair(place)

    def _closed(self, sign: str) -> bool:
        """Go to the next item, or over the closing sign."""
        self._skip(_BETWEEN)
        if self._text.startswith(",", self._at):
            self._at += 1
            self._skip(_BETWEEN)
        if self._at >= len(self._text):
            raise _UnreadableError
        if self._text[self._at] == sign:
            self._at += 1
            return True
        return False

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise _UnreadableError
        self._at = match.end()

    def _note(self, place: Path, at: int) -> None:
        self.found.setdefault(place, 1 + bisect_right(self._ends, at - 1) if at else 1)
