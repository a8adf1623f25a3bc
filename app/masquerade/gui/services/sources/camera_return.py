"""Wait for a lost camera, so that the preview continues by itself."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from masquerade.gui.services.sources.texts import camera_text, find_named
from masquerade.pipeline.cameras import CameraInfo

# Between two looks at the cameras: with the time to open one, a camera is back within 2 s.
_LOOK_EVERY_MS = 500
# A camera that is there but fails again and again is tried more and more rarely.
_MAX_PAUSE_MS = 10_000

Look = Callable[[Callable[[tuple[CameraInfo, ...]], None]], None]


class CameraReturn(QObject):
    """Look for one camera until it is there again.

    Signals:
        back: with the source text to play.
    """

    back = Signal(str)

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        """Wait for nothing yet.

        Args:
            look: lists the cameras on a thread and calls its argument with them.
            parent: of this object.
        """
        super().__init__(parent)
        self._look = look
        self._source_text = ""
        self._name = ""
        self._attempts = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: self._look(self._on_cameras))

    @property
    def attempts(self) -> int:
        """How often the camera has failed since it last gave an image."""
        return self._attempts

    def wait(self, source_text: str, name: str) -> None:
        """Wait for a camera that has failed; a new number does not matter where its name is known."""
        self._source_text, self._name = source_text, name
        self._timer.start(min(_LOOK_EVERY_MS * 2**self._attempts, _MAX_PAUSE_MS))
        self._attempts += 1

    def stop(self) -> None:
        """Wait no longer."""
        self._source_text = ""
        self._timer.stop()

    def note_image(self) -> None:
        """Note that a camera gives images."""
        self._attempts = 0
        self.stop()

    def _on_cameras(self, cameras: Sequence[CameraInfo]) -> None:
        if not self._source_text:
            return
        camera = next((camera for camera in cameras if camera.name == self._name), None)
        camera = camera or find_named(self._source_text, cameras)
        if camera is None:
            self._timer.start(_LOOK_EVERY_MS)
            return
        text = self._source_text if find_named(self._source_text, cameras) == camera else camera_text(camera, cameras)
        self.stop()
        self.back.emit(text)
