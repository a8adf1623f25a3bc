"""Tests how cameras are listed, found by name and explained, on a fake webcam in a program of its own."""

import json

import pytest
from masquerade.pipeline.cameras import CameraInfo, list_cameras

from tests.fake_camera import FakeCamera


def ask(camera: FakeCamera, expression: str, **settings: object) -> object:
    program = f"import json; from masquerade.pipeline.cameras import *; print(json.dumps({expression}))"
    finished = camera.run(["-c", program], **settings)
    assert finished.stderr == ""
    return json.loads(finished.stdout)


def test_camera_is_listed_with_its_own_name(fake_camera: FakeCamera) -> None:
    assert ask(fake_camera, "[[c.number, c.name] for c in list_cameras()]", name="Caméra") == [[0, "Caméra"]]


def test_camera_that_another_program_uses_is_listed(fake_camera: FakeCamera) -> None:
    assert ask(fake_camera, "[c.number for c in list_cameras()]", mode="busy") == [0]


def test_camera_that_was_pulled_out_is_not_listed(fake_camera: FakeCamera) -> None:
    assert ask(fake_camera, "[c.number for c in list_cameras()]", frames=0) == []


@pytest.mark.parametrize("wanted", ["Fake Webcam", "fake webcam", "WEB", " fake "])
def test_camera_is_found_by_a_part_of_its_name_in_any_case(fake_camera: FakeCamera, wanted: str) -> None:
    assert ask(fake_camera, f"find_camera({wanted!r}).number") == 0


def test_number_that_is_not_listed_is_given_back_for_the_driver_to_decide(fake_camera: FakeCamera) -> None:
    assert ask(fake_camera, "find_camera(5).name") == "Camera 5"


def test_listing_leaves_no_device_open(fake_camera: FakeCamera) -> None:
    count = "len(__import__('os').listdir('/proc/self/fd'))"
    counts = ask(fake_camera, f"[{count}, list_cameras() and {count}, list_cameras() and {count}]")
    assert isinstance(counts, list)
    # The fake keeps one of its own from the first question on.
    assert counts[2] == counts[1]


def test_listing_needs_no_camera() -> None:
    assert all(isinstance(camera, CameraInfo) for camera in list_cameras())


def test_camera_that_streams_is_listed_without_being_asked(fake_camera: FakeCamera) -> None:
    assert ask(fake_camera, "[c.name for c in list_cameras(CameraInfo(0, 'Mine'))]") == ["Mine"]
