"""Wire the camera menu and dropped files: play what was chosen and show the scenes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from masquerade.gui.preview.video_view import VideoView
from masquerade.gui.services.dropped_files import is_package
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.sources.policy import SourceGuide
from masquerade.gui.services.sources.texts import describe_source, source_kind
from masquerade.gui.toolbar.bottom_bar import BottomBar
from masquerade.gui.widgets.error_banner import ErrorBanner
from masquerade.settings import SourceKind

_VIDEOS_AND_IMAGES = (
    "Videos and images (*.mp4 *.mov *.m4v *.mkv *.webm *.avi *.mpg *.mpeg *.wmv *.3gp *.ts *.mts *.gif *.apng "
    "*.jpg *.jpeg *.jfif *.png *.webp *.bmp *.tif *.tiff *.heic *.heif *.avif)"
)


class SourceDisplay(Protocol):
    """Shows the messages about sources."""

    banner: ErrorBanner

    def show_error(
        self, words: str, button: str = "", act: Callable[[], None] | None = None, of_source: bool = False
    ) -> None:
        """Show an error."""

    def show_notice(
        self, words: str, button: str = "", act: Callable[[], None] | None = None, of_source: bool = False
    ) -> None:
        """Show a notice."""


class SourceController(QObject):
    """Connects the source guide, the preview, the camera menu and the messages.

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
        self, view: VideoView, bar: BottomBar, display: SourceDisplay, *, guide: SourceGuide, store: SettingsStore
    ) -> None:
        """Connect everything.

        Args:
            view: shows the scenes.
            bar: holds the camera menu.
            display: shows the messages about sources.
            guide: decides what is played.
            store: remembers the source.
        """
        super().__init__(guide)
        self._view = view
        self._bar = bar
        self._display = display
        self._store = store
        self._guide = guide
        self._wire_guide()
        view.first_shown.connect(self._on_first_shown)
        bar.camera.source_chosen.connect(self.choose)
        bar.camera.file_wanted.connect(self._open_file)
        bar.camera.opened.connect(guide.refresh_cameras)

    def begin(self, source_text: str | None) -> None:
        """Play the source that the command line asks for, or the remembered one."""
        self._guide.start(self._store.settings.source if source_text is None else source_text)

    def choose(self, source_text: str) -> None:
        """Play what the user picked."""
        self._display.banner.withdraw_source()
        self._guide.choose(source_text)

    def open_dropped(self, paths: tuple[Path, ...]) -> None:
        """Add all filters; of several videos and images play the first."""
        packages = tuple(path for path in paths if is_package(path))
        others = [path for path in paths if path not in packages]
        if packages:
            self.filters_dropped.emit(packages)
        if others:
            self.choose(str(others[0]))

    def close(self) -> None:
        """End the engine."""
        self._guide.close()

    def _wire_guide(self) -> None:
        guide, display = self._guide, self._display
        guide.scene_arrived.connect(self._view.show_scene)
        guide.begun.connect(self._on_begun)
        guide.stopped.connect(self._on_stopped)
        guide.error_reported.connect(lambda words, button, act: display.show_error(words, button, act, of_source=True))
        guide.notice_reported.connect(
            lambda words, button, act: display.show_notice(words, button, act, of_source=True)
        )
        guide.resolved.connect(display.banner.withdraw)
        guide.file_wanted.connect(self._open_file)
        guide.cameras_found.connect(self._bar.camera.show_cameras)
        guide.proved.connect(lambda source: self._store.change(lambda settings: replace(settings, source=source)))

    def _on_begun(self, source_text: str) -> None:
        _, words = describe_source(source_text, self._bar.camera.cameras)
        self._bar.camera.show_source(source_text)
        kind = source_kind(source_text)
        self.kind_changed.emit(kind)
        self._view.begin_source(f"Opening {words}", invites=kind is SourceKind.CAMERA)
        self.begun.emit()

    def _on_first_shown(self) -> None:
        self._guide.note_image()
        self._bar.enable_takes(True)
        self.first_shown.emit()

    def _on_stopped(self, words: str) -> None:
        self._view.end_source(words)
        self._bar.enable_takes(False)
        self.stopped.emit()

    def _open_file(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        playing = Path(self._store.settings.source)
        start = str(playing.parent) if playing.is_file() else folder
        dialog = QFileDialog(self._view.window(), "Open video or image", start)
        dialog.setNameFilters([_VIDEOS_AND_IMAGES, "All files (*)"])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.choose)
        dialog.open()
