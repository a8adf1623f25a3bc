"""Opens the kind of virtual camera that this system has."""

import sys
from collections.abc import Callable

from masquerade.errors import AppError
from masquerade.studio.virtual_camera.both import BothCameras
from masquerade.studio.virtual_camera.camera_format import CameraFormat
from masquerade.studio.virtual_camera.device import CameraDevice, VirtualCameraError
from masquerade.studio.virtual_camera.feed import CameraFeed
from masquerade.studio.virtual_camera.helper_camera import HelperCamera
from masquerade.studio.virtual_camera.look import CameraLook
from masquerade.studio.virtual_camera.stills import read_card


def open_virtual_camera(
    look: CameraLook, on_change: Callable[[], None], on_error: Callable[[AppError], None]
) -> CameraFeed:
    """Offer a camera to other programs.

    Args:
        look: its size, and what it shows.
        on_change: called on a thread of the device when a reader has come or gone.
        on_error: called once, on the feed's thread, when the device has gone away.

    Raises:
        VirtualCameraError: this system has none, or it cannot be opened.
    """
    return CameraFeed(
        open_device,
        CameraFormat(look.size_wh),
        read_card(look.card),
        mirrored=look.mirrored,
        on_change=on_change,
        on_error=on_error,
    )


def open_device(camera_format: CameraFormat, on_change: Callable[[], None]) -> CameraDevice:
    """Open this system's device: PipeWire and, where there is one, v4l2loopback; elsewhere OBS's driver.

    Raises:
        VirtualCameraError: there is none.
    """
    if sys.platform != "linux":
        return HelperCamera(camera_format)
    # These know the system calls of Linux only.
    from masquerade.studio.virtual_camera.pipewire.camera import PipeWireCamera  # noqa: PLC0415
    from masquerade.studio.virtual_camera.v4l2loopback import LoopbackCamera, find_loopback  # noqa: PLC0415

    path = find_loopback()
    loopback = None if path is None else LoopbackCamera(path, camera_format)
    try:
        camera = PipeWireCamera(camera_format, on_change)
    except VirtualCameraError:
        if loopback is None:
            raise
        return loopback
    return camera if loopback is None else BothCameras(camera, loopback)
