"""Fills the gallery with filter packages: reads, adds, renames and removes them, and gets their thumbnails."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QMenu

from masquerade.errors import AppError
from masquerade.filters.format.image_layers import Fit
from masquerade.filters.packages.entry import FilterEntry
from masquerade.gui.controllers.filter_controller import FilterController
from masquerade.gui.gallery.filter_gallery import FilterGallery
from masquerade.gui.gallery.filter_model import BACKGROUNDS
from masquerade.gui.services.backend import Backend
from masquerade.gui.services.desktop.bin import RemovedFile, find_in_bin, move_to_bin
from masquerade.gui.services.desktop.file_manager import show_in_folder
from masquerade.gui.services.filters.adding import Additions, add_packages, in_words
from masquerade.gui.services.filters.reload import FilterReload
from masquerade.gui.services.filters.thumbnails import Thumbnails, thumbnail_side
from masquerade.gui.services.messages import Messages
from masquerade.gui.services.workers import TaskRunner
from masquerade.pipeline.sources.photos.kinds import IMAGE_SUFFIXES
from masquerade.pipeline.sources.suffixes import VIDEO_SUFFIXES

# What the menu of an own background offers: words, fit, and which part is kept.
_PLACES = (
    ("Fill the frame", Fit.FILL, (0.0, 0.0)),
    ("Show all of it", Fit.FIT, (0.0, 0.0)),
    ("Fill, keep the left", Fit.FILL, (-1.0, 0.0)),
    ("Fill, keep the right", Fit.FILL, (1.0, 0.0)),
    ("Fill, keep the top", Fit.FILL, (0.0, -1.0)),
    ("Fill, keep the bottom", Fit.FILL, (0.0, 1.0)),
)


class PackageController(QObject):
    """Joins the gallery to the packages on the disk."""

    def __init__(
        self,
        gallery: FilterGallery,
        filters: FilterController,
        messages: Messages,
        tasks: TaskRunner,
        backend: Backend,
    ) -> None:
        super().__init__(gallery)
        self._gallery, self._filters, self._messages = gallery, filters, messages
        self._tasks, self._backend = tasks, backend
        self._reported_edit = ""
        # Packages that this window moved to the bin: their deletion has been announced.
        self._removed: dict[str, RemovedFile] = {}
        self._thumbnails = Thumbnails(backend.render_thumbnail, backend.cache_folder, thumbnail_side(), self)
        self._reload = FilterReload(backend, tasks, self)
        self._thumbnails.ready.connect(self._on_thumbnails, Qt.ConnectionType.QueuedConnection)
        self._reload.read.connect(self._on_read)
        self._reload.failed.connect(messages.show_error)
        gallery.list.menu_wanted.connect(self._open_menu)
        gallery.list.rename_wanted.connect(self._rename)
        gallery.list.remove_wanted.connect(self._remove)
        gallery.name_editor.name_chosen.connect(self._on_name_chosen)
        gallery.files_wanted.connect(self._open_files)
        gallery.background_wanted.connect(self._open_background)
        gallery.folder_wanted.connect(self._show_own_folder)

    def begin(self) -> None:
        """Fill the gallery, once; called when the first frame is there, which must not wait for this."""
        self._reload.begin()

    def add(self, paths: tuple[Path, ...]) -> None:
        """Copy packages to the user's filters and put the last one on."""

        def work() -> tuple[Additions, tuple[FilterEntry, ...]]:
            return add_packages(self._backend.add_filter, paths), self._backend.read_filters()

        self._tasks.submit(
            work, name="add filter", on_result=lambda result: self._on_added(*result), on_error=self._show_error
        )

    def close(self, timeout_seconds: float) -> None:
        """End the workers."""
        self._reload.close(timeout_seconds)
        self._thumbnails.close(timeout_seconds)

    def _on_read(self, entries: tuple[FilterEntry, ...], again: bool) -> None:
        before = self._gallery.model.cards
        ids = {entry.id for entry in entries}
        gone = tuple(entry for entry in before if entry.id not in ids)
        if entries != before:
            self._gallery.show_filters(entries)
        self._show_deleted(gone)
        self._filters.on_filters_read(entries, again)
        self._thumbnails.order((self._gallery.model.none_card, *entries))
        self._show_broken_edit(entries)

    def _show_deleted(self, gone: tuple[FilterEntry, ...]) -> None:
        """Take off deleted filters and report it, with Undo if the files still exist."""
        put_on = self._filters.take_off(gone)
        unknown = [entry for entry in gone if entry.id not in self._removed]
        if put_on is None or not unknown:
            return
        name = in_words([entry.name for entry in unknown])
        blurred = " Faces are blurred instead." if any(entry.hides for entry in unknown) else ""
        words = f"{name} was deleted and taken off.{blurred}"
        kept = [found for entry in unknown if entry.path is not None and (found := find_in_bin(entry.path)) is not None]
        if len(kept) == len(unknown):
            self._messages.show_toast(words, "Undo", lambda: self._restore(tuple(kept), put_on))
        else:
            self._messages.show_toast(words, "", lambda: None)

    def _show_broken_edit(self, entries: tuple[FilterEntry, ...]) -> None:
        """Show the error of a package that was just changed; withdraw it when the package is fixed."""
        words = next((entry.broken_edit for entry in entries if entry.broken_edit), "")
        if words == self._reported_edit:
            return
        self._messages.withdraw(self._reported_edit)
        if words:
            self._messages.show_error(words)
        self._reported_edit = words

    def _on_added(self, additions: Additions, entries: tuple[FilterEntry, ...]) -> None:
        if additions.ids:
            before = self._filters.selection
            self._on_read(entries, again=False)
            self._filters.choose(additions.ids[-1])
            names = {entry.id: entry.name for entry in entries}
            words = f"Added {in_words([names.get(each, each) for each in additions.ids])}."
            self._messages.show_toast(words, "Undo", lambda: self._filters.select(before))
        if additions.errors:
            self._messages.show_error("\n".join(additions.errors))

    def _open_menu(self, filter_id: str, place: QPoint) -> None:
        entry = self._gallery.model.card(filter_id)
        if entry is not None and (entry.path is not None or entry.problem is None):
            menu = self._make_menu(entry)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(place)

    def _make_menu(self, entry: FilterEntry) -> QMenu:
        menu, gallery = QMenu(self._gallery), self._gallery
        menu.setAccessibleName(entry.name)
        if entry.problem is None:
            worn = entry.id in gallery.model.all_chosen
            adding = "Take off" if worn else "Add to current filters"
            menu.addAction(adding).triggered.connect(lambda: gallery.filter_added.emit(entry.id))
            starred = entry.id in gallery.model.favourites
            starring = "Remove from favourites" if starred else "Add to favourites"
            menu.addAction(starring).triggered.connect(lambda: gallery.toggle_favourite(entry.id))
        if entry.path is not None:
            menu.addSeparator()
            menu.addAction("Show in folder").triggered.connect(lambda: self._show_in_folder(entry.path))
        if entry.is_own:
            if entry.problem is None and entry.group == BACKGROUNDS and entry.path is not None and entry.path.is_dir():
                self._add_placing(menu, entry.path)
            if entry.problem is None:
                menu.addAction("Rename\u2026\tF2").triggered.connect(lambda: self._rename(entry.id))
            menu.addAction("Remove\tDel").triggered.connect(lambda: self._remove(entry.id))
        return menu

    def _add_placing(self, menu: QMenu, path: Path) -> None:
        """Add what can be done with how a background lies on the frame."""
        placing = menu.addMenu("Place background")
        for words, fit, pan in _PLACES:
            placing.addAction(words).triggered.connect(partial(self._place_background, path, fit, pan))
        placing.insertSeparator(placing.actions()[2])

    def _place_background(self, path: Path, fit: Fit, pan: tuple[float, float]) -> None:
        self._tasks.submit(
            lambda: self._backend.place_background(path, fit, pan),
            name="place background",
            on_result=lambda _: self._reload.read_again(),
            on_error=self._show_error,
        )

    def _show_in_folder(self, path: Path | None) -> None:
        if path is not None:
            show_in_folder(path, self._messages.show_error, self)

    def _show_own_folder(self) -> None:
        folder = self._backend.filters_folder
        own = sorted(entry.path for entry in self._gallery.model.cards if entry.is_own and entry.path is not None)
        if own:
            self._show_in_folder(own[0])
        else:
            self._messages.show_notice(f"You have no filters of your own yet. They belong in {folder}.")

    def _rename(self, filter_id: str) -> None:
        entry, row = self._gallery.model.card(filter_id), self._gallery.model.row_of(filter_id)
        if entry is None or row is None or entry.problem is not None:
            return
        if entry.is_own:
            self._gallery.name_editor.edit(filter_id, entry.name, self._gallery.model.index(row))
        else:
            self._messages.show_notice(f"{entry.name} came with Masquerade and cannot be renamed.")

    def _on_name_chosen(self, filter_id: str, name: str) -> None:
        entry = self._gallery.model.card(filter_id)
        if entry is not None and entry.path is not None:
            path = entry.path
            self._tasks.submit(
                lambda: self._backend.rename_filter(path, name),
                name="rename filter",
                on_result=lambda _: self._reload.read_again(),
                on_error=self._show_error,
            )

    def _remove(self, filter_id: str) -> None:
        """Move a filter of the user's own to the bin; the toast brings it back."""
        entry = self._gallery.model.card(filter_id)
        if entry is None:
            return
        if not entry.is_own or entry.path is None:
            self._messages.show_notice(f"{entry.name} came with Masquerade and cannot be removed.")
            return
        path, name, before = entry.path, entry.name, self._filters.selection

        def removed(package: RemovedFile) -> None:
            self._removed[filter_id] = package
            self._messages.show_toast(
                f"Moved {name} to the bin.",
                "Undo",
                lambda: self._restore((package,), lambda: self._filters.select(before)),
            )
            self._reload.read_again()

        self._tasks.submit(
            lambda: move_to_bin(path), name="remove filter", on_result=removed, on_error=self._show_error
        )

    def _restore(self, packages: tuple[RemovedFile, ...], put_on: Callable[[], None]) -> None:
        def work() -> tuple[FilterEntry, ...]:
            for package in packages:
                package.restore()
            return self._backend.read_filters()

        def restored(entries: tuple[FilterEntry, ...]) -> None:
            self._removed.clear()
            self._on_read(entries, again=False)
            put_on()

        self._tasks.submit(work, name="restore filter", on_result=restored, on_error=self._show_error)

    def _open_files(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        dialog = QFileDialog(self._gallery, "Add filters", folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(["Filter packages (*.zip)", "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda files: self.add(tuple(map(Path, files))))
        dialog.open()

    def _open_background(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog = QFileDialog(self._gallery, "Add a background", folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        endings = " ".join(f"*{ending}" for ending in sorted(IMAGE_SUFFIXES | VIDEO_SUFFIXES))
        dialog.setNameFilters([f"Images and videos ({endings})", "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda files: self.add(tuple(map(Path, files))))
        dialog.open()

    def _on_thumbnails(self) -> None:
        self._gallery.show_thumbnails(self._thumbnails.take())

    def _show_error(self, error: AppError) -> None:
        self._messages.show_error(str(error))
