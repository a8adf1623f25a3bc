"""Tests what the line decides for itself: when to look for faces and for triggers, and how filters are swapped."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from app.compose import build_catalog, build_line
from app.filters.manifest import Filter
from app.pipeline.sources import Demo
from app.pipeline.stages import Line
from app.values import Frame, Scene, Trigger
from tests.app.filters.portrait import portrait_pixels

STAGES = ["find", "points", "pose", "trigger", "draw"]


@pytest.fixture(scope="module")
def filters() -> dict[str, Filter]:
    catalog = build_catalog()
    return {name: catalog.load(name) for name in ("glasses", "dog", "blur")}


def play(line: Line, frames: int) -> list[Scene]:
    with Demo((640, 360)) as demo:
        read = (demo.read() for _ in range(frames))
        return [line(frame) for frame in read if frame is not None]


def test_every_frame_tells_the_time_of_every_stage() -> None:
    for scene in play(build_line(), 3):
        assert [each.name for each in scene.times] == STAGES
        assert not scene.frame.pixels.flags.writeable


def test_triggers_are_told_on_every_frame_only_while_a_filter_waits_for_one(filters: dict[str, Filter]) -> None:
    line = build_line()
    told = [bool(face.active) for scene in play(line, 12) for face in scene.faces]
    assert told[0]
    assert 1 < sum(told) < len(told)
    line.choose((filters["dog"],))
    assert all(face.active & {Trigger.MOUTH_OPEN, Trigger.MOUTH_CLOSED} for s in play(line, 6) for face in s.faces)


def test_the_detector_looks_at_every_frame_while_a_filter_hides_faces(filters: dict[str, Filter]) -> None:
    line = build_line()
    assert sum(scene.detections is not None for scene in play(line, 8)) < 8
    line.choose((filters["blur"],))
    assert all(scene.detections is not None for scene in play(line, 8))


def test_a_filter_chosen_between_two_frames_is_on_the_next(filters: dict[str, Filter]) -> None:
    line = build_line()
    bare = play(line, 4)[-1]
    line.choose((filters["glasses"],))
    worn = play(line, 4)[-1]
    assert np.abs(bare.frame.pixels.astype(int) - worn.frame.pixels).max() > 60


@pytest.mark.parametrize("intensity", [-0.1, 1.1, float("nan")])
def test_an_intensity_out_of_range_is_refused(intensity: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        build_line().choose((), intensity)


def test_seeing_and_painting_apart_is_the_same_as_at_once(filters: dict[str, Filter]) -> None:
    at_once, apart = build_line(), build_line()
    for line in (at_once, apart):
        line.choose((filters["blur"],))
    with Demo((640, 360)) as demo:
        frames = [frame for _ in range(4) if (frame := demo.read()) is not None]
    copies = [replace(frame, pixels=frame.pixels.copy()) for frame in frames]
    whole = [at_once(frame) for frame in frames]
    seen = [apart.see(frame) for frame in copies]
    assert all(scene.frame.pixels.flags.writeable for scene in seen)
    for first, second in zip(whole, [apart.paint(scene) for scene in seen], strict=True):
        assert (first.frame.pixels == second.frame.pixels).all()


def test_a_thorough_line_finds_a_far_face_on_the_frame_it_comes(filters: dict[str, Filter]) -> None:
    """Below the size that the parts of a live look are meant for."""
    pixels = np.full((1080, 1920, 4), 90, np.uint8)
    live, thorough = build_line(), build_line(thorough=True)
    found = []
    for line in (live, thorough):
        line.choose((filters["blur"],))
        line.see(Frame(pixels.copy(), 0, 0.0))
        came = pixels.copy()
        came[460:590, 880:1010] = cv2.resize(portrait_pixels(), (130, 130), interpolation=cv2.INTER_AREA)
        found.append(len(line.see(Frame(came, 1, 1 / 30)).detections or ()))
    assert found == [0, 1]
