"""Connects the strip of recent files: find, open, copy, delete, show in the folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu

from masquerade.errors import AppError
from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import ClipTools
from masquerade.gui.services.desktop.bin import RemovedFile, move_to_bin
from masquerade.gui.services.desktop.file_actions import copy_file
from masquerade.gui.services.desktop.file_manager import show_in_folder
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.studio.clips import as_image
from masquerade.gui.services.studio.recent_files import RecentFile, RecentFiles, has_own_name, plays
from masquerade.gui.services.studio.recordings import RecordingService
from masquerade.gui.services.workers import TaskRunner

_MAX_OTHER_FILES = 50
_COPIED_SIDE = 8192


class RecentController(QObject):
    """Keeps the strip up to date with the folders, and runs its commands.

    Attributes:
        open_page: opens the page of a file; the second argument asks for its name at once.
    """

    def __init__(
        self,
        window: MainWindow,
        store: SettingsStore,
        recordings: RecordingService,
        tools: ClipTools,
        tasks: TaskRunner,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._store = store
        self._recordings = recordings
        self._tools = tools
        self._tasks = tasks
        self.open_page: Callable[[Path, bool], None] = lambda path, rename: None
        self._files = RecentFiles(tools, tasks, self)
        self._files.changed.connect(self._on_changed)
        strip = window.recent
        strip.show_files(self._files)
        strip.list.opened.connect(lambda file: self.open_page(file.path, False))
        strip.list.menu_wanted.connect(self._open_menu)
        strip.list.key_pressed.connect(self._on_key)
        window.bar.recent.clicked.connect(self.toggle)
        recordings.recording_changed.connect(lambda _: self.refresh())
        window.installEventFilter(self)
        self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Refresh when the window is activated: files may have changed."""
        if event.type() is QEvent.Type.WindowActivate and self._window.recent.isVisible():
            self.refresh()
        return False

    def toggle(self) -> None:
        """Show the strip, or hide it."""
        shown = not self._window.recent.isVisible()
        self._window.show_recent(shown)
        if shown:
            self._files.want_images()
            self.refresh()
            self._window.recent.focus_list()

    def refresh(self) -> None:
        """Look for files."""
        settings = self._store.settings
        others = tuple(Path(path) for path in settings.other_files)
        folders = (settings.recordings_folder, settings.photos_folder)
        self._files.refresh(folders, others, self._recordings.unfinished)

    def add(self, path: Path) -> None:
        """Add a new file."""
        settings = self._store.settings
        folders = (settings.recordings_folder, settings.photos_folder)
        if not has_own_name(path) or path.parent not in folders:
            others = tuple(dict.fromkeys((str(path.absolute()), *settings.other_files)))[:_MAX_OTHER_FILES]
            self._store.change(lambda settings: replace(settings, other_files=others))
        self.refresh()

    def change_path(self, before: Path, after: Path) -> None:
        """Update a renamed file."""
        others = tuple(path for path in self._store.settings.other_files if Path(path) != before)
        self._store.change(lambda settings: replace(settings, other_files=others))
        self._window.bar.recent.forget(before)
        self.add(after)

    def copy(self, path: Path) -> None:
        """Put a file, and the image of a photo, on the clipboard."""

        def read() -> QImage | None:
            return None if plays(path) else as_image(self._tools.read_still(path, _COPIED_SIDE))

        def put(image: QImage | None) -> None:
            try:
                copy_file(path, image)
            except AppError as error:
                self._window.show_error(str(error))
                return
            self._window.show_toast(f"Copied {path.name}", "Show in folder", lambda: self.show_folder(path))

        self._tasks.submit(read, name="copy", on_result=put, on_error=self._on_error)

    def show_folder(self, path: Path) -> None:
        """Show a file in the file manager."""
        show_in_folder(path, self._window.show_error, self)

    def remove(self, path: Path) -> None:
        """Move a file to the bin, with a way back."""

        def removed(file: RemovedFile) -> None:
            self._window.bar.recent.forget(path)
            self.refresh()
            self._window.show_toast(f"Moved {path.name} to the bin", "Undo", lambda: self._restore(file))

        self._tasks.submit(lambda: move_to_bin(path), name="bin", on_result=removed, on_error=self._on_error)

    def _restore(self, file: RemovedFile) -> None:
        self._tasks.submit(file.restore, name="restore", on_result=lambda _: self.refresh(), on_error=self._on_error)

    def _on_error(self, error: AppError) -> None:
        self._window.show_error(str(error))
        self.refresh()

    def _on_changed(self) -> None:
        if self._files.files:
            self._window.bar.offer_recent()

    def _on_key(self, what: str, file: RecentFile) -> None:
        actions = {
            "rename": lambda: self.open_page(file.path, True),
            "remove": lambda: self.remove(file.path),
            "copy": lambda: self.copy(file.path),
        }
        actions[what]()

    def _open_menu(self, file: RecentFile, place: QPoint) -> None:
        menu = QMenu(self._window)
        menu.addAction("Open", lambda: self.open_page(file.path, False))
        menu.addAction("Rename\u2026", lambda: self.open_page(file.path, True))
        menu.addAction("Copy", lambda: self.copy(file.path))
        menu.addAction("Show in folder", lambda: self.show_folder(file.path))
        menu.addSeparator()
        menu.addAction("Move to bin", lambda: self.remove(file.path))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
