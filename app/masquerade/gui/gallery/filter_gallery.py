"""Shows the filters as cards beside the image, or as a strip under it: search, groups, stars."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.gallery.card_list import CardList
from masquerade.gui.gallery.card_painter import CardPainter, cell_size
from masquerade.gui.gallery.filter_model import EVERYTHING, FAVOURITES, FilterModel
from masquerade.gui.gallery.group_chips import GroupChips
from masquerade.gui.services.thumbnails import Thumbnail
from masquerade.gui.widgets.icons import icon

_STRIP_IMAGE_SIDE = 88
_STRIP_HEIGHT = 176


class FilterGallery(QWidget):
    """Search field, groups and cards.

    Signals:
        filter_chosen: with the identity, "" for none.
        filter_added: with the identity of one to wear with the others, or to take off from among them.
        favourites_changed: with the tuple of identities.
        left_by_keyboard: Escape was pressed, or Enter on a card; the keyboard belongs to the image again.
    """

    filter_chosen = Signal(str)
    filter_added = Signal(str)
    favourites_changed = Signal(object)
    left_by_keyboard = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._as_strip: bool | None = None
        self.model = FilterModel(self)
        self._painter = CardPainter(self)
        self.list = CardList(self._painter, self)
        self.list.setModel(self.model)
        self.search = self._make_search()
        self._chips = GroupChips(self)
        self._chips.group_chosen.connect(self.model.show_group)
        self._top = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._top.setSpacing(12)
        self._top.addWidget(self.search)
        self._top.addWidget(self._chips)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 8, 8)
        layout.setSpacing(12)
        layout.addLayout(self._top)
        layout.addWidget(self.list, 1)
        self._connect()
        self._show_chips()
        self.lay_out(as_strip=False)

    def lay_out(self, as_strip: bool) -> None:
        """Stand beside the image, or lies under it as a strip."""
        if as_strip == self._as_strip:
            return
        self._as_strip = as_strip
        self.list.lay_out(as_strip)
        self._chips.lay_out(as_strip)
        if as_strip:
            self._top.setDirection(QBoxLayout.Direction.LeftToRight)
            self._layout.setContentsMargins(16, 10, 16, 0)
            self._top.setContentsMargins(0, 0, 0, 0)
            self._layout.setSpacing(6)
            self._top.setAlignment(self._chips, Qt.AlignmentFlag.AlignVCenter)
            self.search.setFixedWidth(176)
            self.setMinimumWidth(0)
            self.setMaximumWidth(16_777_215)
            self.setFixedHeight(_STRIP_HEIGHT)
            self.model.resize_cells(cell_size(_STRIP_IMAGE_SIDE))
        else:
            self._top.setDirection(QBoxLayout.Direction.TopToBottom)
            self._layout.setContentsMargins(16, 16, 8, 8)
            # Beside the cards the scroll bar stands in the margin.
            self._top.setContentsMargins(0, 0, 8, 0)
            self._layout.setSpacing(12)
            self._top.setAlignment(self._chips, Qt.AlignmentFlag(0))
            self.search.setMinimumWidth(0)
            self.search.setMaximumWidth(16_777_215)
            self.setMinimumHeight(0)
            self.setMaximumHeight(16_777_215)
        self._fit_cells()

    def show_filters(self, cards: Sequence[FilterEntry]) -> None:
        """Take the packages."""
        self.model.show_cards(cards)
        self._show_chips()
        QTimer.singleShot(0, self, self._reveal_chosen)

    def _reveal_chosen(self) -> None:
        """Bring the chosen card into the middle, once the cards have found their places."""
        self.list.doItemsLayout()
        row = self.model.row_of(self.model.chosen)
        if row is not None:
            self.list.scrollTo(self.model.index(row), QAbstractItemView.ScrollHint.PositionAtCenter)

    def show_thumbnails(self, thumbnails: Sequence[Thumbnail]) -> None:
        """Put finished images on their cards."""
        for thumbnail in thumbnails:
            self.model.show_image(thumbnail.identity, thumbnail.image)

    def show_chosen(self, identities: tuple[str, ...]) -> None:
        """Move the rings and brings the topmost filter's card into sight."""
        if identities == self.model.all_chosen and self.list.currentIndex().isValid():
            return
        self.model.show_chosen(identities)
        row = self.model.row_of(self.model.chosen)
        if row is not None:
            index = self.model.index(row)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

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

    def toggle_chosen(self) -> None:
        """Give the filter in use a star, or takes it away."""
        if self.model.chosen:
            self.toggle_favourite(self.model.chosen)

    def toggle_favourite(self, identity: str) -> None:
        """Give the filter a star, or takes it away."""
        stars = self.model.favourites
        kept = tuple(entry for entry in stars if entry != identity)
        self.model.show_favourites(kept if identity in stars else (*stars, identity))
        self.favourites_changed.emit(self.model.favourites)

    def focus_search(self) -> None:
        """Bring the keyboard to the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def focus_cards(self) -> None:
        """Bring the keyboard to the cards."""
        self.list.setFocus(Qt.FocusReason.TabFocusReason)

    def refresh_colours(self) -> None:
        """Draw the search sign anew after the theme has changed."""
        soft = QApplication.palette().color(QPalette.ColorRole.PlaceholderText)
        self._search_sign.setIcon(icon("search", soft))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Make the cards fill the width."""
        super().resizeEvent(event)
        self._fit_cells()

    def _make_search(self) -> QLineEdit:
        search = QLineEdit(self)
        search.setPlaceholderText("Search filters")
        search.setAccessibleName("Search filters")
        search.setClearButtonEnabled(False)
        search.setMinimumHeight(36)
        self._search_sign = QAction(search)
        search.addAction(self._search_sign, QLineEdit.ActionPosition.LeadingPosition)
        return search

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._on_search_entered)
        self.search.installEventFilter(self)
        self.list.clicked.connect(self._on_activated)
        self.list.activated.connect(self._on_entered)
        self.list.star_clicked.connect(self.toggle_favourite)
        self.list.add_clicked.connect(self.filter_added)
        self.list.typed.connect(self.begin_search)
        self.list.digit_typed.connect(self.choose_favourite)
        self.list.left_by_keyboard.connect(self.left_by_keyboard)

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Down goes from the search to the cards, Escape empties it and then leaves."""
        if watched is self.search and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                self.focus_cards()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._on_escape()
                return True
        return False

    def _on_escape(self) -> None:
        if self.search.text():
            self.search.clear()
        else:
            self.left_by_keyboard.emit()

    def _on_search(self, words: str) -> None:
        self.model.search(words)
        found = self.model.first_match() if words.strip() else None
        row = self.model.row_of(found.id if found is not None else self.model.chosen)
        if row is not None:
            self.list.setCurrentIndex(self.model.index(row))

    def _on_search_entered(self) -> None:
        found = self.model.first_match() if self.search.text().strip() else None
        if found is not None:
            self.filter_chosen.emit(found.id)

    def begin_search(self, text: str) -> None:
        """Move the keyboard to the search and type there."""
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.insert(text)

    def _on_entered(self, index: QModelIndex) -> None:
        """Enter has chosen: the letters are keys of the window again, and an arrow leads back to the cards."""
        self._on_activated(index)
        self.left_by_keyboard.emit()

    def _on_activated(self, index: QModelIndex) -> None:
        if index.isValid() and self.model.can_choose(index):
            self.filter_chosen.emit(self.model.look(index).card.id)

    def _show_chips(self) -> None:
        self._chips.show_groups((EVERYTHING, FAVOURITES, *self.model.groups), final=self.model.is_read)
        self.model.show_group(EVERYTHING)

    def _fit_cells(self) -> None:
        """Return as many columns as give images of about 112 pixels; none in a strip."""
        if self._as_strip:
            return
        margins = self._layout.contentsMargins()
        # The scroll bar's place is kept free, so that cards do not jump when it comes.
        bar_width = self.list.verticalScrollBar().sizeHint().width()
        room = self.width() - margins.left() - margins.right() - bar_width - 2
        columns = max(room // 120, 1)
        self.model.resize_cells(cell_size(room // columns - 8))
        QTimer.singleShot(0, self.list, self.list.doItemsLayout)
