"""Reads the text of a filter.toml, and tells its problems with their lines."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from masquerade.errors import PackageError
from masquerade.filters.format.table import Problem
from masquerade.filters.format.toml_lines import Lines

MANIFEST_FILE = "filter.toml"
_MAX_BYTES = 100_000
_CHECK = "`masquerade filters check` tells all."


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
        shown_as: how it is called in a problem.

    Raises:
        PackageError: it cannot be read, or is no TOML.
    """
    try:
        text = _read_text(path)
        return Document(tomllib.loads(text), Lines(text))
    except OSError as error:
        problem = Problem(0, f"cannot be read ({error.strerror})")
        raise package_error(shown_as, (problem,)) from error
    except UnicodeDecodeError as error:
        raise package_error(shown_as, (Problem(0, "is not UTF-8 text"),)) from error
    except tomllib.TOMLDecodeError as error:
        raise package_error(shown_as, (_syntax_problem(str(error)),)) from error
    except RecursionError as error:
        raise package_error(shown_as, (Problem(0, "has too many brackets inside each other"),)) from error
    except _UnfitError as error:
        raise package_error(shown_as, (Problem(0, str(error)),)) from error


class _UnfitError(Exception):
    """The file should not even be opened."""


def package_error(path: Path, problems: Sequence[Problem]) -> PackageError:
    """Return the error that tells all problems of a filter.toml, in the order of their lines; 0 = no line."""
    ordered = sorted(problems, key=lambda problem: problem.line)
    message = "\n".join(
        f"{path}:{problem.line}: {problem.text}" if problem.line else f"{path}: {problem.text}" for problem in ordered
    )
    first, more = ordered[0], len(ordered) - 1
    place = f"line {first.line}: " if first.line else ""
    others = f" ({more} more)" if more else ""
    return PackageError(message, f"'{path.parent.name}', {place}{first.text}{others}. {_CHECK}")


def _read_text(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        raise _UnfitError(f"there is no such file; a filter is a folder with a {MANIFEST_FILE} in it")
    if path.stat().st_size > _MAX_BYTES:
        raise _UnfitError(f"is larger than {_MAX_BYTES // 1000} kB")
    return path.read_text(encoding="utf-8")


def _syntax_problem(words: str) -> Problem:
    """Return what tomllib says, "... (at line 3, column 5)", with its line taken out."""
    match = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", words)
    if match is None:
        return Problem(0, f"is not TOML: {words}")
    return Problem(int(match[2]), f"is not TOML: {match[1]} (column {match[3]})")
