"""Decides what is played: at the start, after a choice, and when a source fails."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from masquerade.errors import AppError
from masquerade.gui.services.player import Player
from masquerade.gui.services.source_texts import DEMO, camera_text, find_named
from masquerade.gui.services.workers import TaskRunner
from masquerade.pipeline.cameras import CameraInfo

NO_CAMERA = "No camera found \u2013 this is the demo."


class SourceGuide(QObject):
    """Always leads to an image or to a sentence with a way out.

    Signals:
        begun: with the source text that is being opened.
        stopped: the source gives no images any more; the words stand on the dimmed image.
        error_told: sentence, words of the button, what the button does.
        fact_told: the same for what is no error.
        file_wanted: the user wants to open another file.
        cameras_found: with the tuple of CameraInfo.
        proved: with the source text the user chose, once it has given an image.
    """

    begun = Signal(str)
    stopped = Signal(str)
    error_told = Signal(str, str, object)
    fact_told = Signal(str, str, object)
    file_wanted = Signal()
    cameras_found = Signal(object)
    proved = Signal(str)

    def __init__(
        self,
        player: Player,
        list_cameras: Callable[[CameraInfo | None], Sequence[CameraInfo]],
        tasks: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._player = player
        self._list_cameras = list_cameras
        self._tasks = tasks
        self._cameras: tuple[CameraInfo, ...] = ()
        self._playing = ""
        self._good = ""
        self._streams = False
        self._chosen: str | None = None
        player.begun.connect(self._on_begun)
        player.failed.connect(self._on_failed)
        player.ended.connect(self._on_ended)

    def start(self, source_text: str) -> None:
        """Play the remembered source; "" stands for the first camera, or the demo without one."""
        if source_text.startswith("camera:"):
            # First look, then open: no device is asked for its name while it begins to stream.
            self._look(lambda cameras: self._player.play(source_text))
        elif source_text:
            self._player.play(source_text)
            self.refresh_cameras()
        else:
            self._look(self._play_first)

    def choose(self, source_text: str) -> None:
        """Play what the user picked; it is remembered once it has given an image."""
        self._chosen = source_text
        self._player.play(source_text)

    def refresh_cameras(self) -> None:
        """Look aside which cameras there are now."""
        camera = find_named(self._playing, self._cameras)
        self._look(lambda cameras: None, camera if self._streams else None)

    def note_image(self) -> None:
        """Return the source in use gives images."""
        self._good = self._playing
        self._streams = True
        if self._chosen == self._playing:
            self._chosen = None
            self.proved.emit(self._playing)

    def _look(self, then: Callable[[tuple[CameraInfo, ...]], None], streaming: CameraInfo | None = None) -> None:
        def found(cameras: Sequence[CameraInfo]) -> None:
            self._cameras = tuple(cameras)
            self.cameras_found.emit(self._cameras)
            then(self._cameras)

        def failed(error: AppError) -> None:
            found(())

        self._tasks.submit(
            lambda: self._list_cameras(streaming), name="look for cameras", on_result=found, on_error=failed
        )

    def _play_first(self, cameras: Sequence[CameraInfo]) -> None:
        if cameras:
            self._player.play(camera_text(cameras[0], cameras))
            return
        if self._playing != DEMO:
            self._player.play(DEMO)
        self.fact_told.emit(NO_CAMERA, "Look again", lambda: self._look(self._play_first))

    def _on_begun(self, source_text: str) -> None:
        self._streams = False
        self._playing = source_text
        self.begun.emit(source_text)

    def _on_failed(self, source_text: str, words: str) -> None:
        self._streams = False
        if source_text.startswith("camera:"):
            self._on_camera_failed(source_text, words)
        elif source_text == DEMO:
            self.stopped.emit("The demo has stopped.")
            self.error_told.emit(words, "Try again", lambda: self._player.play(DEMO))
        else:
            self._on_file_failed(source_text, words)

    def _on_camera_failed(self, source_text: str, words: str) -> None:
        """Return a camera that never gave an image gives way to the demo where there is none at all."""
        self.stopped.emit("The camera gives no image.")

        def tell() -> None:
            self.error_told.emit(words, "Try again", lambda: self._player.play(source_text))

        def decide(cameras: Sequence[CameraInfo]) -> None:
            if self._playing == source_text and not cameras and self._good != source_text:
                self._play_first(cameras)
            elif self._playing == source_text:
                tell()

        self._look(decide)

    def _on_file_failed(self, source_text: str, words: str) -> None:
        """Return what played before goes on; with nothing before, as at a first start."""
        self.stopped.emit("This file gives no image.")
        self.error_told.emit(words, "Open another\u2026", self.file_wanted.emit)
        if self._good and self._good != source_text:
            self._player.play(self._good)
        elif self._cameras:
            self._player.play(camera_text(self._cameras[0], self._cameras))
        else:
            self._player.play(DEMO)

    def _on_ended(self, source_text: str) -> None:
        self.stopped.emit("This is the end.")
        self.fact_told.emit("The end of the video.", "Play again", lambda: self._player.play(source_text))
