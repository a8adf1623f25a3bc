"""Opens the MJPEG stream for programs that take no virtual camera."""

from collections.abc import Callable

from masquerade.errors import AppError
from masquerade.studio.streaming.mjpeg import MjpegServer
from masquerade.studio.virtual_camera.camera_format import CameraFormat
from masquerade.studio.virtual_camera.feed import CameraFeed
from masquerade.studio.virtual_camera.look import CameraLook
from masquerade.studio.virtual_camera.stills import read_card


def open_stream(look: CameraLook, on_change: Callable[[], None], on_error: Callable[[AppError], None]) -> CameraFeed:
    """Offer the frames as an MJPEG stream on this machine; args as in `open_virtual_camera`.

    Raises:
        VirtualCameraError: no port can be had.
    """
    return CameraFeed(
        MjpegServer,
        CameraFormat(look.size_wh),
        read_card(look.card),
        mirrored=look.mirrored,
        on_change=on_change,
        on_error=on_error,
    )
