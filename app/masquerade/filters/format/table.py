"""Reads one TOML table key by key and collects every problem, so that all are told at once."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar, cast

from masquerade.filters.format.toml_lines import Lines
from masquerade.filters.format.toml_lines import Path as Place

Choice = TypeVar("Choice", bound=StrEnum)


def nearest(word: str, known: Iterable[str], likeness: float = 0.5) -> str:
    """Return " (did you mean 'x'?)" for the known spelling nearest to `word`, whatever its capitals, or ""."""
    in_small = {each.lower(): each for each in known}
    close = difflib.get_close_matches(word.lower(), list(in_small), n=1, cutoff=likeness)
    return f" (did you mean '{in_small[close[0]]}'?)" if close else ""


def shown(value: object) -> str:
    """Return how a value from outside is quoted in a message: short, on one line."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a TOML file.

    Attributes:
        line: from 1.
    """

    line: int
    text: str


class Table:
    """A table of a TOML file that is read once.

    Every method takes one key. It returns the key's value, or where that is missing or
    wrong the default, after noting the problem; so reading goes on and finds the others.

    Args:
        content: the table as tomllib gives it.
        words: put before every problem, "layer 2: " or "".
        problems: the list that problems are added to.
        lines: of the file.
        place: of the table in it.
    """

    def __init__(
        self, content: dict[str, object], words: str, problems: list[Problem], lines: Lines, place: Place = ()
    ) -> None:
        self._content = content
        self._words = words
        self._problems = problems
        self._lines = lines
        self._place = place
        self._asked: list[str] = []

    def problem(self, text: str) -> None:
        """Note a problem of this table; its line is that of the first key or value of it that the text quotes."""
        quoted = re.findall(r"'([^']*)'", text)
        place = next((place for word in quoted for place in self._places_of(word)), ())
        self._problems.append(Problem(self._lines.of((*self._place, *place)), self._words + text))

    def _places_of(self, word: str) -> Iterator[Place]:
        """Return where a word stands: as a key, as a key of an inner table, as a value."""
        if word in self._content:
            yield (word,)
        yield from ((key, word) for key, value in self._content.items() if isinstance(value, dict) and word in value)
        yield from ((key,) for key, value in self._content.items() if value == word)

    def has(self, key: str) -> bool:
        """Return whether the key is there, right or wrong; the key counts as known."""
        self._asked.append(key)
        return key in self._content

    def text(self, key: str, default: str | None = None, longest: int = 60) -> str:
        """Return a text of one line with at least one letter; it must be there unless there is a default."""
        value = self._take(key, needed=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > longest:
            self.problem(f"'{key}' must be a text of 1 to {longest} letters on one line, not {shown(value)}")
            return default or ""
        return value

    def texts(self, key: str, most: int, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of 1 to `most` short texts; it must be there unless there is a default."""
        value = self._take(key, needed=default is None)
        if value is None:
            return default or ()
        if isinstance(value, list) and 1 <= len(value) <= most and all(_is_word(item) for item in value):
            return tuple(cast(list[str], value))
        self.problem(f"'{key}' must be a list of 1 to {most} short texts, not {shown(value)}")
        return ()

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """Return a number from `low` to `high`."""
        value = self._take(key, needed=False)
        if value is None:
            return default
        if _is_number(value, low, high):
            return float(cast(float, value))
        self.problem(f"'{key}' must be a number from {low:g} to {high:g}, not {shown(value)}")
        return default

    def whole(self, key: str, schema: Mapping[str, object] = MappingProxyType({})) -> object:
        """Return the value of a key as it stands, unchecked.

        Args:
            key: of the table.
            schema: what JSON Schema says of such a value; for editors alone.
        """
        return self._take(key, needed=False)

    def colour(self, key: str, default: str | None = None) -> str:
        """Return "#rrggbb"; it must be there unless there is a default."""
        value = self._take(key, needed=default is None)
        if value is None:
            return default or "#000000"
        if isinstance(value, str) and re.fullmatch("#[0-9a-fA-F]{6}", value):
            return value
        self.problem(f"'{key}' must be a colour such as \"#ffcc00\", not {shown(value)}")
        return default or "#000000"

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self._take(key, needed=False)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        self.problem(f"'{key}' must be true or false, not {shown(value)}")
        return default

    def pair(self, key: str, default: tuple[float, float], low: float, high: float) -> tuple[float, float]:
        """Return two numbers from `low` to `high`."""
        value = self._take(key, needed=False)
        if value is None:
            return default
        if isinstance(value, list) and len(value) == 2 and all(_is_number(item, low, high) for item in value):
            return float(value[0]), float(value[1])
        self.problem(f"'{key}' must be two numbers from {low:g} to {high:g}, [x, y], not {shown(value)}")
        return default

    def one_or_two(self, key: str, default: float, low: float, high: float) -> tuple[float, float]:
        """Return two numbers from `low` to `high`; where only one is written, it twice."""
        if isinstance(self._content.get(key), list):
            return self.pair(key, (default, default), low, high)
        number = self.number(key, default, low, high)
        return number, number

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """Return one of the words of `kind`; it must be there unless there is a default."""
        fallback = default if default is not None else next(iter(kind))
        value = self._take(key, needed=default is None)
        return fallback if value is None else self._word(key, kind, value, fallback)

    def choices(self, key: str, kind: type[Choice]) -> frozenset[Choice]:
        """Return a set of words of `kind`; all of them where the key is not there."""
        everything = frozenset(kind)
        value = self._take(key, needed=False)
        if value is None:
            return everything
        if not isinstance(value, list):
            self.problem(f"'{key}' must be a list of {one_of(list(kind))}, not {shown(value)}")
            return everything
        return frozenset(self._word(key, kind, item, next(iter(kind))) for item in value)

    def word(self, key: str, known: Iterable[str]) -> str | None:
        """Return one of the known words; None, with the problem noted, where it is none of them."""
        value = self._take(key, needed=False)
        words = sorted(known)
        if value is None:
            # Who asks for such a word can ask for nothing else without it, so nobody tells of unknown keys.
            misspelt = difflib.get_close_matches(key, self._content, n=1, cutoff=0.7)
            self.problem(f"'{key}' is missing" + (f"; is '{misspelt[0]}' meant for it?" if misspelt else ""))
            return None
        if isinstance(value, str) and value in words:
            return value
        near = nearest(value, words) if isinstance(value, str) else ""
        self.problem(f"'{key}' must be {one_of(words)}, not {shown(value)}{near}")
        return None

    def tables(self, key: str, most: int) -> list[dict[str, object]]:
        """Return a list of 1 to `most` tables, `[[key]]` in TOML."""
        value = self._take(key, needed=True)
        if value is None:
            return []
        if isinstance(value, list) and 1 <= len(value) <= most and all(isinstance(item, dict) for item in value):
            return cast(list[dict[str, object]], value)
        self.problem(f"'{key}' must be 1 to {most} tables, each begun by [[{key}]]")
        return []

    def table(self, key: str, place: str) -> "Table | None":
        """Return the table under a key, or None where there is none."""
        value = self._take(key, needed=False)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.problem(f"'{key}' must be a table, not {shown(value)}")
            return None
        return Table(value, f"{self._words}{place}", self._problems, self._lines, (*self._place, key))

    def parts(self, key: str, most: int) -> "list[Table]":
        """Return the 1 to `most` tables under a key; their problems tell which one it is."""
        return [
            Table(
                content, f"{self._words}{key} {number}: ", self._problems, self._lines, (*self._place, key, number - 1)
            )
            for number, content in enumerate(self.tables(key, most), start=1)
        ]

    def rest(self) -> dict[str, object]:
        """Return what no other method has asked for; afterwards every key counts as known."""
        rest = {key: value for key, value in self._content.items() if key not in self._asked}
        self._asked.extend(rest)
        return rest

    def close(self) -> None:
        """Note every key that nobody asked for: a misspelt key must not be ignored without a word."""
        for key in self._content:
            if key not in self._asked:
                self.problem(f"unknown key {shown(key)}{nearest(key, self._asked)}")

    def _take(self, key: str, needed: bool) -> object:
        if not self.has(key):
            if needed:
                self.problem(f"'{key}' is missing")
            return None
        return self._content[key]

    def _word(self, key: str, kind: type[Choice], value: object, default: Choice) -> Choice:
        words = [member.value for member in kind]
        if isinstance(value, str) and value in words:
            return kind(value)
        near = nearest(value, words) if isinstance(value, str) else ""
        self.problem(f"'{key}' must be {one_of(words)}, not {shown(value)}{near}")
        return default


def _is_number(value: object, low: float, high: float) -> bool:
    """Return NaN lies between no two numbers, so it is none here."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable() and len(value) <= 30


def one_of(words: Sequence[str]) -> str:
    """Return "a, b or c"."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
