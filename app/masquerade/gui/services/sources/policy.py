"""Decide what is played: at the start, after a choice, and when a source fails."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from masquerade.errors import AppError
from masquerade.gui.services.sources.camera_return import CameraReturn
from masquerade.gui.services.sources.player import Player
from masquerade.gui.services.sources.texts import DEMO, camera_text, find_named, source_kind
from masquerade.gui.services.workers import TaskRunner
from masquerade.pipeline.cameras import CameraInfo
from masquerade.settings import SourceKind

NO_CAMERA = "No camera found \u2013 this is the demo."
LOOKING = "Looking for cameras\u2026"
STILL_NO_CAMERA = "Still no camera found \u2013 this is the demo."


class SourceGuide(QObject):
    """Lead to an image, or to a sentence with a way out.

    Signals:
        scene_arrived: with the newest scene.
        begun: with the source text that is being opened.
        stopped: the source gives no images any more; with the words for the dimmed preview.
        error_reported: sentence, words of the button, what the button does.
        notice_reported: the same for what is no error.
        resolved: with a sentence about a camera that is no longer true.
        file_wanted: the user wants to open another file.
        cameras_found: with the tuple of CameraInfo.
        proved: with the source text the user chose, once it has given an image.
    """

    scene_arrived = Signal(object)
    begun = Signal(str)
    stopped = Signal(str)
    error_reported = Signal(str, str, object)
    notice_reported = Signal(str, str, object)
    resolved = Signal(str)
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
        # The last source that gave an image, and its camera's name.
        self._good = self._name = ""
        self._streams = False
        self._chosen: str | None = None
        self._about_cameras: list[str] = []
        self._return = CameraReturn(self._look, self)
        self._return.back.connect(self._on_back)
        player.scene_arrived.connect(self.scene_arrived)
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

    def close(self) -> None:
        """Stop playing, and wait for nothing any more."""
        self._return.stop()
        self._player.close()

    def choose(self, source_text: str) -> None:
        """Play what the user picked; it is remembered once it has given an image."""
        self._chosen = source_text
        self._return.stop()
        self._player.play(source_text)

    def refresh_cameras(self) -> None:
        """List the cameras on a thread."""
        camera = find_named(self._playing, self._cameras)
        self._look(lambda cameras: None, camera if self._streams else None)

    def note_image(self) -> None:
        """Note that the source in use gives images."""
        self._good = self._playing
        self._streams = True
        if source_kind(self._playing) is SourceKind.CAMERA:
            camera = find_named(self._playing, self._cameras)
            self._name = camera.name if camera is not None else self._playing.removeprefix("camera:")
            self._return.note_image()
            self._withdraw()
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

    def _play_first(self, cameras: Sequence[CameraInfo], words: str = NO_CAMERA) -> None:
        if cameras:
            self._player.play(camera_text(cameras[0], cameras))
            return
        if self._playing != DEMO:
            self._player.play(DEMO)
        self._about_cameras.append(words)
        self.notice_reported.emit(words, "Look again", self._look_again)

    def _withdraw(self) -> None:
        """Take back what was said about cameras."""
        words, self._about_cameras = self._about_cameras, []
        for sentence in words:
            self.resolved.emit(sentence)

    def _look_again(self) -> None:
        """Look once more, and say so while it lasts."""
        self._about_cameras.append(LOOKING)
        self.notice_reported.emit(LOOKING, "", None)

        def found(cameras: Sequence[CameraInfo]) -> None:
            self._withdraw()
            self._play_first(cameras, STILL_NO_CAMERA)

        self._look(found)

    def _on_begun(self, source_text: str) -> None:
        self._streams = False
        self._playing = source_text
        self._return.stop()
        self.begun.emit(source_text)

    def _on_failed(self, source_text: str, words: str) -> None:
        self._streams = False
        if source_text.startswith("camera:"):
            self._on_camera_failed(source_text, words)
        elif source_text == DEMO:
            self.stopped.emit("The demo has stopped.")
            self.error_reported.emit(words, "Try again", lambda: self._player.play(DEMO))
        else:
            self._on_file_failed(source_text, words)

    def _on_camera_failed(self, source_text: str, words: str) -> None:
        """Wait for a camera that gave images; where there is no camera at all, play the demo."""
        self.stopped.emit("No video from the camera.")

        def decide(cameras: Sequence[CameraInfo]) -> None:
            if self._playing != source_text:
                return
            if self._good == source_text:
                self._wait_for(source_text, words, is_there=find_named(source_text, cameras) is not None)
            elif cameras:
                self._report(words, source_text)
            else:
                self._play_first(cameras)

        self._look(decide)

    def _wait_for(self, source_text: str, words: str, is_there: bool) -> None:
        if self._return.attempts == 0:
            unplugged = f"The camera \u2018{self._name}\u2019 was unplugged. The preview continues when it is back."
            self._report(words if is_there else unplugged, source_text)
        self._return.wait(source_text, self._name)

    def _report(self, words: str, source_text: str) -> None:
        self._about_cameras.append(words)
        self.error_reported.emit(words, "Try again", lambda: self._player.play(source_text))

    def _on_back(self, source_text: str) -> None:
        if self._good == self._playing:
            self._good = source_text
            self._player.play(source_text)

    def _on_file_failed(self, source_text: str, words: str) -> None:
        """Go back to what played before; with nothing before, do as at a first start."""
        self.stopped.emit("No video from this file.")
        self.error_reported.emit(words, "Open another\u2026", self.file_wanted.emit)
        if self._good and self._good != source_text:
            self._player.play(self._good)
        elif self._cameras:
            self._player.play(camera_text(self._cameras[0], self._cameras))
        else:
            self._player.play(DEMO)

    def _on_ended(self, source_text: str) -> None:
        self.stopped.emit("End of video")
        self.notice_reported.emit("End of video", "Play again", lambda: self._player.play(source_text))
