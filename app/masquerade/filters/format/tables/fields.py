"""The kinds of values that keys of filter.toml have."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import pairwise
from typing import Generic, TypeVar

from masquerade.filters.format.tables.table import Field, InvalidValueError, Schema, Spot, Table, schema_of
from masquerade.filters.format.wording import one_of, shown, suggest

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
Curve = tuple[tuple[float, float], ...]

_HEX_COLOUR = "^#[0-9a-fA-F]{6}$"
_MAX_WORD = 30
_MAX_CURVE = 16


class Text(Field[str]):
    """A text of one line with at least one visible character.

    Args:
        unless: another key; the text is required unless that is written.
    """

    def __init__(self, doc: str, default: str | None = None, max_length: int = 60, unless: str = "") -> None:
        super().__init__(default, "", doc, unless=unless)
        self._max_length = max_length

    def _parse(self, value: object, spot: Spot) -> str:
        if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= self._max_length:
            return value
        raise InvalidValueError(f"must be a text of 1 to {self._max_length} characters on one line, not {shown(value)}")

    def _schema(self) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": self._max_length}


class Texts(Field[tuple[str, ...]]):
    """A list of short texts."""

    def __init__(self, doc: str, max_count: int, default: tuple[str, ...] | None = None, max_length: int = _MAX_WORD):
        super().__init__(default, (), doc)
        self._max_count, self._max_length = max_count, max_length

    def _parse(self, value: object, spot: Spot) -> tuple[str, ...]:
        if isinstance(value, list) and 1 <= len(value) <= self._max_count:
            texts = tuple(each for each in value if _is_word(each, self._max_length))
            if len(texts) == len(value):
                return texts
        raise InvalidValueError(
            f"must be a list of 1 to {self._max_count} texts of up to {self._max_length} characters, not {shown(value)}"
        )

    def _schema(self) -> Schema:
        text = {"type": "string", "minLength": 1, "maxLength": self._max_length}
        return {"type": "array", "items": text, "minItems": 1, "maxItems": self._max_count}


class OneOrMoreTexts(Field[tuple[str, ...]]):
    """A text, or a list of texts."""

    def __init__(self, doc: str, max_count: int, key: str = "") -> None:
        super().__init__(None, (), doc, key=key)
        self._max_count = max_count

    def _parse(self, value: object, spot: Spot) -> tuple[str, ...]:
        words = value if isinstance(value, list) else [value]
        texts = tuple(str(each) for each in words if _is_word(each, 100))
        if 1 <= len(texts) == len(words) <= self._max_count:
            return texts
        raise InvalidValueError(f"must be a text or a list of 1 to {self._max_count} texts, not {shown(value)}")

    def _schema(self) -> Schema:
        text = {"type": "string", "minLength": 1, "maxLength": 100}
        return {"anyOf": [text, {"type": "array", "items": text, "minItems": 1, "maxItems": self._max_count}]}


class Number(Field[float]):
    """A number between two bounds."""

    def __init__(self, low: float, high: float, default: float, doc: str, shown_default: str | None = None) -> None:
        super().__init__(default, default, doc)
        self._low, self._high, self._shown_default = low, high, shown_default

    def _parse(self, value: object, spot: Spot) -> float:
        if is_number(value, self._low, self._high):
            return float(value)  # type: ignore[arg-type]
        raise InvalidValueError(f"must be a number from {self._low:g} to {self._high:g}, not {shown(value)}")

    def _schema(self) -> Schema:
        default = {} if self._shown_default == "" else {"default": self.default}
        return {**_number(self._low, self._high), **default}

    def _default_text(self) -> str:
        return f"{self.default}" if self._shown_default is None else self._shown_default


class Integer(Field[int]):
    """A whole number between two bounds."""

    def __init__(self, low: int, high: int, default: int, doc: str, shown_default: str | None = None) -> None:
        super().__init__(default, default, doc)
        self._low, self._high, self._shown_default = low, high, shown_default

    def _parse(self, value: object, spot: Spot) -> int:
        if isinstance(value, int) and is_number(value, self._low, self._high):
            return value
        raise InvalidValueError(f"must be a whole number from {self._low} to {self._high}, not {shown(value)}")

    def _schema(self) -> Schema:
        return {"type": "integer", "minimum": self._low, "maximum": self._high, "default": self.default}

    def _default_text(self) -> str:
        return f"{self.default}" if self._shown_default is None else self._shown_default


class Flag(Field[bool]):
    """True or false."""

    def __init__(self, default: bool, doc: str) -> None:
        super().__init__(default, default, doc)

    def _parse(self, value: object, spot: Spot) -> bool:
        if isinstance(value, bool):
            return value
        raise InvalidValueError(f"must be true or false, not {shown(value)}")

    def _schema(self) -> Schema:
        return {"type": "boolean", "default": self.default}

    def _default_text(self) -> str:
        return str(self.default).lower()


class Pair(Field[tuple[float, float]]):
    """Two numbers between two bounds."""

    def __init__(self, low: float, high: float, default: tuple[float, float], doc: str) -> None:
        super().__init__(default, default, doc)
        self._low, self._high = low, high

    def _parse(self, value: object, spot: Spot) -> tuple[float, float]:
        return parse_pair(value, self._low, self._high)

    def _schema(self) -> Schema:
        return pair_schema(self._low, self._high)

    def _default_text(self) -> str:
        return f"[{self.default[0]:g}, {self.default[1]:g}]"


class Range(Pair):
    """A least and a greatest number."""

    def _parse(self, value: object, spot: Spot) -> tuple[float, float]:
        low, high = super()._parse(value, spot)
        if low > high:
            raise InvalidValueError(f"must be minimum and maximum, not [{low:g}, {high:g}]")
        return low, high


class OneOrTwo(Pair):
    """One number for both axes, or one for each."""

    def __init__(self, low: float, high: float, default: float, doc: str) -> None:
        super().__init__(low, high, (default, default), doc)

    def _parse(self, value: object, spot: Spot) -> tuple[float, float]:
        if isinstance(value, list):
            return super()._parse(value, spot)
        if is_number(value, self._low, self._high):
            return float(value), float(value)  # type: ignore[arg-type]
        raise InvalidValueError(f"must be one or two numbers from {self._low:g} to {self._high:g}, not {shown(value)}")

    def _schema(self) -> Schema:
        number = _number(self._low, self._high)
        return {"anyOf": [number, pair_schema(self._low, self._high)], "default": self.default[0]}

    def _default_text(self) -> str:
        return f"{self.default[0]}"


class Choice(Field[E], Generic[E]):
    """One of the words of an enumeration."""

    def __init__(self, kind: type[E], doc: str, default: E | None = None) -> None:
        super().__init__(default, next(iter(kind)) if default is None else default, doc)
        self._kind = kind

    def _parse(self, value: object, spot: Spot) -> E:
        return _choose(value, self._kind)

    def _schema(self) -> Schema:
        default: Schema = {} if self.required else {"default": self.default.value}
        return {"enum": [each.value for each in self._kind], **default}

    def _default_text(self) -> str:
        return f'"{self.default.value}"'


class Choices(Field[frozenset[E]], Generic[E]):
    """A set of words of an enumeration; all of them if the key is missing."""

    def __init__(self, kind: type[E], doc: str) -> None:
        super().__init__(frozenset(kind), frozenset(kind), doc)
        self._kind = kind

    def _parse(self, value: object, spot: Spot) -> frozenset[E]:
        if not isinstance(value, list):
            raise InvalidValueError(f"must be a list of {one_of(list(self._kind))}, not {shown(value)}")
        return frozenset(_choose(each, self._kind) for each in value)

    def _schema(self) -> Schema:
        return {"type": "array", "items": {"enum": [each.value for each in self._kind]}}

    def _default_text(self) -> str:
        return "all"


class Word(Field[str]):
    """One of some known words; required."""

    def __init__(self, known: Iterable[str], fallback: str, doc: str) -> None:
        super().__init__(None, fallback, doc)
        self._known = sorted(known)

    def _parse(self, value: object, spot: Spot) -> str:
        if isinstance(value, str) and value in self._known:
            return value
        near = suggest(value, self._known) if isinstance(value, str) else ""
        raise InvalidValueError(f"must be {one_of(self._known)}, not {shown(value)}{near}")

    def _schema(self) -> Schema:
        return {"enum": self._known}


class Colour(Field[str]):
    """A colour such as "#ffcc00"."""

    def __init__(self, doc: str, default: str = "") -> None:
        super().__init__(default, default, doc)

    def _parse(self, value: object, spot: Spot) -> str:
        if _is_colour(value):
            return str(value)
        raise InvalidValueError(f'must be a colour such as "#ffcc00", not {shown(value)}')

    def _schema(self) -> Schema:
        return {"type": "string", "pattern": _HEX_COLOUR}

    def _default_text(self) -> str:
        return f'"{self.default}"' if self.default else ""


class Colours(Field[tuple[str, ...]]):
    """A list of colours."""

    def __init__(self, min_count: int, max_count: int, doc: str) -> None:
        super().__init__((), (), doc)
        self._min_count, self._max_count = min_count, max_count

    def _parse(self, value: object, spot: Spot) -> tuple[str, ...]:
        if isinstance(value, list) and self._min_count <= len(value) <= self._max_count and all(map(_is_colour, value)):
            return tuple(value)
        raise InvalidValueError(
            f'must be a list of {self._min_count} to {self._max_count} colours such as "#ff8800", not {shown(value)}'
        )

    def _schema(self) -> Schema:
        colour = {"type": "string", "pattern": _HEX_COLOUR}
        return {"type": "array", "items": colour, "minItems": self._min_count, "maxItems": self._max_count}


class CurvePoints(Field[Curve]):
    """Points [before, after] of a tone curve, 0 to 255, rising in the first."""

    def __init__(self, doc: str) -> None:
        super().__init__((), (), doc)

    def _parse(self, value: object, spot: Spot) -> Curve:
        points = value if isinstance(value, list) and 2 <= len(value) <= _MAX_CURVE else []
        if points and all(_is_curve_point(point) for point in points):
            curve = tuple((float(before), float(after)) for before, after in points)
            if all(before[0] < after[0] for before, after in pairwise(curve)):
                return curve
        raise InvalidValueError(
            f"must be 2 to {_MAX_CURVE} points [before, after] from 0 to 255, rising in the first, not {shown(value)}"
        )

    def _schema(self) -> Schema:
        return {"type": "array", "items": pair_schema(0, 255), "minItems": 2, "maxItems": _MAX_CURVE}


class Tables(Field[tuple[T, ...]], Generic[T]):
    """A list of tables, `[[key]]` in TOML; their problems name the number of the table.

    Args:
        keys: declares the keys of each.
        build: makes the value of a table that was read.
    """

    def __init__(self, keys: type[Table], build: Callable[[Table], T], max_count: int, doc: str) -> None:
        super().__init__(None, (), doc)
        self._keys, self._build, self._max_count = keys, build, max_count

    def _parse(self, value: object, spot: Spot) -> tuple[T, ...]:
        tables = parse_tables(value, self.key, self._max_count)
        inner = [spot.inner(f"{self.key} {number}: ", number - 1) for number in range(1, len(tables) + 1)]
        return tuple(self._build(self._keys(each, at)) for each, at in zip(tables, inner, strict=True))

    def _schema(self) -> Schema:
        return {"type": "array", "minItems": 1, "maxItems": self._max_count, "items": schema_of(self._keys)}


def parse_tables(value: object, key: str, max_count: int) -> list[dict[str, object]]:
    """Return a list of 1 to `max_count` tables; raises InvalidValueError."""
    if isinstance(value, list) and 1 <= len(value) <= max_count and all(isinstance(each, dict) for each in value):
        return value
    raise InvalidValueError(f"must be 1 to {max_count} tables, each starting with [[{key}]]")


def parse_pair(value: object, low: float, high: float) -> tuple[float, float]:
    """Return two numbers between two bounds; raises InvalidValueError."""
    if isinstance(value, list) and len(value) == 2 and all(is_number(each, low, high) for each in value):
        return float(value[0]), float(value[1])
    raise InvalidValueError(f"must be two numbers from {low:g} to {high:g}, [x, y], not {shown(value)}")


def is_number(value: object, low: float, high: float) -> bool:
    """Return whether a value is a number between two bounds; NaN is between none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def pair_schema(low: float, high: float) -> Schema:
    """Return the JSON Schema of two numbers."""
    return {"type": "array", "items": _number(low, high), "minItems": 2, "maxItems": 2}


def _number(low: float, high: float) -> Schema:
    return {"type": "number", "minimum": low, "maximum": high}


def _is_word(value: object, max_length: int) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable() and len(value) <= max_length


def _is_colour(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("#[0-9a-fA-F]{6}", value) is not None


def _is_curve_point(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(is_number(each, 0, 255) for each in value)


def _choose(value: object, kind: type[E]) -> E:
    words = [each.value for each in kind]
    if isinstance(value, str) and value in words:
        return kind(value)
    near = suggest(value, words) if isinstance(value, str) else ""
    raise InvalidValueError(f"must be {one_of(words)}, not {shown(value)}{near}")
