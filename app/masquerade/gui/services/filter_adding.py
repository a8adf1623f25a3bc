"""Takes in packages that were dragged onto the window together, and says what came of each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from masquerade.errors import AppError
from masquerade.gui.services.backend import AddedFilter, FilterCard


@dataclass(frozen=True, slots=True)
class Additions:
    """What came of several packages.

    Attributes:
        added: of those that are whole, in their order.
        errors: a sentence for each of the others.
    """

    added: tuple[AddedFilter, ...]
    errors: tuple[str, ...]

    @property
    def cards(self) -> tuple[FilterCard, ...]:
        """All filters there are now; none where nothing was added."""
        return self.added[-1].cards if self.added else ()

    def told(self) -> str:
        """Return what to say of those that are whole; the last of them is put on."""
        names = {card.identity: card.name for card in self.cards}
        words = [names.get(each.identity, each.identity) for each in self.added]
        if len(words) == 1:
            return f"{words[0]} is in the gallery and on now."
        return f"{', '.join(words[:-1])} and {words[-1]} are in the gallery; {words[-1]} is on now."


def add_packages(add: Callable[[Path], AddedFilter], paths: tuple[Path, ...]) -> Additions:
    """Take in one after the other; a broken one is told and the rest goes on. Called on a worker thread."""
    added, errors = [], []
    for path in paths:
        try:
            added.append(add(path))
        except AppError as error:
            errors.append(str(error) if len(paths) == 1 else f"{path.name}: {error}")
    return Additions(tuple(added), tuple(errors))
