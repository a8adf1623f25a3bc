"""Describes a filter package as it is listed: everything but its layers and its art."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType

# Bundled filters that used to go by another id than their name; command lines and settings go on working.
FORMER_IDS: Mapping[str, str] = MappingProxyType(
    {
        "beard": "full-beard",
        "candles": "birthday-candles",
        "clown-face": "clown",
        "glasses": "tortoiseshell",
        "hat": "fedora",
        "moustache": "handlebar",
        "pirate": "pirate-hat",
        "super-hero": "superhero",
    }
)


@dataclass(frozen=True, slots=True)
class FilterEntry:
    """One package of the catalog.

    Attributes:
        id: the folder's name, or that of the zip without its ending; "" stands for no filter.
        name: display name; the id where the package is broken.
        tags: the first one is the group in the gallery.
        keywords: further words that the search finds the filter by, in any language.
        hint: shown once when the filter is chosen, or None.
        hides: whether it hides faces.
        folder: of the package as it is read, for a zip the unpacked one; None where it is broken.
        path: where the user finds the package: a folder or a zip.
        is_own: whether it lies among the user's own filters, where it may be renamed and removed.
        problem: why the package cannot be used, one line for each problem, or None.
        broken_edit: why the newest version cannot be read, in one sentence; the package is then
            listed and used as it was before. None where all is well.
    """

    id: str
    name: str
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    hint: str | None = None
    hides: bool = False
    folder: Path | None = None
    path: Path | None = None
    is_own: bool = False
    problem: str | None = None
    broken_edit: str | None = None

    @property
    def group(self) -> str:
        """The heading under which the gallery shows it; "" where there is none."""
        return self.tags[0] if self.tags else ""


def find_entry(word: str, entries: Iterable[FilterEntry]) -> FilterEntry | None:
    """Return the filter with this id, name or former id, ignoring case; None if there is none.

    The exact id comes first: two folders may differ in capitals alone.
    """
    entries = tuple(entries)
    small = word.casefold()
    exact = (entry for entry in entries if entry.id == word)
    alike = (entry for entry in entries if small in (entry.id.casefold(), entry.name.casefold()))
    former = (entry for entry in entries if entry.id == FORMER_IDS.get(small))
    return next(chain(exact, alike, former), None)
