"""Reads as much as possible of a damaged TOML file."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

# tomllib raises more than TOMLDecodeError: ValueError for an integer of 5000 digits, RecursionError
# for 3000 brackets, OverflowError and the like for dates.
TOML_ERRORS = (ValueError, RecursionError, OverflowError, MemoryError, TypeError, KeyError, IndexError)

_MAX_STATEMENT_LINES = 40
_MAX_LINES = 2000
_BEGIN = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=\s*(.*)", re.DOTALL)
_STRING = re.compile(r'"([^"\\\n]*)"')


def parse_or_salvage(text: str) -> tuple[dict[str, Any], list[str]]:
    """Return the content of a TOML text, and what is wrong with it; never raises.

    Where the whole cannot be parsed, each statement is parsed by itself, so that a broken line
    costs only its own key. Of a list that is cut off, the strings before the cut are kept.
    """
    try:
        return tomllib.loads(text), []
    except TOML_ERRORS as error:
        problem = f"it is not TOML ({_reason(error)})"
    content: dict[str, Any] = {}
    for section in _sections(text.splitlines()[:_MAX_LINES]):
        if _parse(section[0]) and section[0].lstrip().startswith("["):
            _keep_first(content, _parse("\n".join(section)) or {})
        else:
            for statement in _statements(section):
                _keep_first(content, statement)
    return content, [problem]


def short_repr(value: object) -> str:
    """Return how a value from outside is quoted in a message: short, on one line.

    A hexadecimal integer of 5000 digits can be parsed but has no repr; nor have lists nested too deeply.
    """
    try:
        text = repr(value)
    except (ValueError, RecursionError, MemoryError):
        return "a value too large to show"
    return text if len(text) <= 60 else text[:57] + "..."


def _reason(error: BaseException) -> str:
    return "too deeply nested" if isinstance(error, RecursionError) else str(error).partition(";")[0][:100]


def _keep_first(content: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        content.setdefault(key, value)


def _sections(lines: list[str]) -> Iterator[list[str]]:
    """Split before every line that may be a table's header."""
    section: list[str] = []
    for line in lines:
        if re.match(r"\s*\[[^\]]*[A-Za-z]", line) and section:
            yield section
            section = []
        section.append(line)
    if section:
        yield section


def _statements(lines: list[str]) -> Iterator[dict[str, Any]]:
    """Parse each statement of a section without header; skip what cannot be parsed."""
    first = 0
    while first < len(lines):
        if not _BEGIN.match(lines[first]):
            first += 1
            continue
        statement, count = _statement(lines[first:])
        yield statement
        first += count


def _statement(lines: list[str]) -> tuple[dict[str, Any], int]:
    """Return the statement that begins on the first line, and how many lines it takes."""
    end = next((n for n in range(1, len(lines)) if _BEGIN.match(lines[n])), len(lines))
    end = min(end, _MAX_STATEMENT_LINES)
    for count in range(1, end + 1):
        parsed = _parse("\n".join(lines[:count]))
        if parsed is not None:
            return parsed, count
    begun = _BEGIN.match("\n".join(lines[:end]))
    strings = _STRING.findall(begun[2]) if begun and begun[2].startswith("[") else []
    return ({begun[1]: strings} if begun and strings else {}), end


def _parse(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except TOML_ERRORS:
        return None
