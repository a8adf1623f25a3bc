"""Lets the user choose how the gallery sorts and how large its cards are."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from masquerade.gui.widgets.controls import SignButton
from masquerade.settings import GalleryOrder


class ViewMenu(SignButton):
    """A button beside the search that opens the menu.

    Signals:
        view_chosen: the GalleryOrder, and whether the cards are small.
        files_wanted: filters are to be added from files.
        background_wanted: an image or video of the user's is to become a background.
        folder_wanted: the folder of the user's own filters is to be shown.
    """

    view_chosen = Signal(object, bool)
    files_wanted = Signal()
    background_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sort", "Sort and add filters", side=36, parent=parent)
        self.menu = QMenu(self)
        self._orders = QActionGroup(self)
        self._by_name = self._add_order("Sort by name", GalleryOrder.NAME)
        self._by_use = self._add_order("Recently used first", GalleryOrder.RECENT)
        self.menu.addSeparator()
        self.small = self.menu.addAction("Small cards")
        self.small.setCheckable(True)
        self.small.triggered.connect(self._on_chosen)
        self.menu.addSeparator()
        self.menu.addAction("Add filters\u2026").triggered.connect(self.files_wanted)
        self.menu.addAction("Add a background\u2026").triggered.connect(self.background_wanted)
        self.menu.addAction("Show my filters").triggered.connect(self.folder_wanted)
        self.clicked.connect(lambda: self.menu.popup(self.mapToGlobal(self.rect().bottomLeft())))

    def show_view(self, order: GalleryOrder, small: bool) -> None:
        """Mark what is chosen."""
        (self._by_use if order is GalleryOrder.RECENT else self._by_name).setChecked(True)
        self.small.setChecked(small)

    def _add_order(self, words: str, order: GalleryOrder) -> QAction:
        action = self.menu.addAction(words)
        action.setCheckable(True)
        action.setData(order)
        action.triggered.connect(self._on_chosen)
        self._orders.addAction(action)
        return action

    def _on_chosen(self) -> None:
        order = GalleryOrder.RECENT if self._by_use.isChecked() else GalleryOrder.NAME
        self.view_chosen.emit(order, self.small.isChecked())
