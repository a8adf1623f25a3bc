"""Tests what the line decides for itself: when to look for faces and for triggers, and how filters are swapped."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from masquerade.compose import build_catalog, build_line
from masquerade.filters.format.manifest import Filter
from masquerade.filters.people.assignment import FaceOverride
from masquerade.pipeline.line import Line
from masquerade.pipeline.plan import CurrentPlan, FramePlan
from masquerade.pipeline.sources import Demo
from masquerade.pipeline.stages import Find
from masquerade.values import ByteArray, Detection, Frame, Scene, Trigger
from masquerade.vision.tracker import FaceTracker, TrackerSettings

from tests.masquerade.filters.portrait import portrait_pixels
from tests.masquerade.vision.world import Head, World

STAGES = ["find", "points", "pose", "trigger", "person", "draw"]


@pytest.fixture(scope="module")
def filters() -> dict[str, Filter]:
    catalog = build_catalog()
    return {name: catalog.load(name) for name in ("sunglasses", "dog", "blur")}


def play(line: Line, frames: int) -> list[Scene]:
    with Demo((640, 360)) as demo:
        read = (demo.read() for _ in range(frames))
        return [line(frame) for frame in read if frame is not None]


def test_every_frame_has_the_time_of_every_stage() -> None:
    for scene in play(build_line(), 3):
        assert [each.name for each in scene.times] == STAGES
        assert not scene.frame.pixels.flags.writeable


def test_triggers_are_computed_only_while_a_filter_waits_for_one(filters: dict[str, Filter]) -> None:
    line = build_line()
    reported = [bool(face.active) for scene in play(line, 12) for face in scene.faces]
    assert reported[0]
    assert 1 < sum(reported) < len(reported)
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
    line.choose((filters["sunglasses"],))
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


def test_a_thorough_line_knows_a_far_face_from_the_frame_it_comes(filters: dict[str, Filter]) -> None:
    """Below the size that the parts of a live look are meant for."""
    line = build_line(thorough=True)
    line.choose((filters["blur"],))
    came = np.full((1080, 1920, 4), 90, np.uint8)
    came[460:590, 880:1010] = cv2.resize(portrait_pixels(), (130, 130), interpolation=cv2.INTER_AREA)
    frames = [Frame(np.full_like(came, 90), 0, 0.0)] + [Frame(came.copy(), index, index / 30) for index in range(1, 13)]
    scenes = line.see_file(frames)
    assert [bool(scene.detections or scene.faces) for scene in scenes][1:] == [True] * 12


class LookingDetector:
    """Sees the heads of a world, and notes the brightest blue of every image it is given."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.bluest: list[int] = []

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        self.bluest.append(int(pixels[..., 0].max()))
        return self._world.detect()


def test_a_live_search_for_new_faces_delays_no_frame_and_counts_with_the_next() -> None:
    world = World()
    tracker, detector = FaceTracker(world), LookingDetector(world)
    find = Find(detector, tracker, live=True)
    later = TrackerSettings().look_every + 0.01
    for index, (time, heads, looks, reported) in enumerate(
        [
            (0.0, 1, 1, 1),  # nobody is known yet: at once
            (later, 2, 1, None),  # all is calm: put off
            (later + 0.03, 2, 2, 2),  # made after the frame before, counts now
            (later + 0.06, 2, 2, None),
        ]
    ):
        frame = world.frame([Head(200 + 200 * place, 150, (40, 40, 220)) for place in range(heads)], index, time)
        scene = find(Scene(frame), FramePlan())
        assert (len(detector.bluest), scene.detections and len(scene.detections)) == (looks, reported)
        tracker.step(frame, scene.detections)
        # What the filters paint must not be looked at.
        frame.pixels[:] = 255
        find.catch_up()
    assert max(detector.bluest) < 255
    assert len(tracker.step(frame, None)) == 2


def test_a_postponed_search_runs_at_the_next_frame() -> None:
    world = World()
    tracker = FaceTracker(world)
    find = Find(LookingDetector(world), tracker, live=True)
    for index, reported in enumerate([1, None, 1]):
        frame = world.frame([Head(200, 150, (40, 40, 220))], index, index * (TrackerSettings().look_every + 0.01))
        scene = find(Scene(frame), FramePlan())
        assert (scene.detections and len(scene.detections)) == reported
        tracker.step(frame, scene.detections)


def test_a_live_look_for_a_lost_face_is_not_put_off() -> None:
    world = World()
    tracker, detector = FaceTracker(world), LookingDetector(world)
    find = Find(detector, tracker, live=True)
    for index, (heads, looks) in enumerate([(1, 1), (0, 1), (0, 2), (1, 3)]):
        frame = world.frame([Head(200, 150, (40, 40, 220))] * heads, index, index * 0.1)
        tracker.step(frame, find(Scene(frame), FramePlan()).detections)
        assert len(detector.bluest) == looks


def test_a_frame_is_kept_as_it_came_unless_a_filter_hides_faces(filters: dict[str, Filter]) -> None:
    plan = CurrentPlan()
    line = Line((), (_Blacken(),), plan)
    line.choose((filters["sunglasses"],))
    with Demo((320, 180)) as demo:
        frame = demo.read()
    assert frame is not None
    before = frame.pixels.copy()
    assert line(Frame(before.copy(), 0, 0.0)).clean is None
    plan.keeps_clean = True
    scene = line(Frame(before.copy(), 0, 0.0))
    assert scene.clean is not None
    assert np.array_equal(scene.clean, before)
    assert not scene.frame.pixels[..., :3].any()
    # One face that is hidden is enough.
    for hiding in (
        FramePlan((filters["sunglasses"], filters["blur"])),
        FramePlan((), overrides=(FaceOverride(7, (filters["blur"],)),)),
    ):
        plan.value = hiding
        assert line(Frame(before.copy(), 0, 0.0)).clean is None


class _Blacken:
    name = "draw"

    def __call__(self, scene: Scene, plan: FramePlan) -> Scene:
        scene.frame.pixels[..., :3] = 0
        return scene
