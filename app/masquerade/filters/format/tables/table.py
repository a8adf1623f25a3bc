"""Reads a TOML table by the keys that its class declares, and collects every problem of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

from masquerade.filters.format.tables.toml_lines import Lines, Path
from masquerade.filters.format.wording import shown, suggest

T = TypeVar("T")
Schema = dict[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a TOML file.

    Attributes:
        line: from 1; 0 = of the file as a whole.
    """

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The problems of one file.

    Attributes:
        lines: finds the line of every key.
        problems: grows while the file is read.
    """

    lines: Lines
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file that problems are reported at.

    Attributes:
        report: takes the problems.
        prefix: put before every problem, such as "layer 2: ".
        path: the keys and indices that lead there.
    """

    report: Report
    prefix: str = ""
    path: Path = ()

    def error(self, text: str, *path: str | int) -> None:
        """Report a problem at a path from here."""
        self.report.problems.append(Problem(self.report.lines.of((*self.path, *path)), self.prefix + text))

    def inner(self, prefix: str, *path: str | int) -> "Spot":
        """Return a spot further in."""
        return Spot(self.report, self.prefix + prefix, (*self.path, *path))


class InvalidValueError(ValueError):
    """A value is wrong; the message goes on where the key ends: "must be true or false"."""


class Field(Generic[T]):
    """One declared key of a table; a table's attribute of this name gives the key's value.

    Args:
        default: the value if the key is missing; None = the key is required.
        fallback: the value while a required key is missing or any is invalid, so that reading goes on.
        doc: what the key means, for docs/filters.md and for editors.
        key: only where the TOML key is a word of Python's.
        missing: what to say if a required key is missing.
        unless: another key; this one is required unless that is written.
    """

    def __init__(
        self,
        default: T | None,
        fallback: T,
        doc: str,
        *,
        key: str = "",
        missing: str = "is missing",
        unless: str = "",
    ) -> None:
        self.required = default is None
        self.default: T = fallback if default is None else default
        self.fallback = fallback
        self.doc = doc
        self.key = key
        self.missing = missing
        self.unless = unless

    def __set_name__(self, owner: type, name: str) -> None:
        """Take the attribute's name as the key."""
        self.key = self.key or name

    @overload
    def __get__(self, table: None, owner: type) -> Self: ...

    @overload
    def __get__(self, table: "Table", owner: type) -> T: ...

    def __get__(self, table: "Table | None", owner: type) -> Self | T:
        """Return the key's value in a table that was read."""
        return self if table is None else table.value_of(self)

    def parse(self, value: object, spot: Spot) -> T:
        """Return the checked value.

        Args:
            value: as tomllib gives it.
            spot: of the value, for problems of what lies in it.

        Raises:
            InvalidValueError: the value as a whole cannot be used.
        """
        return self._parse(value, spot)

    def schema(self) -> Schema:
        """Return what JSON Schema says of the key."""
        return {**self._schema(), "description": self.doc}

    def default_text(self) -> str:
        """Return the default as it is written in TOML; "" where there is none to write."""
        return self._default_text()

    def _parse(self, value: object, spot: Spot) -> T:
        raise NotImplementedError

    def _schema(self) -> Schema:
        raise NotImplementedError

    def _default_text(self) -> str:
        return ""


class Table:
    """A table of a filter.toml; subclasses declare its keys as attributes.

    Reading never stops at a problem: a wrong value is reported and replaced by a fallback.
    """

    fields: ClassVar[Mapping[str, Field[Any]]] = {}

    def __init_subclass__(cls) -> None:
        """Collect the declared keys, in their order."""
        own = {each.key: each for each in vars(cls).values() if isinstance(each, Field)}
        cls.fields = {**cls.fields, **own}

    def __init__(self, content: Mapping[str, object], spot: Spot) -> None:
        """Read all keys.

        Args:
            content: the table as tomllib gives it.
            spot: of the table.
        """
        self.spot = spot
        self._content = content
        self._invalid: set[str] = set()
        self._values = {key: self._read(each) for key, each in self.fields.items()}
        for key in content:
            if key not in self.fields:
                spot.error(f"unknown key {shown(key)}{suggest(key, self.fields)}", key)

    def value_of(self, field: Field[T]) -> T:
        """Return the value of a declared key."""
        value: T = self._values[field.key]
        return value

    def has(self, *keys: str) -> bool:
        """Return whether all these keys are written, right or wrong."""
        return all(key in self._content for key in keys)

    def valid(self, *keys: str) -> bool:
        """Return whether none of these keys has a problem: only then are they worth comparing."""
        return not any(key in self._invalid for key in keys)

    def error(self, key: str, sentence: str) -> None:
        """Report a problem of a key: `error("width", "only applies to a single anchor")`."""
        self._invalid.add(key)
        self.spot.error(f"'{key}' {sentence}", key)

    def _read(self, field: Field[T]) -> T:
        if field.key not in self._content:
            if field.required and field.unless not in self._content:
                self.error(field.key, field.missing)
            return field.default
        before = len(self.spot.report.problems)
        try:
            value = field.parse(self._content[field.key], self.spot.inner("", field.key))
        except InvalidValueError as error:
            self.error(field.key, str(error))
            return field.fallback
        if len(self.spot.report.problems) > before:
            self._invalid.add(field.key)
        return value


def schema_of(table: type[Table], extra: Mapping[str, Schema] | None = None) -> Schema:
    """Return the JSON Schema of a table.

    Args:
        table: the class that declares its keys.
        extra: schemas of required keys that are not declared, which come first.
    """
    first = dict(extra or {})
    described = {key: each.schema() for key, each in table.fields.items()}
    return {
        "type": "object",
        "properties": {**first, **described},
        "required": [*first, *required_keys(table)],
        "additionalProperties": False,
    }


def required_keys(table: type[Table]) -> Sequence[str]:
    """Return the keys that must always be written."""
    return [key for key, each in table.fields.items() if each.required and not each.unless]
