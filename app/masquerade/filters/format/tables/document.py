"""Reads the text of a filter.toml, and words its problems with their lines."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from masquerade.errors import PackageError
from masquerade.filters.format.tables.table import Problem
from masquerade.filters.format.tables.toml_lines import Lines
from masquerade.resources import command_line
from masquerade.salvage import TOML_ERRORS

MANIFEST_FILE = "filter.toml"
_MAX_BYTES = 100_000
# The integers that Python converts have 4300 digits at most.
_LONG_NUMBER = re.compile(r"[\d_]{4300,}")
_MAX_PROBLEMS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A file that is TOML, whatever it says.

    Attributes:
        content: as tomllib gives it.
        lines: where in the text that stands.
    """

    content: dict[str, object]
    lines: Lines


def read_document(path: Path, shown_as: Path) -> Document:
    """Read a filter.toml.

    Args:
        path: of the file.
        shown_as: the path that problems name.

    Raises:
        PackageError: it cannot be read, or is not TOML.
    """
    try:
        text = _read_text(path)
    except OSError as error:
        raise package_error(shown_as, (Problem(0, f"cannot be read ({error.strerror})"),)) from error
    except UnicodeDecodeError as error:
        raise package_error(shown_as, (Problem(0, "is not UTF-8 text"),)) from error
    except _UnfitError as error:
        raise package_error(shown_as, (Problem(0, str(error)),)) from error
    return parse_document(text, shown_as)


def parse_document(text: str, shown_as: Path) -> Document:
    """Parse the text of a filter.toml; raises PackageError where it is not TOML."""
    try:
        return Document(tomllib.loads(text), Lines(text))
    except TOML_ERRORS as error:
        raise package_error(shown_as, (_syntax_problem(error, text),)) from error


class _UnfitError(Exception):
    """The file should not even be opened."""


def package_error(path: Path, problems: Sequence[Problem]) -> PackageError:
    """Return the error that lists all problems of a filter.toml, in the order of their lines."""
    ordered = sorted(problems, key=lambda problem: problem.line)[:_MAX_PROBLEMS]
    message = "\n".join(
        f"{path}:{problem.line}: {problem.text}" if problem.line else f"{path}: {problem.text}" for problem in ordered
    )
    first, more = ordered[0], len(ordered) - 1
    line = f"line {first.line}: " if first.line else ""
    others = f" ({more} more)" if more else ""
    sentence = (
        f"'{path.parent.name}', {line}{first.text}{others}. `{command_line('filters check')}` shows all problems."
    )
    return PackageError(message, sentence)


def _read_text(path: Path) -> str:
    if path.is_symlink():
        raise _UnfitError("is a link; a package holds plain files only")
    if not path.is_file():
        raise _UnfitError(f"does not exist; a filter is a folder with a {MANIFEST_FILE} in it")
    if path.stat().st_size > _MAX_BYTES:
        raise _UnfitError(f"is larger than {_MAX_BYTES // 1000} kB")
    return path.read_bytes().decode("utf-8-sig")


def _syntax_problem(error: BaseException, text: str) -> Problem:
    """Return what is wrong with the text, with the line that tomllib puts into its message."""
    if isinstance(error, RecursionError):
        return Problem(0, "has too many brackets inside each other")
    match = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
    if match is not None:
        return Problem(int(match[2]), f"is not TOML: {match[1]} (column {match[3]})")
    if long_number := _LONG_NUMBER.search(text):
        return Problem(1 + text.count("\n", 0, long_number.start()), "holds a number with too many digits")
    return Problem(0, f"is not TOML: {str(error)[:100]}")
