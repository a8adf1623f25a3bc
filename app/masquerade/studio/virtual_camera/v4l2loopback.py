"""Writes the frames into a v4l2loopback device, for programs that read only /dev/video*."""

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from masquerade.studio.virtual_camera.camera_format import CameraFormat, LayoutWriter, PixelLayout
from masquerade.studio.virtual_camera.device import VirtualCameraError
from masquerade.values import ByteArray

# Of linux/videodev2.h; the structures are the same on 64-bit systems.
_QUERYCAP, _S_FMT = 0x80685600, 0xC0D05605
_OUTPUT_CAPABILITY, _DEVICE_CAPABILITIES = 0x2, 0x80000000
_OUTPUT, _NO_FIELD, _SMPTE170M = 2, 1, 1
_YUYV = int.from_bytes(b"YUYV", "little")
_CAPABILITY_BYTES, _FORMAT_BYTES = 104, 208
_DRIVER = b"v4l2 loopback"

Ioctl = Callable[[int, int, bytearray], int]


def _ioctl(descriptor: int, request: int, argument: bytearray) -> int:
    return int(fcntl.ioctl(descriptor, request, argument, True))


def find_loopback(devices: Iterable[Path] | None = None, ioctl: Ioctl = _ioctl) -> Path | None:
    """Return the first device of v4l2loopback that can be written; None where there is none."""
    paths = sorted(Path("/dev").glob("video*")) if devices is None else devices
    return next((path for path in paths if _is_loopback(path, ioctl)), None)


class LoopbackCamera:
    """One device, opened for as long as the camera is on; who reads it cannot be known."""

    watched = True
    readers = 0

    def __init__(self, path: Path, camera_format: CameraFormat, ioctl: Ioctl = _ioctl) -> None:
        """Open the device and set its format.

        Raises:
            VirtualCameraError: it is gone, busy, not ours to write, or refuses the format.
        """
        self.description = f"{_name_of(path)} ({path})"
        self._path = path
        self._writer = LayoutWriter(camera_format)
        self._buffer = np.empty(camera_format.byte_count(PixelLayout.YUY2), np.uint8)
        self._descriptor = -1
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            _set_format(self._descriptor, camera_format, ioctl)
        except OSError as error:
            self.close()
            raise VirtualCameraError(_explain(path, error)) from error

    def send(self, pixels: ByteArray, taken_at: float) -> None:
        """Write one image.

        Raises:
            VirtualCameraError: the device has gone away.
        """
        self._writer.write(pixels, PixelLayout.YUY2, self._buffer)
        try:
            os.write(self._descriptor, self._buffer.data)
        except BlockingIOError:
            # The readers are behind, and get the next image.
            return
        except OSError as error:
            raise VirtualCameraError(_explain(self._path, error)) from error

    def close(self) -> None:
        """Close the device. May be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


def _is_loopback(path: Path, ioctl: Ioctl) -> bool:
    """Ask the driver for its name, and whether the device can be written."""
    answer = bytearray(_CAPABILITY_BYTES)
    try:
        # For reading and writing, as another program may hold the writer's side.
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        ioctl(descriptor, _QUERYCAP, answer)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    # struct v4l2_capability: driver[16], card[32], bus_info[32], version, capabilities, device_caps.
    capabilities, device_capabilities = struct.unpack_from("=II", answer, 84)
    valid = device_capabilities if capabilities & _DEVICE_CAPABILITIES else capabilities
    return answer[:16].rstrip(b"\0") == _DRIVER and bool(valid & _OUTPUT_CAPABILITY)


def _set_format(descriptor: int, camera_format: CameraFormat, ioctl: Ioctl) -> None:
    """Set YUYV at the camera's size; raises OSError where the driver takes another one."""
    width, height = camera_format.size_wh
    stride, byte_count = camera_format.stride(PixelLayout.YUY2), camera_format.byte_count(PixelLayout.YUY2)
    wish = bytearray(_FORMAT_BYTES)
    # struct v4l2_format: the type, 4 bytes to a multiple of 8, then struct v4l2_pix_format.
    struct.pack_into("=I", wish, 0, _OUTPUT)
    struct.pack_into("=8I", wish, 8, width, height, _YUYV, _NO_FIELD, stride, byte_count, _SMPTE170M, 0)
    ioctl(descriptor, _S_FMT, wish)
    taken = struct.unpack_from("=3I", wish, 8)
    if taken != (width, height, _YUYV):
        raise OSError(errno.EINVAL, f"it is fixed to {taken[0]} x {taken[1]}")


def _name_of(path: Path) -> str:
    try:
        return Path(f"/sys/class/video4linux/{path.name}/name").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return "v4l2loopback"


def _explain(path: Path, error: OSError) -> str:
    if error.errno == errno.EBUSY:
        return f"The virtual camera {path} is used by another program. Close it there, then switch it on again."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"You may not write to the virtual camera {path}. Add yourself to the group 'video', then log in again."
    if error.errno in (errno.ENODEV, errno.ENOENT, errno.ENXIO):
        return f"The virtual camera {path} is gone. Load the module v4l2loopback again, then switch it on."
    reason = error.strerror or error
    return f"The virtual camera {path} cannot be used ({reason}). Load v4l2loopback with exclusive_caps=1."
