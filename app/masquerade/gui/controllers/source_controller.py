"""Wire the camera menu and dropped files: play what was chosen and show the scenes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from masquerade.gui.main_window import MainWindow
from masquerade.gui.services.backend import Backend
from masquerade.gui.services.player import Player
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.source_policy import SourceGuide
from masquerade.gui.services.source_texts import describe_source, source_kind
from masquerade.gui.services.workers import TaskRunner
from masquerade.settings import SourceKind
from masquerade.values import Scene

_VIDEOS_AND_IMAGES = (
    "Videos and images (*.mp4 *.mov *.m4v *.mkv *.webm *.avi *.mpg *.mpeg *.wmv *.3gp *.ts *.mts *.gif *.apng "
    "*.jpg *.jpeg *.jfif *.png *.webp *.bmp *.tif *.tiff *.heic *.heif *.avif)"
)


class SourceController(QObject):
    """Join player and guide to image, menu and banner.

    Signals:
        first_shown: a source has given its first image.
        begun: another source is about to give images.
        kind_changed: with the SourceKind of what is about to play.
        stopped: no images come any more.
        filters_dropped: filter packages were dragged onto the window, a tuple of Path.
    """

    first_shown = Signal()
    begun = Signal()
    kind_changed = Signal(object)
    stopped = Signal()
    filters_dropped = Signal(object)

    def __init__(
        self, window: MainWindow, memory: SettingsStore, tasks: TaskRunner, parts: Backend, tap: Callable[[Scene], None]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._memory = memory
        self._player = Player(parts.start_engine, tap, tasks, self)
        self._guide = SourceGuide(self._player, parts.list_cameras, tasks, self)
        self._wire_guide()
        self._wire_window()

    def begin(self, wish: str | None) -> None:
        """Play the source wished for on the command line, or the remembered one."""
        self._guide.start(self._memory.settings.source if wish is None else wish)

    def choose(self, source_text: str) -> None:
        """Play what the user picked."""
        self._window.banner.withdraw_source()
        self._guide.choose(source_text)

    def close(self) -> None:
        """End the engine."""
        self._player.close()

    def _wire_guide(self) -> None:
        window, guide = self._window, self._guide
        self._player.scene_arrived.connect(window.view.show_scene)
        self._player.scene_arrived.connect(window.output.show_scene)
        guide.begun.connect(self._on_begun)
        guide.stopped.connect(self._on_stopped)
        guide.error_reported.connect(lambda words, button, act: window.show_error(words, button, act, of_source=True))
        guide.notice_reported.connect(lambda words, button, act: window.show_notice(words, button, act, of_source=True))
        guide.resolved.connect(window.banner.withdraw)
        guide.file_wanted.connect(self._open_file)
        guide.cameras_found.connect(window.bar.camera.show_cameras)
        guide.proved.connect(lambda source: self._memory.change(lambda settings: replace(settings, source=source)))

    def _wire_window(self) -> None:
        window = self._window
        window.view.first_shown.connect(self._on_first_shown)
        window.paths_dropped.connect(self._on_paths_dropped)
        window.bar.camera.source_chosen.connect(self.choose)
        window.bar.camera.file_wanted.connect(self._open_file)
        window.bar.camera.opened.connect(self._guide.refresh_cameras)

    def _on_begun(self, source_text: str) -> None:
        _, words = describe_source(source_text, self._window.bar.camera.cameras)
        self._window.bar.camera.show_source(source_text)
        kind = source_kind(source_text)
        self.kind_changed.emit(kind)
        self._window.view.begin_source(f"Opening {words}", invites=kind is SourceKind.CAMERA)
        self.begun.emit()

    def _on_first_shown(self) -> None:
        self._guide.note_image()
        self._window.bar.enable_takes(True)
        self.first_shown.emit()

    def _on_stopped(self, words: str) -> None:
        self._window.view.end_source(words)
        self._window.bar.enable_takes(False)
        self.stopped.emit()

    def _open_file(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        playing = Path(self._memory.settings.source)
        dialog = QFileDialog(self._window, "Open video or image", str(playing.parent) if playing.is_file() else folder)
        dialog.setNameFilters([_VIDEOS_AND_IMAGES, "All files (*)"])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.choose)
        dialog.open()

    def _on_paths_dropped(self, paths: tuple[Path, ...]) -> None:
        """Add all filters; of several videos and images play the first."""
        packages = tuple(path for path in paths if _is_package(path))
        others = [path for path in paths if path not in packages]
        if packages:
            self.filters_dropped.emit(packages)
        if others:
            self.choose(str(others[0]))


def _is_package(path: Path) -> bool:
    return path.suffix.lower() == ".zip" or (path / "filter.toml").is_file()
