"""Tests real camera code on a webcam that is fake: it works, is busy, forbidden, silent, hangs, is pulled out."""

import json
import sys
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from masquerade.errors import SourceError
from masquerade.pipeline.sources import Camera, Demo
from masquerade.pipeline.sources import camera as camera_module
from masquerade.pipeline.sources.source import REST_SECONDS

from tests.fake_camera import FakeCamera


def watch(
    camera: FakeCamera, source: str = "camera:0", wanted: int = 30, seconds: float = 20, **settings: object
) -> Any:
    arguments = ["-m", "tests.masquerade.pipeline.sources.watch", source, str(wanted), str(seconds)]
    finished = camera.run(arguments, **settings)
    assert finished.stderr == "", "nothing may be written beside the error's own sentence"
    assert finished.returncode == 0
    report = json.loads(finished.stdout)
    assert len(report["errors"]) == 1
    return report


def check_rate(report: Any, rate: float) -> None:
    """The measured rate is that of the frames that came; a busy computer loses some, but makes no camera faster."""
    (first, since, *_), *_, (last, until, *_) = report["scenes"]
    assert report["rate"] == pytest.approx((last - first) / (until - since), rel=0.35)
    assert report["rate"] < 1.1 * rate


def test_camera_gives_its_frames_at_its_rate(fake_camera: FakeCamera) -> None:
    report = watch(fake_camera, wanted=40)
    assert report["errors"] == [None]
    assert report["name"] == "Fake Webcam"
    assert report["cameras"] == [[0, "Fake Webcam"]]
    check_rate(report, 30)
    indices, moments, greens, sizes = zip(*report["scenes"], strict=True)
    assert list(indices) == sorted(set(indices))
    assert list(moments) == sorted(moments)
    assert list(greens) == sorted(greens), "an older frame came after a newer one"
    assert set(map(tuple, sizes)) == {(1280, 720)}
    assert report["left_threads"] == []


def test_true_rate_is_measured_and_a_slow_raw_camera_gets_the_smaller_image(fake_camera: FakeCamera) -> None:
    report = watch(fake_camera, wanted=12, rate=12)
    check_rate(report, 12)
    assert report["scenes"][0][3] == [640, 480]


def test_packed_images_are_asked_for_where_the_camera_has_them(fake_camera: FakeCamera, tmp_path: Path) -> None:
    path = tmp_path / "images.mjpeg"
    with Demo() as demo:
        frame = demo.read()
        assert frame is not None
        image = frame.pixels[:, :, :3]
    path.write_bytes(cv2.imencode(".jpg", image)[1].tobytes() * 2)
    report = watch(fake_camera, wanted=5, jpegs=path)
    # Raw frames would be of one even grey, 17 to 22.
    assert report["scenes"][-1][2] == pytest.approx(int(image[100, 100, 1]), abs=8)
    assert report["scenes"][-1][3] == [1280, 720]


def test_camera_is_found_by_a_part_of_its_name(fake_camera: FakeCamera) -> None:
    report = watch(fake_camera, "camera:facetime", wanted=2, name="Old FaceTime HD")
    assert report["name"] == "Old FaceTime HD"
    assert report["errors"] == [None]


@pytest.mark.parametrize(
    ("source", "settings", "said"),
    [
        ("camera:0", {"mode": "busy"}, "'Fake Webcam' is used by another program. Close that program"),
        ("camera:0", {"mode": "forbidden"}, "not allowed to use the camera 'Camera 0'. Add yourself to the group"),
        ("camera:3", {}, "There is no camera 3. Choose one of these: 0 (Fake Webcam)."),
        ("camera:Logitech", {}, "There is no camera 'Logitech'. Choose one of these: 0 (Fake Webcam)."),
        ("camera:0", {"frames": 0}, "There is no camera 0. Plug one in and try again, or use the demo."),
    ],
)
def test_camera_that_cannot_be_opened_says_why_and_what_to_do(
    fake_camera: FakeCamera, source: str, settings: dict[str, object], said: str
) -> None:
    report = watch(fake_camera, source, **settings)
    assert said in report["errors"][0]
    assert report["scenes"] == []


def test_an_unplugged_camera_is_reported_at_once(fake_camera: FakeCamera) -> None:
    report = watch(fake_camera, wanted=1000, frames=20)
    assert report["errors"] == ["The camera 'Fake Webcam' was unplugged. Plug it in and try again."]
    assert 1 <= len(report["scenes"]) <= 20


def test_a_silent_camera_is_an_error_after_three_seconds_and_is_closed(fake_camera: FakeCamera) -> None:
    report = watch(fake_camera, mode="silent")
    assert "has sent no image for 3 seconds. Unplug it" in report["errors"][0]
    assert report["seconds"] > 2.9
    assert report["left_threads"] == []


def test_hung_driver_neither_hangs_the_stop_nor_the_end_of_the_program(fake_camera: FakeCamera) -> None:
    report = watch(fake_camera, seconds=0.5, mode="hanging")
    assert report["errors"] == [None]
    # It hangs for ever: only what waits for it no longer can come to the end of the program.
    assert set(report["left_threads"]) <= {"camera", "capture"}
    assert "camera" in report["left_threads"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a real camera may answer")
def test_an_absent_camera_is_an_error_with_the_real_driver() -> None:
    with pytest.raises(SourceError, match="There is no camera 63"), Camera(63):
        pass


class OddDevice:
    """A driver that raises something at one of its doors."""

    def __init__(self, door: str, failure: Exception) -> None:
        self._door = door
        self._failure = failure

    def _pass(self, door: str) -> None:
        if door == self._door:
            raise self._failure

    def get(self, _property: int) -> float:
        self._pass("get")
        return 30.0

    def grab(self) -> bool:
        self._pass("grab")
        return True

    def retrieve(self) -> tuple[bool, object]:
        self._pass("retrieve")
        return True, "no image"

    def release(self) -> None:
        self._pass("release")


@pytest.mark.parametrize("door", ["get", "grab", "retrieve", "release"])
@pytest.mark.parametrize("failure", [OSError(5, "I/O"), ValueError(), SystemError("driver"), MemoryError()])
def test_whatever_a_driver_raises_ends_in_a_sentence_at_once(
    monkeypatch: pytest.MonkeyPatch, door: str, failure: Exception
) -> None:
    monkeypatch.setattr(camera_module, "_open_device", lambda *_: OddDevice(door, failure))
    # A camera that is waited for in vain is another sentence.
    with pytest.raises(SourceError, match="cannot be read"), Camera(0) as camera:
        camera.read()


class CountingDevice:
    """A camera of about a thousand frames a second that counts what is unpacked."""

    def __init__(self) -> None:
        self.grabbed = self.unpacked = 0

    def get(self, _property: int) -> float:
        return 0.0

    def grab(self) -> bool:
        threading.Event().wait(0.001)
        self.grabbed += 1
        return True

    def retrieve(self) -> tuple[bool, object]:
        self.unpacked += 1
        return True, np.zeros((4, 4, 3), np.uint8)

    def release(self) -> None:
        """Gives nothing back."""


def test_a_resting_camera_unpacks_two_frames_a_second_and_wakes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    device = CountingDevice()
    monkeypatch.setattr(camera_module, "_open_device", lambda *_: device)
    with Camera(0) as camera:
        assert camera.read() is not None
        camera.rest(True)
        _, second, third = (camera.read() for _ in range(3))
        assert second is not None
        assert third is not None
        assert third.taken_at - second.taken_at >= REST_SECONDS
        unpacked, grabbed = device.unpacked, device.grabbed
        assert camera.read() is not None
        # All are fetched, else they would grow old in the driver.
        assert device.grabbed - grabbed > 20
        assert device.unpacked - unpacked <= 2
        camera.rest(False)
        again = [camera.read() for _ in range(4)]
        moments = [frame.taken_at for frame in again if frame is not None]
        assert moments[-1] - moments[0] < REST_SECONDS
