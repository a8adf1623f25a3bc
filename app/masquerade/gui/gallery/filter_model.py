"""Holds the cards of the gallery for Qt's list: order, search, groups, favourites."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from masquerade.filters.packages.entry import FilterEntry

NO_FILTER = FilterEntry(id="", name="None")
# Stand in the gallery while the packages are read, so that nothing jumps when they come.
_PLACEHOLDERS = tuple(FilterEntry(id=f"placeholder {number}", name="") for number in range(12))
EVERYTHING = "All"
FAVOURITES = "Favourites"
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, eq=False)
class CardLook:
    """All that is needed to draw one card.

    Attributes:
        favourite: its place among the favourites from 1, or None.
        image: None while it is being made.
        addable: it can be worn together with the others that are, or be taken off from among them.
    """

    card: FilterEntry
    chosen: bool
    favourite: int | None
    image: QPixmap | None
    addable: bool = False


LOOK_ROLE = int(Qt.ItemDataRole.UserRole)


class FilterModel(QAbstractListModel):
    """The cards that the search and the group let through; "None" is always the first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[FilterEntry, ...] = ()
        self._read = False
        self._shown: tuple[FilterEntry, ...] = (NO_FILTER, *_PLACEHOLDERS)
        self._images: dict[str, QPixmap] = {}
        self._favourites: tuple[str, ...] = ()
        self._chosen: tuple[str, ...] = ()
        self._words = ""
        self._group = EVERYTHING
        self._cell = QSize(128, 160)

    @property
    def cards(self) -> tuple[FilterEntry, ...]:
        """All cards but "None", whatever is searched for."""
        return self._all

    @property
    def favourites(self) -> tuple[str, ...]:
        """Identities, in the order in which they were starred."""
        return self._favourites

    @property
    def chosen(self) -> str:
        """The identity of the filter in use, of several the topmost; "" for none."""
        return self._chosen[-1] if self._chosen else ""

    @property
    def all_chosen(self) -> tuple[str, ...]:
        """The identities of all filters in use."""
        return self._chosen

    @property
    def is_read(self) -> bool:
        """False while placeholders stand for the packages."""
        return self._read

    @property
    def none_card(self) -> FilterEntry:
        """The card that takes the filter off."""
        return NO_FILTER

    @property
    def groups(self) -> tuple[str, ...]:
        """The first tags, those of most filters first."""
        sizes = Counter(card.group for card in self._all if card.group and card.problem is None)
        return tuple(sorted(sizes, key=lambda group: (-sizes[group], group)))

    def card(self, identity: str) -> FilterEntry | None:
        """Return the card, "None" included, or None where there is no such filter."""
        return next((card for card in (NO_FILTER, *self._all) if card.id == identity), None)

    def row_of(self, identity: str) -> int | None:
        """Return the row, or None while it is not shown."""
        return next((row for row, card in enumerate(self._shown) if card.id == identity), None)

    def first_match(self) -> FilterEntry | None:
        """Return the first card the search found that can be used."""
        found = (card for card in self._shown[1:] if card.problem is None)
        return next(found, None) if self._read else None

    def show_cards(self, cards: Sequence[FilterEntry]) -> None:
        """Take the packages; those that work come first."""
        self._read = True
        self._all = tuple(sorted(cards, key=lambda card: card.problem is not None))
        self._sift()

    def search(self, words: str) -> None:
        """Show only cards whose name or tags hold every word."""
        self._words = words
        self._sift()

    def show_group(self, group: str) -> None:
        """Show one group, EVERYTHING or FAVOURITES."""
        self._group = group
        self._sift()

    def show_favourites(self, favourites: Sequence[str]) -> None:
        """Take the stars."""
        self._favourites = tuple(favourites)
        if self._group == FAVOURITES:
            self._sift()
        self._tell_all()

    def show_chosen(self, identities: tuple[str, ...]) -> None:
        """Move the rings."""
        self._chosen = identities
        self._tell_all()

    def show_image(self, identity: str, image: QImage) -> None:
        """Put the thumbnail on its card; on Qt's thread."""
        self._images[identity] = QPixmap.fromImage(image)
        row = self.row_of(identity)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row), [LOOK_ROLE])

    def resize_cells(self, cell: QSize) -> None:
        """Report the list how much room a card takes."""
        if cell != self._cell:
            self._cell = cell
            self.layoutChanged.emit()

    def look(self, index: Index) -> CardLook:
        """Return what is drawn at `index`."""
        card = self._shown[index.row()]
        known = card.id in self._favourites
        place = self._favourites.index(card.id) + 1 if known else None
        chosen = card.id in self._chosen if card.id else not self._chosen
        addable = bool(self._chosen) and bool(card.id) and self._chosen != (card.id,)
        return CardLook(card, chosen, place, self._images.get(card.id), addable)

    def can_choose(self, index: Index) -> bool:
        """Return whether there is a filter at `index` that works."""
        card = self._shown[index.row()]
        return card.problem is None and card not in _PLACEHOLDERS

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 (Qt's name)
        """Return the number of cards shown."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Return what Qt asks for: words for screen readers, the reason as the tooltip, the look."""
        if not index.isValid():
            return None
        look = self.look(index)
        answers = {
            int(Qt.ItemDataRole.DisplayRole): look.card.name,
            int(Qt.ItemDataRole.AccessibleTextRole): _spoken(look),
            int(Qt.ItemDataRole.ToolTipRole): look.card.problem or _tooltip(look),
            int(Qt.ItemDataRole.SizeHintRole): self._cell,
            LOOK_ROLE: look,
        }
        return answers.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a card: nothing with a broken one."""
        if not index.isValid() or not self.can_choose(index):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _sift(self) -> None:
        self.beginResetModel()
        cards = self._all if self._read else _PLACEHOLDERS
        self._shown = (NO_FILTER, *(card for card in cards if not self._read or self._lets_through(card)))
        self.endResetModel()

    def _lets_through(self, card: FilterEntry) -> bool:
        if self._group == FAVOURITES and card.id not in self._favourites:
            return False
        if self._group not in (EVERYTHING, FAVOURITES, card.group):
            return False
        text = " ".join((card.name, *card.tags)).casefold()
        return all(word in text for word in self._words.casefold().split())

    def _tell_all(self) -> None:
        self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1), [LOOK_ROLE])


def _spoken(look: CardLook) -> str:
    marks = (
        "chosen" if look.chosen else "",
        f"favourite {look.favourite}" if look.favourite else "",
        "cannot be used" if look.card.problem else "",
    )
    return ", ".join((look.card.name, *(mark for mark in marks if mark)))


def _tooltip(look: CardLook) -> str:
    if look.favourite is not None and look.favourite <= 9:
        return f"{look.card.name} (key {look.favourite})"
    return look.card.name
