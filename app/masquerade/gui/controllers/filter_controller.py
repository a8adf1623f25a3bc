"""Puts filters on everyone or on one face, and remembers them with their intensities."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from masquerade.filters.packages.entry import FilterEntry, find_entry
from masquerade.gui.controllers.wearers import ReturnWatch, describe_wearers, faces_in_order, marks_by_filter
from masquerade.gui.gallery.filter_gallery import FilterGallery
from masquerade.gui.preview.face_menu import FaceMenu
from masquerade.gui.preview.video_view import VideoView
from masquerade.gui.services.backend import Backend
from masquerade.gui.services.filter_selection import FilterSelection
from masquerade.gui.services.filters.chooser import FilterChooser
from masquerade.gui.services.messages import Messages
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.workers import TaskRunner
from masquerade.gui.toolbar.bottom_bar import BottomBar
from masquerade.settings import GalleryOrder
from masquerade.values import Scene

_MAX_RECENT = 48
_LOOK_AT_FACES_MS = 300
_WEAK = 0.5
# Worn instead where a filter that hides faces is deleted.
_FALLBACK = "blur"


class FilterController(QObject):
    """Owns the selected filters; connects gallery, face menu and intensity slider to the line.

    Signals:
        ready: the first filters are on, or could not be put on; from now on frames may come.
    """

    ready = Signal()

    def __init__(
        self,
        gallery: FilterGallery,
        view: VideoView,
        bar: BottomBar,
        *,
        messages: Messages,
        store: SettingsStore,
        tasks: TaskRunner,
        backend: Backend,
    ) -> None:
        super().__init__(gallery)
        self._gallery, self._view, self._bar, self._messages = gallery, view, bar, messages
        self._store = store
        settings = store.settings
        self._worn = self._wanted = FilterSelection(settings.filters, settings.intensities)
        self._begun = False
        self._hints_shown: set[str] = set()
        self._failed: frozenset[str] = frozenset()
        self._chooser = FilterChooser(backend.choose, tasks, self)
        self._faces = FaceMenu(view, self._has_own, self)
        self._returns = ReturnWatch()
        self._watch_faces = QTimer(self)
        self._watch_faces.setInterval(_LOOK_AT_FACES_MS)
        self._watch_faces.timeout.connect(self._show_wearers)
        gallery.show_favourites(settings.favourites)
        gallery.show_view(settings.gallery_order, settings.small_cards, settings.recent)
        self._connect()
        self._show_selection()

    @property
    def selection(self) -> FilterSelection:
        """The selected filters, worn as soon as their art is loaded."""
        return self._wanted

    @property
    def worn_names(self) -> tuple[str, ...]:
        """The names of all filters that anybody wears."""
        return tuple(map(self._gallery.model.name_of, self._wanted.all_filters))

    def begin(self, wished: tuple[str, ...] | None) -> None:
        """Put the first filters on: those of the command line, or the remembered ones."""
        if wished is not None:
            self._wanted = replace(self._wanted, filters=wished)
        self._show_selection()
        # One filter that is gone must not take the others off, nor leave a face bare that it hid.
        stand_in = _FALLBACK if self._store.settings.hides_faces and wished is None else ""
        self._chooser.wear_what_works(self._wanted, stand_in)

    def choose(self, filter_id: str) -> None:
        """Wear only this filter, "" for none, and remember it."""
        self._choose(self._wanted.choosing(self._faces.aim, (filter_id,) if filter_id else ()))

    def add_or_take_off(self, filter_id: str) -> None:
        """Add a filter on top of the others, or take it off."""
        self._choose(self._wanted.adding(self._faces.aim, filter_id))

    def choose_face(self, place: int) -> None:
        """Let the gallery choose for the face at a place, from 1, counted from the left of the preview."""
        faces = faces_in_order(self._view)
        if place <= len(faces):
            self._faces.aim_at(faces[place - 1])

    def change_source(self) -> None:
        """Drop the filters of single faces, because another source shows other faces."""
        self._faces.aim_at(None)
        if self._wanted.own:
            self.select(self._wanted.for_other_source())

    def select(self, selection: FilterSelection) -> None:
        """Wear and remember a selection."""
        self._wanted = selection
        self._show_selection()
        # At once and not when its art is loaded: the window may be closed in between.
        recent = tuple(dict.fromkeys((*reversed(selection.filters), *self._store.settings.recent)))[:_MAX_RECENT]
        self._store.change(lambda settings: replace(settings, filters=selection.filters, recent=recent))
        self._gallery.model.note_used(recent)
        self._remember_hiding()
        self._chooser.wear(selection)

    def on_filters_read(self, entries: tuple[FilterEntry, ...], again: bool) -> None:
        """Update the ids of filters, put on new art, and take off deleted filters."""
        self._adopt_ids(entries)
        self._remember_hiding()
        self._show_selection()
        self._show_hint(self._worn)
        if again:
            # There may be new art under the old ids.
            self._chooser.wear(self._wanted)
        else:
            self._show_low_intensity()

    def on_scene(self, scene: Scene) -> None:
        """Take off filters that could not be painted; faces that they hid are blurred instead."""
        failed = frozenset(scene.failed_filters) & set(self._wanted.all_filters)
        new, self._failed = failed - self._failed, failed
        off = tuple(sorted(new - {_FALLBACK}))
        if off:
            entries = {each: self._gallery.model.card(each) for each in off}
            self.take_off(entry or FilterEntry(each, each, hides=True) for each, entry in entries.items())
            self._messages.show_error(f"{self._names(off)} cannot be drawn and was taken off.")
        if _FALLBACK in new:
            # Nothing is left that could hide a face: it stays on, and the line withholds the image.
            name = self._names((_FALLBACK,))
            self._messages.show_error(f"{name} cannot be drawn, so the image stays black. Choose another filter.")

    def take_off(self, gone: Iterable[FilterEntry]) -> Callable[[], None] | None:
        """Take off deleted filters; return a function that undoes it, None if no face wore them.

        A face that one of them hid is blurred instead: it must not be bare because a file is gone.
        """
        by_id = {entry.id: entry for entry in gone}
        worn = [by_id[each] for each in self._wanted.all_filters if each in by_id]
        if not worn:
            return None
        before = self._wanted
        self.select(before.mapping(lambda each: _stand_in(each, by_id)))
        return lambda: self.select(before)

    def _connect(self) -> None:
        gallery = self._gallery
        gallery.filter_chosen.connect(self.choose)
        gallery.filter_added.connect(self.add_or_take_off)
        gallery.favourites_changed.connect(self._on_favourites)
        gallery.view_changed.connect(self._on_view_changed)
        gallery.wearers.target_chosen.connect(self._faces.aim_at)
        gallery.wearers.released.connect(self._release)
        self._bar.intensity_changed.connect(self._on_intensity)
        self._chooser.worn.connect(self._on_worn)
        self._chooser.failed.connect(self._on_failed)
        self._faces.aimed.connect(self._on_aimed)
        self._faces.bared.connect(lambda face: self.select(self._wanted.choosing(face, ())))
        self._faces.freed.connect(self._release)

    def _has_own(self) -> bool:
        return bool(self._wanted.own)

    def _choose(self, selection: FilterSelection) -> None:
        """Wear what was chosen in the gallery; ask whether faces with filters of their own are meant, too."""
        self.select(selection)
        if self._faces.aim is None and selection.own:
            everyone, others = describe_wearers(selection, None, faces_in_order(self._view), self._names)[:2]
            keeping = f"{others.title} keeps {others.filters}."
            if len(selection.own) > 1:
                keeping = f"{len(selection.own)} faces keep their own filters."
            words = f"Everyone else wears {everyone.filters}. {keeping}"
            self._messages.show_toast(words, "Use for all", lambda: self.select(selection.for_everyone()))

    def _release(self, face: int) -> None:
        """Give a face everyone's filters."""
        if self._faces.aim == face:
            self._faces.aim_at(None)
        self.select(self._wanted.like_everyone(face))

    def _adopt_ids(self, entries: tuple[FilterEntry, ...]) -> None:
        """Update remembered ids and names of worn and favourite filters to their current ids."""

        def present(filter_id: str) -> str:
            entry = find_entry(filter_id, entries)
            return entry.id if entry is not None else filter_id

        settings = self._store.settings
        self._wanted, self._worn = self._wanted.mapping(present), self._worn.mapping(present)
        intensities = tuple(replace(each, id=present(each.id)) for each in settings.intensities)
        self._wanted = replace(self._wanted, intensities=intensities)
        self._store.change(
            lambda settings: replace(
                settings,
                filters=tuple(dict.fromkeys(map(present, settings.filters))),
                favourites=tuple(dict.fromkeys(map(present, settings.favourites))),
                recent=tuple(dict.fromkeys(map(present, settings.recent))),
                intensities=intensities,
            )
        )
        self._gallery.show_favourites(self._store.settings.favourites)

    def _on_intensity(self, intensity: float) -> None:
        """Change the topmost filter's intensity, and remember it with that filter."""
        chosen = self._gallery.model.chosen
        if chosen:
            self._wanted = self._wanted.setting(chosen, intensity)
            self._store.change(lambda settings: replace(settings, intensities=self._wanted.intensities))
            self._gallery.model.show_intensities({each.id: each.intensity for each in self._wanted.intensities})
            self._chooser.wear(self._wanted)

    def _show_low_intensity(self) -> None:
        """At the start, report a filter with a low intensity and offer its full strength."""
        weak = [each for each in self._wanted.filters if self._wanted.intensity_of(each) < _WEAK]
        if weak:
            name, share = self._gallery.model.name_of(weak[-1]), self._wanted.intensity_of(weak[-1])
            self._messages.show_toast(
                f"{name} is at {round(100 * share)} %, as you left it.",
                "Set to 100 %",
                lambda: self._bar.intensity.setValue(100),
            )

    def _on_favourites(self, favourites: tuple[str, ...]) -> None:
        self._store.change(lambda settings: replace(settings, favourites=favourites))

    def _on_view_changed(self, order: GalleryOrder, small: bool) -> None:
        self._store.change(lambda settings: replace(settings, gallery_order=order, small_cards=small))
        self._gallery.show_view(order, small, self._store.settings.recent)

    def _on_aimed(self, face: int | None) -> None:
        self._show_selection()
        if face is not None:
            self._view.show_hint("Choosing filters for this face. Esc: everyone")

    def _on_worn(self, selection: FilterSelection) -> None:
        self._worn = selection
        self._show_hint(selection)
        self._emit_ready()

    def _show_selection(self) -> None:
        """Show who wears what, and the intensity of the filter that a click would replace."""
        worn = self._wanted.of(self._faces.aim)
        self._bar.show_intensity(self._wanted.intensity_of(worn[-1]) if worn else 1.0)
        self._gallery.model.show_intensities({each.id: each.intensity for each in self._wanted.intensities})
        self._show_wearers()

    def _show_wearers(self) -> None:
        selection, target = self._wanted, self._faces.aim
        faces = faces_in_order(self._view)
        self._gallery.show_chosen(selection.of(target), marks_by_filter(selection, faces))
        self._gallery.show_wearers(describe_wearers(selection, target, faces, self._names))
        if self._returns.update(selection, faces) and any(map(self._hides, selection.all_filters)):
            # Filters that hide are never lifted on a guess: see docs/decisions/047.
            self._view.show_hint("This may be someone else. Click the face to choose again.")
        if selection.own or target is not None:
            self._watch_faces.start()
        else:
            self._watch_faces.stop()

    def _hides(self, filter_id: str) -> bool:
        card = self._gallery.model.card(filter_id)
        return card is not None and card.hides

    def _names(self, filter_ids: tuple[str, ...]) -> str:
        return ", ".join(map(self._gallery.model.name_of, filter_ids))

    def _show_hint(self, selection: FilterSelection) -> None:
        for filter_id in selection.all_filters:
            card = self._gallery.model.card(filter_id)
            if card is not None and card.hint and filter_id not in self._hints_shown:
                self._hints_shown.add(filter_id)
                self._view.show_hint(card.hint)

    def _remember_hiding(self) -> None:
        """Remember whether the selection hides faces; unknown before the packages are read."""
        if self._gallery.model.is_read:
            hides = any(map(self._hides, self._store.settings.filters))
            self._store.change(lambda settings: replace(settings, hides_faces=hides))

    def _on_failed(self, selection: FilterSelection, words: str) -> None:
        if self._wanted == selection:
            self._wanted = self._worn if self._begun else replace(self._worn, filters=())
            self._show_selection()
        self._messages.show_error(words)
        # What the command line asks for is not remembered.
        if self._begun and self._store.settings.filters == selection.filters:
            self._store.change(lambda settings: replace(settings, filters=self._wanted.filters))
        self._emit_ready()

    def _emit_ready(self) -> None:
        if not self._begun:
            self._begun = True
            self.ready.emit()


def _stand_in(filter_id: str, gone: dict[str, FilterEntry]) -> str | None:
    """Return the replacement of a filter: itself, a blur for a deleted privacy filter, else nothing."""
    entry = gone.get(filter_id)
    if entry is None:
        return filter_id
    return _FALLBACK if entry.hides else None
