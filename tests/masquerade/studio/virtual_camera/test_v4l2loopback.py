import errno
import struct
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.studio.virtual_camera.camera_format import CameraFormat
from masquerade.studio.virtual_camera.device import VirtualCameraError

from tests.masquerade.studio.virtual_camera.bars import COLOURS, draw_bars, read_colours

if sys.platform != "linux":
    pytest.skip("v4l2loopback is of Linux", allow_module_level=True)

from masquerade.studio.virtual_camera.v4l2loopback import LoopbackCamera, find_loopback

_FORMAT = CameraFormat((320, 180))
_QUERYCAP, _S_FMT = 0x80685600, 0xC0D05605


class _Driver:
    """What the kernel's side does: answers two requests, as videodev2.h lays them out."""

    def __init__(self, name: bytes = b"v4l2 loopback", capabilities: int = 0x05200002, fixed: bool = False) -> None:
        self.name, self.capabilities, self.fixed = name, capabilities, fixed
        self.format: tuple[int, ...] = ()
        self.error = 0

    def __call__(self, descriptor: int, request: int, argument: bytearray) -> int:
        if self.error:
            raise OSError(self.error, "no")
        if request == _QUERYCAP:
            assert len(argument) == 104
            struct.pack_into("=16s32s32sIII", argument, 0, self.name, b"card", b"bus", 1, 0x85200003, self.capabilities)
        elif request == _S_FMT:
            assert len(argument) == 208
            if self.fixed:
                struct.pack_into("=II", argument, 8, 640, 480)
            self.format = struct.unpack_from("=I4x8I", argument)
        else:
            raise OSError(errno.ENOTTY, "no")
        return 0


def test_the_device_of_the_module_is_found_among_cameras(tmp_path: Path) -> None:
    camera, loopback = tmp_path / "video0", tmp_path / "video1"
    for path in (camera, loopback):
        path.touch()
    drivers = iter((_Driver(b"uvcvideo", 0x04200001), _Driver()))

    def ask_the_next(descriptor: int, request: int, argument: bytearray) -> int:
        return next(drivers)(descriptor, request, argument)

    found = find_loopback((tmp_path / "missing", camera, loopback), ask_the_next)
    assert found == loopback
    # Held by another writer, with exclusive_caps: it is a capture device only.
    assert find_loopback((loopback,), _Driver(capabilities=0x05200001)) is None


def test_images_are_written_as_yuyv(tmp_path: Path) -> None:
    path = tmp_path / "video9"
    path.touch()
    driver = _Driver()
    camera = LoopbackCamera(path, _FORMAT, driver)
    assert driver.format == (2, 320, 180, int.from_bytes(b"YUYV", "little"), 1, 640, 115_200, 1, 0)
    camera.send(draw_bars(3, (320, 180)), 0.0)
    camera.close()
    camera.close()
    image = cv2.cvtColor(np.fromfile(path, np.uint8).reshape(180, 320, 2), cv2.COLOR_YUV2BGR_YUY2)
    assert np.abs(read_colours(image).astype(int) - np.array(COLOURS)).max() <= 3


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EBUSY, "is used by another program"),
        (errno.EACCES, "You may not write"),
        (errno.ENODEV, "is gone"),
        (errno.EINVAL, "exclusive_caps=1"),
    ],
)
def test_a_device_that_refuses_is_one_sentence(tmp_path: Path, number: int, words: str) -> None:
    path = tmp_path / "video9"
    path.touch()
    driver = _Driver()
    driver.error = number
    with pytest.raises(VirtualCameraError, match=words):
        LoopbackCamera(path, _FORMAT, driver)


def test_a_device_that_is_fixed_to_another_size_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "video9"
    path.touch()
    with pytest.raises(VirtualCameraError, match="cannot be used"):
        LoopbackCamera(path, _FORMAT, _Driver(fixed=True))
