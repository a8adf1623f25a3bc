"""Wire the page of one photo, recording or loop: play it, trim it, make a loop of it, rename it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage

from masquerade.errors import AppError
from masquerade.gui.controllers.recent_controller import RecentController
from masquerade.gui.recent.clip_page import ClipPage
from masquerade.gui.services.backend import ClipTools
from masquerade.gui.services.desktop.file_actions import rename_file
from masquerade.gui.services.studio.clips import ClipPlayer
from masquerade.gui.services.workers import TaskRunner
from masquerade.studio.clips.options import MAX_LOOP_SECONDS, LoopOptions, Stretch

if TYPE_CHECKING:
    from masquerade.studio.clips.clip import Clip
    from masquerade.studio.clips.loop import Loop

_MIN_SECONDS = 0.2


class ClipController(QObject):
    """Join the page, the player and the files."""

    def __init__(self, page: ClipPage, files: RecentController, tools: ClipTools, tasks: TaskRunner) -> None:
        super().__init__(page)
        self._page = page
        self._files = files
        self._tools = tools
        self._tasks = tasks
        self._path = Path()
        self._end_seconds = 0.0
        self._player = ClipPlayer(tools, tasks, self)
        files.open_page = self.open
        self._wire_player()
        page.closed.connect(self._player.close)
        page.trim.clicked.connect(self._trim)
        page.loop_row.wanted.connect(self._make_loop)
        page.loop_row.invalid.connect(page.show_message)
        page.name_entered.connect(self._rename)
        page.copy.clicked.connect(self._copy)
        page.folder.clicked.connect(lambda: files.show_folder(self._path))
        page.remove.clicked.connect(self._remove)

    def open(self, path: Path, rename: bool = False) -> None:
        """Show a file on the page; with `rename` its name is ready to be typed over."""
        self._path = path
        self._page.show_file(path)
        self._page.open_sheet()
        self._player.open(path)
        if rename:
            self._page.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self._page.name.selectAll()

    def open_loop(self, path: Path) -> None:
        """Show a recording with what makes a loop of it."""
        self.open(path)
        self._page.loop.setChecked(True)

    def close(self) -> None:
        """End playing."""
        self._player.close()

    def _wire_player(self) -> None:
        page, player = self._page, self._player
        player.opened.connect(self._on_opened)
        player.frame_shown.connect(self._on_frame)
        player.playing_changed.connect(page.show_playing)
        player.failed.connect(self._on_failed)
        page.play.clicked.connect(self._toggle)
        page.view.clicked.connect(self._toggle)
        page.mute.clicked.connect(self._toggle_mute)
        page.bar.seek_wanted.connect(player.seek)
        page.bar.stretch_changed.connect(self._on_stretch)

    def _on_opened(self, clip: "Clip") -> None:
        self._end_seconds = clip.seconds
        self._page.show_clip(clip.seconds, bool(clip.key_seconds), clip.has_sound, self._player.is_audible)
        self._page.show_muted(self._player.muted, self._player.is_audible)

    def _on_failed(self, words: str) -> None:
        """Show why; the page names the file already, so that its folder only stands in the way."""
        self._page.view.show_sign("warning")
        self._page.show_message(words.replace(str(self._path), self._path.name))

    def _on_frame(self, image: QImage, seconds: float) -> None:
        clip = self._player.clip
        self._page.view.show_image(image)
        if clip is not None:
            self._page.show_time(seconds, clip.seconds)

    def _toggle(self) -> None:
        """Play from the head, or from the first handle where the head is at the end; or pause."""
        clip, bar = self._player.clip, self._page.bar
        if self._player.is_playing:
            self._player.pause()
        elif clip is not None and clip.seconds:
            begin = self._player.position
            if not bar.begin <= begin < bar.end - _MIN_SECONDS:
                begin = bar.begin
            if begin < bar.end:
                self._player.play(Stretch(begin, bar.end))

    def _toggle_mute(self) -> None:
        self._player.mute(not self._player.muted)
        self._page.show_muted(self._player.muted, self._player.is_audible)

    def _on_stretch(self, begin: float, end: float) -> None:
        """Show the image at the handle that moves; the first one stands on keyframes, where a copy can begin."""
        clip, bar = self._player.clip, self._page.bar
        if clip is None:
            return
        snapped = clip.snap(begin)
        moved_end = end != self._end_seconds
        self._end_seconds = end
        bar.show_stretch(snapped, end)
        self._page.trim.setEnabled(end - snapped >= _MIN_SECONDS and (snapped > 0 or end < clip.seconds))
        shown = max(end - _MIN_SECONDS / 4, snapped) if moved_end else snapped
        self._player.seek(shown)
        self._page.show_time(shown, clip.seconds)

    def _trim(self) -> None:
        path, bar = self._path, self._page.bar
        stretch = Stretch(bar.begin, bar.end)
        self._page.trim.setEnabled(False)
        self._tasks.submit(
            lambda: self._tools.trim(path, stretch), name="trim", on_result=self._on_made, on_error=self._on_not_made
        )

    def _make_loop(self, ending: str, boomerang: bool, max_bytes: int) -> None:
        path, bar = self._path, self._page.bar
        if bar.end - bar.begin > MAX_LOOP_SECONDS:
            self._page.show_message(
                f"A loop is at most {MAX_LOOP_SECONDS:.0f} seconds long. Move the ends of the time line closer."
            )
            return
        target = path.with_name(f"{path.stem} loop.{ending}")
        options = LoopOptions(Stretch(bar.begin, bar.end), boomerang, max_bytes)
        self._page.loop_row.show_busy(True)

        def made(loop: "Loop") -> None:
            self._page.loop_row.show_busy(False)
            width, height = loop.size_wh
            self._on_made(loop.path, f", {width} \u00d7 {height}, {loop.size_bytes / 1_000_000:.1f} MB")

        self._tasks.submit(
            lambda: self._tools.make_loop(path, target, options),
            name="loop",
            on_result=made,
            on_error=self._on_not_made,
        )

    def _on_made(self, path: Path, more: str = "") -> None:
        self._files.add(path)
        self._page.show_message(f"Saved {path.name}{more}")

    def _on_not_made(self, error: AppError) -> None:
        self._page.loop_row.show_busy(False)
        self._page.show_message(str(error))

    def _rename(self, name: str) -> None:
        path = self._path

        def renamed(after: Path) -> None:
            self._files.change_path(path, after)
            if self._path == path:
                self._path = after
                self._page.show_name(after)
                self._page.show_message("")

        def failed(error: AppError) -> None:
            self._page.show_name(path)
            self._page.show_message(str(error))

        self._player.pause()
        self._tasks.submit(lambda: rename_file(path, name), name="rename", on_result=renamed, on_error=failed)

    def _copy(self) -> None:
        self._files.copy(self._path)
        self._page.show_message(f"Copied {self._path.name}")

    def _remove(self) -> None:
        """Let go of the file, which Windows cannot move while it is open, and move it."""
        self._player.close()
        self._page.close_sheet()
        self._files.remove(self._path)
