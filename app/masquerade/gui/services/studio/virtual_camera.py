"""Switches the virtual camera on and off in the background, and reports who uses it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal

from masquerade.errors import AppError
from masquerade.gui.services.backend import OpenVirtualCamera, OutgoingCamera
from masquerade.gui.services.workers import TaskRunner
from masquerade.studio.virtual_camera.look import CameraLook
from masquerade.values import Scene


@dataclass(frozen=True, slots=True)
class VirtualCameraState:
    """What the window shows of the virtual camera.

    Attributes:
        on: it is switched on, or about to be.
        ready: other programs can choose it.
        readers: how many programs look at it.
        name: how other programs list it; "" before it is ready.
    """

    on: bool = False
    ready: bool = False
    readers: int = 0
    name: str = ""

    @property
    def words(self) -> str:
        """The state for people."""
        if not self.on:
            return "Off"
        if not self.ready:
            return "Starting\u2026"
        return f"In use by {self.readers}" if self.readers else "Ready"


class VirtualCameraService(QObject):
    """One virtual camera at the most; used on Qt's thread but for `tap`.

    Signals:
        changed: with the VirtualCameraState.
        failed: with a sentence for the user; the camera is off then.
    """

    changed = Signal(object)
    failed = Signal(str)
    _readers_rung = Signal()
    _error_rung = Signal()

    def __init__(self, open_camera: OpenVirtualCamera, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_camera = open_camera
        self._tasks = tasks
        self._camera: OutgoingCamera | None = None
        self._wanted = False
        self._busy = False
        self._problem: AppError | None = None
        self._look = CameraLook()
        self._readers_rung.connect(self._emit_state, Qt.ConnectionType.QueuedConnection)
        self._error_rung.connect(self._on_gone, Qt.ConnectionType.QueuedConnection)

    @property
    def state(self) -> VirtualCameraState:
        """What it is now."""
        camera = self._camera
        if camera is None:
            return VirtualCameraState(self._wanted)
        return VirtualCameraState(self._wanted, self._wanted, camera.readers, camera.description)

    @property
    def latency_ms(self) -> float | None:
        """Milliseconds from the camera's frame to the readers; None while no program reads."""
        camera = self._camera
        if camera is None or camera.readers == 0 or camera.latency_seconds == 0:
            return None
        return 1000 * camera.latency_seconds

    def tap(self, scene: Scene) -> None:
        """Offer a scene to the readers; called ON THE PROCESS THREAD."""
        camera = self._camera
        if camera is not None:
            camera.offer(scene.frame)

    def switch(self, on: bool, look: CameraLook) -> None:
        """Switch it on or off, after finishing what is in progress."""
        self._look = look
        if on != self._wanted:
            self._wanted = on
            self._go_on()
        self._emit_state()

    def mirror(self, mirrored: bool) -> None:
        """Send the frames as in a mirror, from the next one on."""
        if self._camera is not None:
            self._camera.mirror(mirrored)

    def show_card(self) -> None:
        """Show the card until a frame of another source comes."""
        if self._camera is not None:
            self._camera.show_card()

    def show_test_image(self, shown: bool) -> None:
        """Show colour bars instead of the frames."""
        if self._camera is not None:
            self._camera.show_test_image(shown)

    def close(self) -> None:
        """Take the camera away and wait for it."""
        self._wanted = False
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()

    def _go_on(self) -> None:
        """Bring the camera to the wanted state, one step at a time, in the background."""
        if self._busy:
            return
        if self._wanted and self._camera is None:
            self._busy, self._problem = True, None
            look = self._look
            self._tasks.submit(
                lambda: self._open_camera(look, self._readers_rung.emit, self._on_error),
                name="open virtual camera",
                on_result=self._on_opened,
                on_error=self._on_not_opened,
            )
        elif not self._wanted and self._camera is not None:
            camera, self._camera = self._camera, None
            self._busy = True
            done = _ignoring(self._on_closed)
            self._tasks.submit(camera.close, name="close virtual camera", on_result=done, on_error=done)

    def _on_opened(self, camera: OutgoingCamera) -> None:
        self._busy = False
        self._camera = camera
        self._go_on()
        self._emit_state()

    def _on_not_opened(self, error: AppError) -> None:
        self._busy = self._wanted = False
        self._emit_state()
        self.failed.emit(str(error))

    def _on_closed(self) -> None:
        self._busy = False
        self._go_on()
        self._emit_state()

    def _on_error(self, error: AppError) -> None:
        """Store the error and notify; called on a thread of the camera."""
        self._problem = error
        self._error_rung.emit()

    def _on_gone(self) -> None:
        self._wanted = False
        self._go_on()
        self._emit_state()
        if self._problem is not None:
            self.failed.emit(str(self._problem))

    def _emit_state(self) -> None:
        self.changed.emit(self.state)


def _ignoring(act: Callable[[], None]) -> Callable[[object], None]:
    return lambda _: act()
