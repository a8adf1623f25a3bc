"""Lists the cameras of this computer and says why one cannot be opened: list_cameras."""

import errno
import os
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from masquerade.errors import SourceError

# From linux/videodev2.h: the request, its answer (driver, card, bus, version, capabilities
# of the hardware, capabilities of this device file) and the bit for "gives images".
_QUERY_CAPABILITY = 0x80685600
_CAPABILITY = struct.Struct("16s 32s 32s I I I 12x")
_VIDEO_CAPTURE = 0x1
_HIGHEST_NUMBER = 63
# cv2.CAP_DSHOW and cv2.CAP_AVFOUNDATION: the numbers of cameras belong to the way they are opened.
_DIRECT_SHOW = 700
_AV_FOUNDATION = 1200


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera by the number that opens it and the name that people know."""

    number: int
    name: str


def list_cameras(streaming: CameraInfo | None = None) -> tuple[CameraInfo, ...]:
    """Return the cameras by number; takes milliseconds on Linux, up to a second elsewhere.

    A device that gives no images (the metadata half of many webcams) is left out, one
    that another program uses is not.

    Args:
        streaming: the camera that gives this program images now. It is listed unasked: some
            drivers end a stream when the device is opened once more.
    """
    if sys.platform == "linux":
        return tuple(sorted(_ask_on_linux(streaming), key=lambda camera: camera.number))
    # Imported here: it costs time on the start path and is of no use on Linux.
    from cv2_enumerate_cameras import enumerate_cameras  # noqa: PLC0415

    backend = _DIRECT_SHOW if sys.platform == "win32" else _AV_FOUNDATION
    return tuple(CameraInfo(found.index, found.name) for found in enumerate_cameras(backend))


def find_camera(number_or_name: int | str) -> CameraInfo:
    """Return the camera with this number or name.

    A number that is not listed is given back as it is, for some drivers hide what they
    have: opening it will show. Part of the name is enough, in upper or lower case.

    Raises:
        SourceError: no camera has this name.
    """
    cameras = list_cameras()
    if isinstance(number_or_name, int):
        name = next((camera.name for camera in cameras if camera.number == number_or_name), f"Camera {number_or_name}")
        return CameraInfo(number_or_name, name)
    wanted = number_or_name.strip().casefold()
    fitting = [camera for camera in cameras if wanted in camera.name.casefold()]
    if not fitting or not wanted:
        raise SourceError(f"There is no camera '{number_or_name}'. {_what_else(cameras)}")
    return min(fitting, key=lambda camera: (camera.name.casefold() != wanted, camera.number))


def explain_camera(camera: CameraInfo) -> SourceError:
    """Return why `camera` gives no images, and what to do, as far as it can be found out."""
    error_number = _open_on_linux(camera.number) if sys.platform == "linux" else None
    if error_number in (errno.ENOENT, errno.ENODEV, errno.ENXIO) or (
        sys.platform != "linux" and camera not in list_cameras()
    ):
        return SourceError(f"There is no camera {camera.number}. {_what_else(list_cameras())}")
    if error_number == errno.EACCES:
        return SourceError(
            f"Masquerade is not allowed to use the camera '{camera.name}'. "
            "Add yourself to the group 'video' (sudo usermod -aG video $USER), then log out and in."
        )
    return SourceError(f"The camera '{camera.name}' is used by another program. Close that program and try again.")


def is_present(camera: CameraInfo) -> bool:
    """Return False where the camera has been unplugged."""
    if sys.platform == "linux":
        return _open_on_linux(camera.number) in (None, errno.EBUSY, errno.EACCES)
    return camera in list_cameras()


def _what_else(cameras: tuple[CameraInfo, ...]) -> str:
    if not cameras:
        return "Plug one in and try again, or use the demo."
    return "Choose one of these: " + ", ".join(f"{camera.number} ({camera.name})" for camera in cameras) + "."


def _ask_on_linux(streaming: CameraInfo | None) -> Iterator[CameraInfo]:
    if streaming is not None:
        yield streaming
    for number in range(_HIGHEST_NUMBER + 1):
        if (streaming is None or number != streaming.number) and _open_on_linux(number) != errno.ENOENT:
            name = _name_on_linux(number)
            if name is not None:
                yield CameraInfo(number, name)


def _open_on_linux(number: int) -> int | None:
    """Return the error number of opening /dev/video<number>, None where it opens."""
    try:
        os.close(os.open(f"/dev/video{number}", os.O_RDWR | os.O_NONBLOCK))
    except OSError as error:
        return error.errno
    return None


def _name_on_linux(number: int) -> str | None:
    """Return the name of a device that gives images, a made-up one where it may not be asked, else None."""
    # Does not exist on Windows.
    import fcntl  # noqa: PLC0415

    try:
        device = os.open(f"/dev/video{number}", os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return f"Camera {number}"
    try:
        answer = fcntl.ioctl(device, _QUERY_CAPABILITY, bytes(_CAPABILITY.size))
    except OSError:
        return None
    finally:
        os.close(device)
    _, card, _, _, _, capabilities = _CAPABILITY.unpack(answer)
    if not capabilities & _VIDEO_CAPTURE:
        return None
    return card.split(b"\0")[0].decode("utf-8", "replace") or f"Camera {number}"
