"""Writes the JSON Schema of filter.toml for editors, by watching what the readers ask for."""

import json
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from masquerade.filters.format.manifest import FORMAT, KINDS, read_head
from masquerade.filters.format.table import Choice, Table
from masquerade.filters.format.toml_lines import Lines
from masquerade.geometry.head import HEAD_POINTS

Schema = dict[str, object]
_NOTHING: Mapping[str, str] = MappingProxyType({})


def schema_text() -> str:
    """Return the schema, draft 7, as a JSON text that ends with a new line."""
    layers = [_schema_of(reader, kind) for kind, reader in KINDS.items()]
    head = _schema_of(read_head, None)
    properties, needed = head["properties"], head["required"]
    assert isinstance(properties, dict)
    assert isinstance(needed, list)
    head["properties"] = {
        "format": {"const": FORMAT},
        **properties,
        "layer": {**properties["layer"], "items": {"oneOf": layers}},
    }
    head["required"] = ["format", *needed]
    about = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A Masquerade filter: filter.toml",
        "description": "docs/filters.md tells what the keys mean; `masquerade filters check` is the last word.",
    }
    return json.dumps({**about, **head}, indent=1) + "\n"


def _schema_of(reader: Callable[[Table], object], kind: str | None) -> Schema:
    """Return the schema of a table: every key that the reader asks for, whichever words it meets."""
    absent = _watched(reader, present=False, answers=_NOTHING)
    whole = _watched(reader, present=True, answers=_NOTHING)
    passes = [absent, whole]
    for key, words in whole.all_words().items():
        passes += [_watched(reader, present=True, answers={key: word}) for word in words]
    properties = {key: each for one in reversed(passes) for key, each in one.properties().items()}
    needed = [key for key in properties if all(key in (*one.needed, *one.missed) for one in passes)]
    # A table is asked for without being needed, and missed by the reader itself.
    needed += [key for key in absent.missed if key in whole.inner and key not in needed]
    if kind is not None:
        properties, needed = {"kind": {"const": kind}, **properties}, ["kind", *needed]
    return {
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def _watched(reader: Callable[[Table], object], present: bool, answers: Mapping[str, str]) -> "_Watched":
    table = _Watched(present, answers)
    reader(table)
    return table


class _Watched(Table):
    """A table without content that notes what it is asked for, and answers so that reading goes on.

    Args:
        present: whether keys and inner tables that need not be there are.
        answers: words given for some keys; the others answer their default.
    """

    def __init__(self, present: bool, answers: Mapping[str, str]) -> None:
        super().__init__({}, "", [], Lines(""))
        self._present, self._answers = present, answers
        self._schemas: dict[str, Schema] = {}
        self.inner: dict[str, _Watched] = {}
        self.words: dict[str, list[str]] = {}
        self.needed: list[str] = []
        self.missed: list[str] = []

    def properties(self) -> dict[str, Schema]:
        """Return the schema of every key, in the order of asking."""
        return {key: self._finished(key, schema) for key, schema in self._schemas.items()}

    def all_words(self) -> dict[str, list[str]]:
        """Return the words that every key may have, those of inner tables too."""
        return self.words | {key: words for each in self.inner.values() for key, words in each.words.items()}

    def problem(self, text: str) -> None:
        """Note which key is missed; all else is no problem of a table that has no content."""
        if text.partition("'")[2].partition("'")[2].startswith(" is missing"):
            self.missed.append(text.split("'")[1])

    def has(self, key: str) -> bool:
        return self._present

    def text(self, key: str, default: str | None = None, longest: int = 60) -> str:
        self._note(key, {"type": "string", "minLength": 1, "maxLength": longest}, needed=default is None)
        return default or "x"

    def texts(self, key: str, most: int, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        words = {"type": "string", "minLength": 1, "maxLength": 30}
        self._note(key, {"type": "array", "items": words, "minItems": 1, "maxItems": most}, default is None)
        return ("x",)

    def number(self, key: str, default: float, low: float, high: float) -> float:
        self._note(key, {**_number(low, high), "default": default})
        return default

    def whole(self, key: str, schema: Mapping[str, object] = _NOTHING) -> object:
        self._note(key, dict(schema))
        return None

    def colour(self, key: str, default: str | None = None) -> str:
        self._note(key, {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}, needed=default is None)
        return default or "#000000"

    def flag(self, key: str, default: bool) -> bool:
        self._note(key, {"type": "boolean", "default": default})
        return default

    def pair(self, key: str, default: tuple[float, float], low: float, high: float) -> tuple[float, float]:
        self._note(key, _pair(low, high))
        return default

    def one_or_two(self, key: str, default: float, low: float, high: float) -> tuple[float, float]:
        self._note(key, {"anyOf": [_number(low, high), _pair(low, high)], "default": default})
        return default, default

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        words = [member.value for member in kind]
        shown: Schema = {} if default is None else {"default": default.value}
        self._note(key, {"enum": words, **shown}, needed=default is None)
        self.words[key] = words
        return kind(self._answers.get(key, default.value if default is not None else words[0]))

    def choices(self, key: str, kind: type[Choice]) -> frozenset[Choice]:
        self._note(key, {"type": "array", "items": {"enum": [member.value for member in kind]}})
        return frozenset(kind)

    def word(self, key: str, known: Iterable[str]) -> str | None:
        words = list(known)
        self._note(key, {"enum": words}, needed=True)
        return words[0]

    def tables(self, key: str, most: int) -> list[dict[str, object]]:
        self._note(key, {"type": "array", "minItems": 1, "maxItems": most}, needed=True)
        return []

    def table(self, key: str, place: str) -> "Table | None":
        if not self._present:
            return None
        return self._within(key, {})

    def parts(self, key: str, most: int) -> "list[Table]":
        self.needed.append(key)
        return [self._within(key, {"type": "array", "minItems": 1, "maxItems": most})]

    def rest(self) -> dict[str, object]:
        """Tables whose keys are not known beforehand hold places of the head."""
        return dict.fromkeys(HEAD_POINTS)

    def close(self) -> None:
        """Do nothing: no key is unknown where there is none."""

    def _note(self, key: str, schema: Schema, needed: bool = False) -> None:
        self._schemas.setdefault(key, schema)
        if needed:
            self.needed.append(key)

    def _within(self, key: str, schema: Schema) -> "_Watched":
        self._note(key, schema)
        self.inner[key] = _Watched(self._present, self._answers)
        return self.inner[key]

    def _finished(self, key: str, schema: Schema) -> Schema:
        """Return the schema with those of its inner tables, which were read only after it was noted."""
        if key not in self.inner:
            return schema
        inner = self.inner[key]
        table = {
            "type": "object",
            "properties": inner.properties(),
            "required": inner.needed,
            "additionalProperties": False,
        }
        return {**schema, "items": table} if schema else table


def _number(low: float, high: float) -> Schema:
    return {"type": "number", "minimum": low, "maximum": high}


def _pair(low: float, high: float) -> Schema:
    return {"type": "array", "items": _number(low, high), "minItems": 2, "maxItems": 2}
