import os
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.studio.virtual_camera.camera_format import CameraFormat
from masquerade.studio.virtual_camera.device import VirtualCameraError
from masquerade.studio.virtual_camera.helper_camera import HelperCamera

from tests.masquerade.studio.virtual_camera.bars import COLOURS, draw_bars, read_colours, read_number
from tests.shared import REPO

_FORMAT = CameraFormat((320, 180))
# The part of pyvirtualcam's interface that the helper uses; images go to a file.
_BACKEND = """
import os
class PixelFormat:
    I420 = "I420"
class Camera:
    def __init__(self, width, height, fps, fmt, backend):
        if backend not in ("obs", "unitycapture"):
            raise ValueError(f"unknown backend '{backend}'")
        assert (width, height, fps, fmt) == (320, 180, 30, "I420")
        if backend in os.environ.get("NO_DRIVER", ""):
            raise RuntimeError(f"'{backend}' backend: virtual camera output could not be started")
        self.device = {"obs": "OBS Virtual Camera", "unitycapture": "Unity Video Capture"}[backend]
        self.file = open(os.environ["IMAGES"], "wb")
    def __enter__(self): return self
    def __exit__(self, *_): self.file.close()
    def send(self, image):
        if os.environ.get("DIES"): os._exit(3)
        assert image.shape == (86400,) and image.dtype == "uint8"
        self.file.write(image.tobytes()); self.file.flush()
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "pyvirtualcam.py").write_text(_BACKEND)
    return {**os.environ, "PYTHONPATH": f"{tmp_path}:{REPO / 'app'}", "IMAGES": str(tmp_path / "images")}


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_images_reach_the_driver_through_the_other_process(environment: dict[str, str]) -> None:
    camera = HelperCamera(_FORMAT, environment)
    assert camera.description == "OBS Virtual Camera"
    images = Path(environment["IMAGES"])
    for number in range(5):
        camera.send(draw_bars(number, (320, 180)), 0.0)
        _wait(lambda sent=number: images.stat().st_size == (sent + 1) * 86_400)
    camera.close()
    camera.close()
    planes = np.fromfile(images, np.uint8).reshape(5, 270, 320)
    assert [read_number(image[:180]) for image in planes] == [0, 1, 2, 3, 4]
    colours = read_colours(cv2.cvtColor(planes[4], cv2.COLOR_YUV2BGR_I420))
    assert np.abs(colours.astype(int) - np.array(COLOURS)).max() <= 3


@pytest.mark.parametrize("missing", ["obs", "an older version"])
def test_without_obs_unitycapture_takes_the_images(environment: dict[str, str], missing: str) -> None:
    drivers = ("obs" if missing == "obs" else missing, "unitycapture")
    camera = HelperCamera(_FORMAT, {**environment, "NO_DRIVER": missing}, drivers)
    assert camera.description == "Unity Video Capture"
    images = Path(environment["IMAGES"])
    camera.send(draw_bars(7, (320, 180)), 0.0)
    _wait(lambda: images.stat().st_size == 86_400)
    camera.close()
    assert read_number(np.fromfile(images, np.uint8).reshape(270, 320)[:180]) == 7


def test_no_driver_and_no_package_are_one_sentence_each(environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(VirtualCameraError, match="Install OBS Studio"):
        HelperCamera(_FORMAT, {**environment, "NO_DRIVER": "obs"})
    with pytest.raises(VirtualCameraError, match=r"obs.*unitycapture.*or install UnityCapture"):
        HelperCamera(_FORMAT, {**environment, "NO_DRIVER": "obs unitycapture"}, ("obs", "unitycapture"))
    (tmp_path / "pyvirtualcam.py").write_text("raise ImportError")
    with pytest.raises(VirtualCameraError, match=r"\[virtual-camera\]"):
        HelperCamera(_FORMAT, environment)


def test_a_driver_that_dies_is_one_sentence_and_nothing_hangs(environment: dict[str, str]) -> None:
    camera = HelperCamera(_FORMAT, {**environment, "DIES": "1"})
    camera.send(draw_bars(1, (320, 180)), 0.0)
    _wait(lambda: camera._process.poll() is not None)
    with pytest.raises(VirtualCameraError, match="driver has ended"):
        camera.send(draw_bars(2, (320, 180)), 0.0)
    camera.close()
