"""Holds the cards of the gallery for Qt's list: order, search, groups, favourites."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from masquerade.filters.packages.entry import FilterEntry, find_entry
from masquerade.gui.gallery.filter_search import FilterSearch, fold
from masquerade.settings import GalleryOrder

NO_FILTER = FilterEntry(id="", name="None")
# Stand in the gallery while the packages are read, so that nothing jumps when they come.
_PLACEHOLDERS = tuple(FilterEntry(id=f"placeholder {number}", name="") for number in range(12))
EVERYTHING = "All"
RECENT = "Recent"
FAVOURITES = "Favourites"
BACKGROUNDS = "backgrounds"
# The groups of the bundled filters, in the order of their chips: known before the packages are read.
BUNDLED_GROUPS = (
    "glasses",
    "hats",
    "animals",
    "masks",
    "moustaches",
    "make-up",
    "party",
    "looks",
    BACKGROUNDS,
    "warps",
    "privacy",
)
_MAX_RECENT_CARDS = 12
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, eq=False)
class CardLook:
    """All that is needed to draw one card.

    Attributes:
        card: the filter, or NO_FILTER.
        chosen: it is on, for the face or faces that a click goes to.
        favourite: its place among the favourites from 1, or None.
        image: None while it is being made.
        addable: it can be added to the filters that are on, or taken off from among them.
        wearers: marks of the single faces that wear it, such as "1".
        intensity: 0 to 1.
    """

    card: FilterEntry
    chosen: bool
    favourite: int | None
    image: QPixmap | None
    addable: bool = False
    wearers: tuple[str, ...] = ()
    intensity: float = 1.0


LOOK_ROLE = int(Qt.ItemDataRole.UserRole)


class FilterModel(QAbstractListModel):
    """The cards that the search or the group lets through; "None" comes first where all are shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[FilterEntry, ...] = ()
        self._sorted: tuple[FilterEntry, ...] = ()
        self._search = FilterSearch()
        self._read = False
        self._shown: tuple[FilterEntry, ...] = (NO_FILTER, *_PLACEHOLDERS)
        self._images: dict[str, QPixmap] = {}
        self._favourites: tuple[str, ...] = ()
        self._recent: tuple[str, ...] = ()
        self._latest: tuple[str, ...] = ()
        self._order = GalleryOrder.NAME
        self._chosen: tuple[str, ...] = ()
        # Before anything is known to be worn, "None" has no ring either: it would jump away.
        self._is_known = False
        self._wearers: Mapping[str, tuple[str, ...]] = MappingProxyType({})
        self._intensities: Mapping[str, float] = MappingProxyType({})
        self._words = ""
        self._group = EVERYTHING
        self._cell = QSize(128, 160)
        self._answers: Mapping[int, Callable[[CardLook], object]] = {
            LOOK_ROLE: lambda look: look,
            int(Qt.ItemDataRole.SizeHintRole): lambda look: self._cell,
            int(Qt.ItemDataRole.DisplayRole): lambda look: look.card.name,
            int(Qt.ItemDataRole.AccessibleTextRole): _spoken,
            int(Qt.ItemDataRole.ToolTipRole): _tooltip,
        }

    @property
    def cards(self) -> tuple[FilterEntry, ...]:
        """All cards but "None", whatever is searched for."""
        return self._all

    @property
    def favourites(self) -> tuple[str, ...]:
        """Ids, in the order in which they were starred."""
        return self._favourites

    @property
    def chosen(self) -> str:
        """The id of the filter in use, of several the topmost; "" for none."""
        return self._chosen[-1] if self._chosen else ""

    @property
    def all_chosen(self) -> tuple[str, ...]:
        """The ids of all filters in use."""
        return self._chosen

    @property
    def is_read(self) -> bool:
        """False while placeholders stand for the packages."""
        return self._read

    @property
    def is_searching(self) -> bool:
        """Whether a search is shown, which looks through all groups."""
        return bool(self._words)

    @property
    def group(self) -> str:
        """The group that is shown where nothing is searched for."""
        return self._group

    @property
    def none_card(self) -> FilterEntry:
        """The card that takes the filter off."""
        return NO_FILTER

    @property
    def groups(self) -> tuple[str, ...]:
        """The bundled groups, then further first tags by name."""
        known = {card.group for card in self._all if card.group and card.problem is None}
        return (*BUNDLED_GROUPS, *sorted(known - set(BUNDLED_GROUPS)))

    def card(self, filter_id: str) -> FilterEntry | None:
        """Return the card, "None" included, or None where there is no such filter."""
        return next((card for card in (NO_FILTER, *self._all) if card.id == filter_id), None)

    def name_of(self, filter_id: str) -> str:
        """Return the display name; the id of a filter that is not known, or not yet."""
        card = find_entry(filter_id, self._all) if filter_id else NO_FILTER
        return card.name if card is not None else filter_id

    def row_of(self, filter_id: str) -> int | None:
        """Return the row, or None while it is not shown."""
        return next((row for row, card in enumerate(self._shown) if card.id == filter_id), None)

    def first_match(self) -> FilterEntry | None:
        """Return the best match of the search that can be used; None where nothing is searched for."""
        found = (card for card in self._shown if card.problem is None)
        return next(found, None) if self._read and self._words else None

    def show_cards(self, cards: Sequence[FilterEntry]) -> None:
        """Take the packages."""
        self._read = True
        self._all = tuple(cards)
        self._sort()

    def sort_by(self, order: GalleryOrder, recent: Sequence[str]) -> None:
        """Sort by name, or by use; a filter that is used later moves only when this is called again."""
        self._latest = tuple(recent)
        if (order, self._latest) != (self._order, self._recent):
            self._order, self._recent = order, self._latest
            self._sort()

    def note_used(self, recent: Sequence[str]) -> None:
        """Take the ids of what was used last, for the next time that a group is chosen."""
        self._latest = tuple(recent)

    def search(self, words: str) -> None:
        """Show what matches, the best first; the group comes back when the search is empty."""
        self._words = words.strip()
        self._sift()

    def show_group(self, group: str) -> None:
        """Show one group, EVERYTHING, RECENT or FAVOURITES."""
        self._group = group
        if self._latest != self._recent:
            self._recent = self._latest
            self._sort()
        else:
            self._sift()

    def show_favourites(self, favourites: Sequence[str]) -> None:
        """Take the stars."""
        self._favourites = tuple(favourites)
        if self._group == FAVOURITES and not self._words:
            self._sift()
        self._redraw()

    def show_chosen(self, filter_ids: tuple[str, ...], wearers: Mapping[str, tuple[str, ...]]) -> None:
        """Move the rings, and mark what single faces wear."""
        self._chosen, self._is_known = filter_ids, True
        self._wearers = wearers
        self._redraw()

    def show_intensities(self, intensities: Mapping[str, float]) -> None:
        """Write on the cards how strong the weaker filters are."""
        if intensities != self._intensities:
            self._intensities = dict(intensities)
            self._redraw()

    def show_image(self, filter_id: str, image: QImage) -> None:
        """Put the thumbnail on its card; on Qt's thread."""
        self._images[filter_id] = QPixmap.fromImage(image)
        row = self.row_of(filter_id)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row), [LOOK_ROLE])

    def resize_cells(self, cell: QSize) -> None:
        """Set the size of a card in the list."""
        if cell != self._cell:
            self._cell = cell
            self.layoutChanged.emit()

    def look(self, index: Index) -> CardLook:
        """Return what is drawn at `index`."""
        card = self._shown[index.row()]
        return CardLook(
            card,
            chosen=card.id in self._chosen if card.id else self._is_known and not self._chosen,
            favourite=self._favourites.index(card.id) + 1 if card.id in self._favourites else None,
            image=self._images.get(card.id),
            addable=bool(self._chosen) and bool(card.id) and self._chosen != (card.id,),
            wearers=self._wearers.get(card.id, ()),
            intensity=self._intensities.get(card.id, 1.0) if not card.hides else 1.0,
        )

    def can_choose(self, index: Index) -> bool:
        """Return whether there is a filter at `index` that works."""
        card = self._shown[index.row()]
        return card.problem is None and card not in _PLACEHOLDERS

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 (Qt's name)
        """Return the number of cards shown."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Return what Qt asks for: words for screen readers, the tooltip, the look."""
        answer = self._answers.get(role) if index.isValid() else None
        return None if answer is None else answer(self.look(index))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a card: nothing with a broken one."""
        if not index.isValid() or not self.can_choose(index):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _sort(self) -> None:
        """Sort all cards, those that work first; search and group keep this order."""
        used = {filter_id: place for place, filter_id in enumerate(self._recent)}
        by_use = self._order is GalleryOrder.RECENT

        def key(card: FilterEntry) -> tuple[bool, int, str]:
            return card.problem is not None, used.get(card.id, len(used)) if by_use else 0, fold(card.name)

        self._sorted = tuple(sorted(self._all, key=key))
        self._search = FilterSearch(self._sorted)
        self._sift()

    def _sift(self) -> None:
        self.beginResetModel()
        self._shown = self._matches() if self._read else (NO_FILTER, *_PLACEHOLDERS)
        self.endResetModel()

    def _matches(self) -> tuple[FilterEntry, ...]:
        if self._words:
            return self._search.find(self._words)
        if self._group == EVERYTHING:
            return (NO_FILTER, *self._sorted)
        if self._group == RECENT:
            found = self._in_order(self._recent)[:_MAX_RECENT_CARDS]
        elif self._group == FAVOURITES:
            found = self._in_order(self._favourites)
        else:
            found = tuple(card for card in self._sorted if card.group == self._group)
        return (NO_FILTER, *found) if found else ()

    def _in_order(self, filter_ids: Sequence[str]) -> tuple[FilterEntry, ...]:
        known = {card.id: card for card in self._all}
        return tuple(known[each] for each in filter_ids if each in known)

    def _redraw(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1), [LOOK_ROLE])


def _spoken(look: CardLook) -> str:
    marks = (
        "chosen" if look.chosen else "",
        f"on face {', '.join(look.wearers)}" if look.wearers else "",
        f"favourite {look.favourite}" if look.favourite else "",
        f"{round(100 * look.intensity)} %" if look.intensity < 1 else "",
        "cannot be used" if look.card.problem else "",
    )
    return ", ".join((look.card.name, *(mark for mark in marks if mark)))


def _tooltip(look: CardLook) -> str:
    """Return the name, the tags, and what the filter waits for; or why it cannot be used."""
    card = look.card
    if card.problem is not None:
        return f"{card.name} cannot be used.\n{card.problem}"
    if not card.id:
        return "Take the filters off"
    tags = ", ".join(card.tags)
    lines = (
        card.name,
        tags[:1].upper() + tags[1:],
        f"{card.hint}." if card.hint else "",
        "Always at full strength, to keep faces hidden." if card.hides else "",
        f"Key {look.favourite}" if look.favourite is not None and look.favourite <= 9 else "",
    )
    return "\n".join(line for line in lines if line)
