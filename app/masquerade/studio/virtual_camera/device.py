"""The interface of virtual cameras, and their error: CameraDevice."""

from typing import Protocol

from masquerade.errors import AppError
from masquerade.values import ByteArray


class VirtualCameraError(AppError):
    """A virtual camera cannot be offered, or has gone away."""


class CameraDevice(Protocol):
    """One way to reach other programs. `send` and `close` are called on one thread."""

    @property
    def watched(self) -> bool:
        """True while images are wanted; read on any thread, and cheap."""
        ...

    @property
    def readers(self) -> int:
        """How many programs read."""
        ...

    @property
    def description(self) -> str:
        """How other programs list the camera."""
        ...

    def send(self, pixels: ByteArray, taken_at: float) -> None:
        """Hand on one image.

        Args:
            pixels: (H, W, 4) uint8, BGRA, of the camera's size; may be read-only.
            taken_at: `time.monotonic` seconds.

        Raises:
            VirtualCameraError: the device has gone away.
        """
        ...

    def close(self) -> None:
        """Take the camera away from the readers. May be called twice."""
        ...
