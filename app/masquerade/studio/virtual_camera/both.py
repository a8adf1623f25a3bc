"""Feeds two devices as one: BothCameras."""

from masquerade.studio.virtual_camera.device import CameraDevice
from masquerade.values import ByteArray


class BothCameras:
    """A first device that names the camera, and a second one beside it."""

    def __init__(self, first: CameraDevice, second: CameraDevice) -> None:
        self._devices = (first, second)

    @property
    def watched(self) -> bool:
        """True while one of them is."""
        return any(device.watched for device in self._devices)

    @property
    def readers(self) -> int:
        """How many programs look, as far as it is known."""
        return sum(device.readers for device in self._devices)

    @property
    def description(self) -> str:
        """How other programs list both."""
        return " or ".join(device.description for device in self._devices)

    def send(self, pixels: ByteArray, taken_at: float) -> None:
        """Hand an image on to whichever is watched."""
        for device in self._devices:
            if device.watched:
                device.send(pixels, taken_at)

    def close(self) -> None:
        """Take both away."""
        for device in self._devices:
            device.close()
