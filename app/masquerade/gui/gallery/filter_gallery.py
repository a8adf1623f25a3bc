"""Shows the filters as cards beside the preview, or as a strip under it: search, groups, stars, who wears what."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QBoxLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.gallery.card_list import CardList
from masquerade.gui.gallery.card_painter import CardPainter, cell_size
from masquerade.gui.gallery.empty_state import EmptyState
from masquerade.gui.gallery.filter_model import BACKGROUNDS, EVERYTHING, FAVOURITES, RECENT, FilterModel
from masquerade.gui.gallery.group_chips import GroupChips
from masquerade.gui.gallery.name_editor import NameEditor
from masquerade.gui.gallery.view_menu import ViewMenu
from masquerade.gui.gallery.wearer_chips import Wearer, WearerChips
from masquerade.gui.services.filters.thumbnails import Thumbnail
from masquerade.gui.widgets.controls import WordButton, isolated
from masquerade.gui.widgets.icons import icon
from masquerade.settings import GalleryOrder

_STRIP_IMAGE_SIDE, _SMALL_STRIP_IMAGE_SIDE = 88, 60
_LOW_WINDOW = 480  # pixels; below it the preview needs the room more than the cards
_COLUMN_WIDTH, _SMALL_COLUMN_WIDTH = 120, 80
_MARGIN = 16
_NO_LIMIT = 16_777_215


class FilterGallery(QWidget):
    """Search field, groups, cards, and who wears what.

    Signals:
        filter_chosen: with the id, "" for none.
        filter_added: with the id of one to add to the others, or to take off from among them.
        favourites_changed: with the tuple of ids.
        left_by_keyboard: Escape was pressed, or Enter on a card; the keyboard belongs to the preview again.
        view_changed: the GalleryOrder, and whether the cards are small.
        files_wanted: the user wants to add filters from files.
        background_wanted: the user wants to add an image or video as a background.
        folder_wanted: the user wants to see the folder of their own filters.
    """

    filter_chosen = Signal(str)
    filter_added = Signal(str)
    favourites_changed = Signal(object)
    left_by_keyboard = Signal()
    view_changed = Signal(object, bool)
    files_wanted = Signal()
    background_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._as_strip: bool | None = None
        self._small = False
        self.model = FilterModel(self)
        self.list = CardList(CardPainter(self), self)
        self.list.setModel(self.model)
        self.empty = EmptyState(self.list.viewport())
        self.name_editor = NameEditor(self.list)
        self.search = self._make_search()
        self.view_menu = ViewMenu(self)
        self.chips = GroupChips(self)
        self.wearers = WearerChips(self)
        self.add_background = WordButton(
            isolated("Your image or video\u2026"), self, "Use your image or video as a background"
        )
        self.add_background.hide()
        self._search_row = QHBoxLayout()
        self._search_row.setSpacing(4)
        self._search_row.addWidget(self.search, 1)
        self._search_row.addWidget(self.view_menu)
        self._top = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._top.addLayout(self._search_row)
        self._top.addWidget(self.chips, 1)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self._top)
        self._layout.addWidget(self.add_background)
        self._layout.addWidget(self.list, 1)
        # Below the cards, so that they stay where they are when it comes.
        self._layout.addWidget(self.wearers)
        self._connect()
        self.chips.show_groups((EVERYTHING, RECENT, FAVOURITES, *self.model.groups), EVERYTHING)
        self.lay_out(as_strip=False)

    def lay_out(self, as_strip: bool) -> None:
        """Stand beside the preview, or lie under it as a strip."""
        if as_strip != self._as_strip:
            self._as_strip = as_strip
            self.list.lay_out(as_strip)
            self.wearers.lay_out(as_strip)
            self._place_wearers()
            self._show_background_button()
        if as_strip:
            self._lay_out_strip()
        else:
            self._top.setDirection(QBoxLayout.Direction.TopToBottom)
            self._top.setSpacing(12)
            # Beside the cards the scroll bar stands in the margin.
            self._top.setContentsMargins(0, 0, 8, 0)
            self._layout.setContentsMargins(_MARGIN, _MARGIN, 8, 8)
            self._layout.setSpacing(12)
            self.search.setMinimumWidth(0)
            self.search.setMaximumWidth(_NO_LIMIT)
            self.setMinimumHeight(0)
            self.setMaximumHeight(_NO_LIMIT)
        self._fit_cells()

    def show_filters(self, cards: Sequence[FilterEntry]) -> None:
        """Take the packages."""
        self.model.show_cards(cards)
        groups = (EVERYTHING, RECENT, FAVOURITES, *self.model.groups)
        if self.model.group not in groups:
            self.model.show_group(EVERYTHING)
        self.chips.show_groups(groups, self.model.group)
        self._show_empty_state()
        QTimer.singleShot(0, self, self._reveal_chosen)

    def show_view(self, order: GalleryOrder, small: bool, recent: Sequence[str]) -> None:
        """Sort the cards, and give them their size."""
        self.view_menu.show_view(order, small)
        self.model.sort_by(order, recent)
        if small != self._small:
            self._small = small
            self.lay_out(bool(self._as_strip))
        self._show_empty_state()

    def show_thumbnails(self, thumbnails: Sequence[Thumbnail]) -> None:
        """Put finished images on their cards."""
        for thumbnail in thumbnails:
            self.model.show_image(thumbnail.filter_id, thumbnail.image)

    def show_chosen(self, filter_ids: tuple[str, ...], wearers: Mapping[str, tuple[str, ...]]) -> None:
        """Move the rings and bring the topmost filter's card into sight.

        Args:
            filter_ids: of the face or faces that a click goes to.
            wearers: by filter, the marks of the single faces that wear it.
        """
        moved = filter_ids != self.model.all_chosen or not self.list.currentIndex().isValid()
        self.model.show_chosen(filter_ids, wearers)
        row = self.model.row_of(self.model.chosen)
        if moved and row is not None:
            index = self.model.index(row)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

    def show_wearers(self, wearers: Sequence[Wearer]) -> None:
        """Show who wears what; empty where all faces wear the same."""
        self.wearers.show_wearers(wearers)

    def choose_favourite(self, place: int) -> None:
        """Choose the favourite on the key 1 to 9; 0 takes the filter off."""
        if place == 0:
            self.filter_chosen.emit("")
            return
        usable = self.model.favourites
        if place <= len(usable):
            card = self.model.card(usable[place - 1])
            if card is not None and card.problem is None:
                self.filter_chosen.emit(card.id)

    def show_favourites(self, favourites: Sequence[str]) -> None:
        """Take the remembered stars."""
        self.model.show_favourites(favourites)
        self._show_empty_state()

    def toggle_chosen(self) -> None:
        """Give the filter in use a star, or take it away."""
        if self.model.chosen:
            self.toggle_favourite(self.model.chosen)

    def toggle_favourite(self, filter_id: str) -> None:
        """Give the filter a star, or take it away."""
        stars = self.model.favourites
        kept = tuple(entry for entry in stars if entry != filter_id)
        self.show_favourites(kept if filter_id in stars else (*stars, filter_id))
        self.favourites_changed.emit(self.model.favourites)

    def focus_search(self) -> None:
        """Bring the keyboard to the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def begin_search(self, text: str) -> None:
        """Move the keyboard to the search and type there."""
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.insert(text)

    def focus_cards(self) -> None:
        """Bring the keyboard to the cards."""
        self.list.setFocus(Qt.FocusReason.TabFocusReason)

    def show_group(self, group: str) -> None:
        """Show a group of filters, without a search."""
        self.chips.check(group)
        self.model.show_group(group)
        self.search.clear()
        self.list.scrollToTop()
        self._show_empty_state()

    def refresh_colours(self) -> None:
        """Draw the search sign again after the theme has changed."""
        soft = QApplication.palette().color(QPalette.ColorRole.PlaceholderText)
        self._search_sign.setIcon(icon("search", soft))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Make the cards fill the width."""
        super().resizeEvent(event)
        self._fit_cells()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Fit again with another font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self._as_strip is not None:
            self.lay_out(self._as_strip)

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Down goes from the search to the cards, Escape empties it and then leaves."""
        if watched is self.list.viewport() and event.type() is QEvent.Type.Resize:
            self.empty.setGeometry(self.list.viewport().rect())
        if watched is self.search and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                self.focus_cards()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._on_escape()
                return True
        return False

    def _lay_out_strip(self) -> None:
        self._top.setDirection(QBoxLayout.Direction.LeftToRight)
        self._top.setSpacing(12)
        self._top.setContentsMargins(0, 0, 0, 0)
        self._layout.setContentsMargins(_MARGIN, 10, _MARGIN, 0)
        self._layout.setSpacing(6)
        self.search.setFixedWidth(max(self.fontMetrics().horizontalAdvance("Search filters") + 60, 150))
        self.setMinimumWidth(0)
        self.setMaximumWidth(_NO_LIMIT)
        cell = cell_size(self._strip_image_side(), self.list.font())
        bar = self.list.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(10 + self.search.sizeHint().height() + 6 + cell.height() + bar + 4)

    def _strip_image_side(self) -> int:
        is_low = self.window().height() < _LOW_WINDOW
        return _SMALL_STRIP_IMAGE_SIDE if self._small or is_low else _STRIP_IMAGE_SIDE

    def _place_wearers(self) -> None:
        """Stand below the cards, or in a strip beside the search."""
        self._layout.removeWidget(self.wearers)
        self._top.removeWidget(self.wearers)
        if self._as_strip:
            self._top.insertWidget(1, self.wearers)
        else:
            self._layout.addWidget(self.wearers)

    def _reveal_chosen(self) -> None:
        """Bring the chosen card into the middle, once the cards have found their places."""
        self.list.doItemsLayout()
        row = self.model.row_of(self.model.chosen)
        if row is not None:
            self.list.scrollTo(self.model.index(row), QAbstractItemView.ScrollHint.PositionAtCenter)

    def _make_search(self) -> QLineEdit:
        search = QLineEdit(self)
        search.setPlaceholderText("Search filters")
        search.setAccessibleName("Search filters")
        search.setClearButtonEnabled(False)
        search.setMinimumHeight(36)
        self._search_sign = QAction("Search", search)
        search.addAction(self._search_sign, QLineEdit.ActionPosition.LeadingPosition)
        return search

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._on_search_entered)
        self.search.installEventFilter(self)
        self.list.viewport().installEventFilter(self)
        self.list.clicked.connect(self._on_activated)
        self.list.activated.connect(self._on_entered)
        self.list.star_clicked.connect(self.toggle_favourite)
        self.list.add_clicked.connect(self.filter_added)
        self.list.typed.connect(self.begin_search)
        self.list.digit_typed.connect(self.choose_favourite)
        self.list.left_by_keyboard.connect(self.left_by_keyboard)
        self.chips.group_chosen.connect(self.show_group)
        self.view_menu.view_chosen.connect(self.view_changed)
        self.view_menu.files_wanted.connect(self.files_wanted)
        self.view_menu.background_wanted.connect(self.background_wanted)
        self.add_background.clicked.connect(self.background_wanted)
        self.view_menu.folder_wanted.connect(self.folder_wanted)

    def _on_escape(self) -> None:
        if self.search.text():
            self.search.clear()
        else:
            self.left_by_keyboard.emit()

    def _on_search(self, words: str) -> None:
        self.model.search(words)
        self.chips.check(EVERYTHING if self.model.is_searching else self.model.group)
        found = self.model.first_match()
        row = self.model.row_of(found.id if found is not None else self.model.chosen)
        if row is not None:
            self.list.setCurrentIndex(self.model.index(row))
        if self.model.is_searching:
            self.list.scrollToTop()
        self._show_empty_state()

    def _on_search_entered(self) -> None:
        found = self.model.first_match()
        if found is not None:
            self.filter_chosen.emit(found.id)

    def _on_entered(self, index: QModelIndex) -> None:
        """Choose the card; the keyboard goes back to the preview, and an arrow leads to the cards again."""
        self._on_activated(index)
        self.left_by_keyboard.emit()

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid() and self.model.can_choose(index):
            self.filter_chosen.emit(self.model.look(index).card.id)

    def _show_empty_state(self) -> None:
        self._show_background_button()
        if self.model.rowCount() > 0:
            self.empty.hide()
        elif self.model.is_searching:
            words = f"No filter matches \u201c{self.search.text().strip()}\u201d."
            self.empty.invite(words, "Clear search", self.search.clear)
        elif self.model.group == FAVOURITES:
            words = "No favourites yet. Click the star on a filter to keep it here."
            self.empty.invite(words, "Show all filters", lambda: self.show_group(EVERYTHING))
        elif self.model.group == RECENT:
            words = "The filters you use appear here."
            self.empty.invite(words, "Show all filters", lambda: self.show_group(EVERYTHING))
        else:
            self.empty.invite("No filters here.", "Show all filters", lambda: self.show_group(EVERYTHING))

    def _show_background_button(self) -> None:
        """Show it above the backgrounds; a strip has no room, and the menu beside the search has it, too."""
        in_backgrounds = self.model.group == BACKGROUNDS and not self.model.is_searching
        self.add_background.setVisible(in_backgrounds and not self._as_strip)

    def _fit_cells(self) -> None:
        """Make as many columns as give images of about 112 pixels, or of about 76; one row in a strip."""
        font = self.list.font()
        if self._as_strip:
            cell = cell_size(self._strip_image_side(), font)
        else:
            margins = self._layout.contentsMargins()
            # The scroll bar's place is kept free, so that cards do not jump when it comes.
            bar_width = self.list.verticalScrollBar().sizeHint().width()
            room = self.width() - margins.left() - margins.right() - bar_width - 2
            columns = max(room // (_SMALL_COLUMN_WIDTH if self._small else _COLUMN_WIDTH), 1)
            cell = cell_size(room // columns - 8, font)
        self.model.resize_cells(cell)
        self.list.step_wheel_by(cell)
        QTimer.singleShot(0, self.list, self.list.doItemsLayout)
