"""Serves the gallery: puts filters on everyone or on one face, gets the thumbnails, takes new packages."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.main_window import MainWindow
from masquerade.gui.preview.face_menu import FaceMenu
from masquerade.gui.services.backend import Backend
from masquerade.gui.services.filter_adding import Additions, add_packages, in_words
from masquerade.gui.services.filter_chooser import FilterChooser
from masquerade.gui.services.filter_reload import FilterReload
from masquerade.gui.services.filter_selection import FilterSelection
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.thumbnails import Thumbnails, thumbnail_side
from masquerade.gui.services.workers import TaskRunner
from masquerade.settings import FilterIntensity


class FilterController(QObject):
    """Joins gallery, face menu and intensity to the line.

    Signals:
        ready: the first filter is on, or could not be put on; from now on images may come.
    """

    ready = Signal()

    def __init__(self, window: MainWindow, memory: SettingsStore, tasks: TaskRunner, parts: Backend) -> None:
        super().__init__(window)
        self._window = window
        self._gallery = window.gallery
        self._memory = memory
        self._tasks = tasks
        self._parts = parts
        self._worn = self._wanted = FilterSelection(memory.settings.filters, memory.settings.intensities)
        self._begun = False
        self._hints_shown: set[str] = set()
        self._chooser = FilterChooser(parts.choose, tasks, self)
        self._thumbnails = Thumbnails(parts.render_thumbnail, parts.cache_folder, thumbnail_side(), self)
        self._reload = FilterReload(parts, tasks, self)
        self._faces = FaceMenu(window.view, self._has_others, self)
        self._gallery.show_chosen(self._wanted.filters)
        self._gallery.show_favourites(memory.settings.favourites)
        self._connect()

    def _connect(self) -> None:
        self._gallery.filter_chosen.connect(self.choose)
        self._gallery.filter_added.connect(self.add_or_take_off)
        self._gallery.favourites_changed.connect(self._on_favourites)
        self._window.bar.intensity_changed.connect(self._on_intensity)
        self._chooser.worn.connect(self._on_worn)
        self._chooser.failed.connect(self._on_failed)
        self._thumbnails.ready.connect(self._on_thumbnails, Qt.ConnectionType.QueuedConnection)
        self._reload.read.connect(self._on_read)
        self._reload.failed.connect(self._tell)
        self._faces.aimed.connect(self._on_aimed)
        self._faces.bared.connect(lambda face: self._wear(self._wanted.choosing(face, ())))
        self._faces.freed.connect(lambda face: self._wear(self._wanted.like_everyone(face)))

    def begin(self, wish: tuple[str, ...] | None) -> None:
        """Put the first filters on: those wished for on the command line, or the remembered ones."""
        self._wanted = replace(self._wanted, filters=self._memory.settings.filters if wish is None else wish)
        self._chooser.wear(self._wanted)

    def choose(self, identity: str) -> None:
        """Put one filter on and all others off, "" for none, and remembers it."""
        self._wear(self._wanted.choosing(self._faces.aim, (identity,) if identity else ()))

    def add_or_take_off(self, identity: str) -> None:
        """Put a filter on above those that are worn already, or takes it off again."""
        self._wear(self._wanted.adding(self._faces.aim, identity))

    def change_source(self) -> None:
        """Let nobody in the next source be taken for a face of the last one."""
        self._faces.aim_at(None)
        if self._wanted.own:
            self._wear(self._wanted.for_other_source())

    def read_filters(self) -> None:
        """Fill the gallery, once; called when the first image is there, which must not wait for this."""
        self._reload.begin()

    def add(self, paths: tuple[Path, ...]) -> None:
        """Take packages that were dragged onto the window, and puts the last one on."""
        self._tasks.submit(
            lambda: (add_packages(self._parts.add_filter, paths), self._parts.read_filters()),
            name="add filter",
            on_result=lambda result: self._on_added(*result),
            on_error=lambda error: self._tell(str(error)),
        )

    def close(self, timeout_seconds: float) -> None:
        """End the workers."""
        self._reload.close(timeout_seconds)
        self._thumbnails.close(timeout_seconds)

    def _has_others(self) -> bool:
        return bool(self._wanted.own)

    def _wear(self, wearing: FilterSelection) -> None:
        self._wanted = wearing
        self._show_chosen()
        # At once and not when its art is loaded: the window may be closed in between.
        self._remember(wearing.filters)
        self._chooser.wear(wearing)

    def _on_read(self, cards: tuple[FilterEntry, ...], again: bool) -> None:
        if cards != self._gallery.model.cards:
            self._gallery.show_filters(cards)
            self._show_chosen()
        self._thumbnails.order((self._gallery.model.none_card, *cards))
        self._show_hint(self._worn)
        if again:
            # Under their old names there may be new art.
            self._chooser.wear(self._wanted)
        self._tell_broken_edit(cards)

    def _tell_broken_edit(self, cards: tuple[FilterEntry, ...]) -> None:
        """Report the error of a package that was just changed; takes it back when it is mended."""
        words = next((card.broken_edit for card in cards if card.broken_edit), "")
        if words == (self._reload.told or ""):
            return
        self._window.banner.withdraw(self._reload.told or "")
        if words:
            self._tell(words)
        self._reload.told = words or None

    def _on_intensity(self, intensity: float) -> None:
        """Change the topmost filter's intensity, and remember it with that filter."""
        chosen = self._gallery.model.chosen
        if not chosen:
            return
        others = tuple(each for each in self._memory.settings.intensities if each.id != chosen)
        intensities = others if intensity == 1.0 else (*others, FilterIntensity(chosen, intensity))
        self._memory.change(lambda settings: replace(settings, intensities=intensities))
        self._wanted = replace(self._wanted, intensities=intensities)
        self._chooser.wear(self._wanted)

    def _on_favourites(self, favourites: tuple[str, ...]) -> None:
        self._memory.change(lambda settings: replace(settings, favourites=favourites))

    def _on_aimed(self, face: int | None) -> None:
        self._show_chosen()
        if face is not None:
            self._window.view.show_hint("Filters go to this face now. Esc: to all")

    def _on_worn(self, wearing: FilterSelection) -> None:
        self._worn = wearing
        self._show_hint(wearing)
        self._tell_ready()

    def _show_chosen(self) -> None:
        worn = self._wanted.of(self._faces.aim)
        self._window.bar.show_intensity(self._wanted.intensity_of(worn[-1]) if worn else 1.0)
        self._gallery.show_chosen(self._wanted.of(self._faces.aim))

    def _show_hint(self, wearing: FilterSelection) -> None:
        for identity in (*wearing.filters, *(each for own in wearing.own for each in own.filters)):
            card = self._gallery.model.card(identity)
            if card is not None and card.hint and identity not in self._hints_shown:
                self._hints_shown.add(identity)
                self._window.view.show_hint(card.hint)

    def _on_failed(self, wearing: FilterSelection, words: str) -> None:
        if self._wanted == wearing:
            self._wanted = self._worn if self._begun else replace(self._worn, filters=())
            self._show_chosen()
        self._tell(words)
        if self._begun:
            self._remember(self._wanted.filters)
        self._tell_ready()

    def _remember(self, filters: tuple[str, ...]) -> None:
        self._memory.change(lambda settings: replace(settings, filters=filters))

    def _tell_ready(self) -> None:
        if not self._begun:
            self._begun = True
            self.ready.emit()

    def _tell(self, words: str) -> None:
        self._window.show_error(words)

    def _on_thumbnails(self) -> None:
        self._gallery.show_thumbnails(self._thumbnails.take())

    def _on_added(self, additions: Additions, cards: tuple[FilterEntry, ...]) -> None:
        if additions.ids:
            self._on_read(cards, again=False)
            before = self._wanted
            self.choose(additions.ids[-1])
            names = {card.id: card.name for card in cards}
            words = f"Added {in_words([names.get(each, each) for each in additions.ids])}."
            self._window.show_toast(words, "Undo", self._back_to(before))
        if additions.errors:
            self._tell("\n".join(additions.errors))

    def _back_to(self, wearing: FilterSelection) -> Callable[[], None]:
        return lambda: self._wear(wearing)
