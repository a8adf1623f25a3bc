"""Serves the gallery: puts filters on, shows their hints, gets the thumbnails, takes new packages."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from app.gui.bridge import Errands
from app.gui.filter_chooser import FilterChooser
from app.gui.main_window import MainWindow
from app.gui.memory import Memory
from app.gui.parts import FilterCard, Parts
from app.gui.thumbnails import Thumbnails


class FilterDesk(QObject):
    """Joins gallery and intensity to the line.

    Signals:
        ready: the first filter is on, or could not be put on; from now on pictures may come.
    """

    ready = Signal()

    def __init__(self, window: MainWindow, memory: Memory, errands: Errands, parts: Parts) -> None:
        super().__init__(window)
        self._window = window
        self._gallery = window.gallery
        self._memory = memory
        self._errands = errands
        self._add_package = parts.add_filter
        self._read_packages = parts.read_filters
        self._worn = ""
        self._begun = False
        self._reading = False
        self._hints_shown: set[str] = set()
        self._chooser = FilterChooser(parts.choose, errands, self)
        self._thumbnails = Thumbnails(parts.render_thumbnail, parts.cache_folder, self)
        self._gallery.show_chosen(memory.settings.filter)
        self._gallery.show_favourites(memory.settings.favourites)
        self._gallery.filter_chosen.connect(self.choose)
        self._gallery.favourites_changed.connect(self._on_favourites)
        window.bar.intensity_changed.connect(self._on_intensity)
        self._chooser.worn.connect(self._on_worn)
        self._chooser.failed.connect(self._on_failed)
        self._thumbnails.ready.connect(self._on_thumbnails, Qt.ConnectionType.QueuedConnection)

    def begin(self, wish: str | None) -> None:
        """Puts the first filter on: the one wished for on the command line, or the remembered one."""
        identity = self._memory.settings.filter if wish is None else wish
        self._chooser.wear(identity, self._memory.settings.intensity)

    def choose(self, identity: str) -> None:
        """Puts a filter on, "" for none, and remembers it."""
        self._gallery.show_chosen(identity)
        # At once and not when its art is loaded: the window may be closed in between.
        self._remember(identity)
        self._chooser.wear(identity, self._memory.settings.intensity)

    def read_filters(self) -> None:
        """Fills the gallery, once; called when the first picture is there, which must not wait for this."""
        if not self._reading:
            self._reading = True
            self._errands.run("read filters", self._read_packages, self._on_read, lambda fault: self._tell(str(fault)))

    def add(self, folder: Path) -> None:
        """Takes a package that was dragged onto the window."""
        self._errands.run(
            "add filter",
            lambda: self._add_package(folder),
            lambda cards: self._on_added(folder.name, cards),
            lambda fault: self._tell(str(fault)),
        )

    def close(self, timeout_seconds: float) -> None:
        """Ends the worker."""
        self._thumbnails.close(timeout_seconds)

    def _on_read(self, cards: tuple[FilterCard, ...]) -> None:
        self._gallery.show_filters(cards)
        self._gallery.show_chosen(self._worn)
        self._show_hint(self._worn)
        self._thumbnails.order((self._gallery.model.none_card, *cards))

    def _on_intensity(self, intensity: float) -> None:
        self._memory.change(lambda settings: replace(settings, intensity=intensity))
        self._chooser.wear(self._worn, intensity)

    def _on_favourites(self, favourites: tuple[str, ...]) -> None:
        self._memory.change(lambda settings: replace(settings, favourites=favourites))

    def _on_worn(self, identity: str) -> None:
        self._worn = identity
        self._gallery.show_chosen(identity)
        self._show_hint(identity)
        self._tell_ready()

    def _show_hint(self, identity: str) -> None:
        card = self._gallery.model.card(identity)
        if card is not None and card.hint and identity not in self._hints_shown:
            self._hints_shown.add(identity)
            self._window.view.show_hint(card.hint)

    def _on_failed(self, identity: str, words: str) -> None:
        self._gallery.show_chosen(self._worn)
        self._tell(words)
        if self._begun:
            self._remember(self._worn)
        self._tell_ready()

    def _remember(self, identity: str) -> None:
        self._memory.change(lambda settings: replace(settings, filter=identity))

    def _tell_ready(self) -> None:
        if not self._begun:
            self._begun = True
            self.ready.emit()

    def _tell(self, words: str) -> None:
        self._window.tell_fault(words, "All right", lambda: None)

    def _on_thumbnails(self) -> None:
        self._gallery.show_thumbnails(self._thumbnails.take())

    def _on_added(self, identity: str, cards: tuple[FilterCard, ...]) -> None:
        self._on_read(cards)
        card = self._gallery.model.card(identity)
        if card is not None:
            self._window.tell_done(f"{card.name} is in the gallery now.", "Put it on", self._chooser_of(identity))

    def _chooser_of(self, identity: str) -> Callable[[], None]:
        return lambda: self.choose(identity)
