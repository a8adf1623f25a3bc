"""Takes in packages that were dragged onto the window together, and collects what came of each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from masquerade.errors import AppError


@dataclass(frozen=True, slots=True)
class Additions:
    """What came of several packages.

    Attributes:
        ids: of those that were added, in their order.
        errors: a sentence for each of the others.
    """

    ids: tuple[str, ...]
    errors: tuple[str, ...]


def add_packages(add: Callable[[Path], str], paths: tuple[Path, ...]) -> Additions:
    """Add one package after the other; an invalid one does not stop the rest. Called on a worker thread."""
    ids, errors = [], []
    for path in paths:
        try:
            ids.append(add(path))
        except AppError as error:
            errors.append(str(error) if len(paths) == 1 else f"{path.name}: {error}")
    return Additions(tuple(ids), tuple(errors))


def in_words(names: list[str]) -> str:
    """Return "A", "A and B" or "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
