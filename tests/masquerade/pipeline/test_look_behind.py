"""What is found in one frame is reported in the frames before it; nobody is reported twice."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from masquerade.compose import find_filters
from masquerade.pipeline.hindsight import hold_back
from masquerade.pipeline.look_behind import LookBehind
from masquerade.pipeline.sources.videos.video_file import VideoFile
from masquerade.values import Box, Detection, Face, FloatArray, Frame, Scene

from tests.masquerade.filters.portrait import PORTRAIT_POINTS, model_face, portrait_pixels
from tests.masquerade.pipeline.privacy_coverage import FILTERS, Reference, View, measure, rendered
from tests.shared import SHARED, needs_shared

CROWD = SHARED / "data" / "videos" / "facenet_pytorch_video.mp4"
HERE = model_face(50, (200, 200), (0, 0, 0))
THERE = model_face(50, (600, 200), (0, 0, 0))


def found(face: Face) -> Detection:
    return Detection(Box(0, 0, 10, 10), face.keypoints.anchors.copy(), 0.9)


def scenes(*detections: tuple[Detection, ...] | None, faces: tuple[Face, ...] = ()) -> list[Scene]:
    pixels = np.full((4, 4, 4), 255, np.uint8)
    return [Scene(Frame(pixels, index, index / 30), each, faces) for index, each in enumerate(detections)]


def counts(given: list[Scene], frames: int) -> list[int]:
    return [len(scene.detections or ()) for scene in hold_back(given, [LookBehind()], frames)]


def test_a_newcomer_is_reported_in_the_frames_before_it() -> None:
    assert counts(scenes((), (), (), (), (found(HERE),), ()), 3) == [0, 1, 1, 1, 1, 0]


def test_it_is_reported_where_the_detector_did_not_look() -> None:
    assert counts(scenes(None, (found(HERE),)), 3) == [1, 1]


def test_who_is_there_already_is_not_reported_twice() -> None:
    assert counts(scenes((found(HERE),), (found(HERE),), (found(HERE), found(THERE))), 3) == [2, 2, 2]
    assert counts(scenes((), (found(HERE),), faces=(HERE,)), 3) == [0, 1]


def test_every_scene_comes_out_once_and_in_order() -> None:
    given = scenes(*[()] * 10)
    assert [scene.frame.index for scene in hold_back(given, [LookBehind()], 4)] == list(range(10))
    assert [scene.frame.index for scene in hold_back(given[:2], [LookBehind()], 4)] == [0, 1]


def test_no_more_frames_are_held_than_asked_for() -> None:
    taken = 0

    def counted() -> Iterator[Scene]:
        nonlocal taken
        for scene in scenes(*[()] * 10):
            taken += 1
            yield scene

    delayed = hold_back(counted(), [LookBehind()], 4)
    next(delayed)
    assert taken == 5


def test_a_face_that_comes_out_of_the_dark_is_hidden_before_the_detector_finds_it() -> None:
    filters = find_filters(["blur"])
    small = cv2.resize(portrait_pixels(), (200, 200), interpolation=cv2.INTER_AREA)
    points = np.float32([200, 80]) + PORTRAIT_POINTS * np.float32(200 / 512)

    def clip() -> Iterator[tuple[Frame, list[View]]]:
        # Shares of the full contrast; the detector finds the face from 0.05 on.
        for index, contrast in enumerate((0.02, 0.03, 0.04, 0.06, 0.1, 0.3, 1.0)):
            pixels = np.full((360, 640, 4), 90, np.uint8)
            pixels[80:280, 200:400] = np.clip(90 + contrast * (small.astype(np.float32) - 90), 0, 255)
            pixels[..., 3] = 255
            yield Frame(pixels, index, index / 25), [View(index, points.astype(np.float32), 1.0)]

    judged = measure(clip(), rendered(filters), filters)
    assert len(judged) == 7
    assert not [str(view) for view in judged if view.bare]


def is_elbow(points: FloatArray) -> bool:
    return bool(np.abs(points.mean(0) - (1584, 847)).max() < 10)


@needs_shared
@pytest.mark.slow
def test_no_face_in_a_rendered_crowd_is_bare() -> None:
    """Seven far faces, three of whom come out from behind others in these frames."""
    filters, reference = find_filters(FILTERS), Reference()
    with VideoFile(CROWD) as source:
        frames = [frame for _ in range(5) if (frame := source.read()) is not None]
    judged = measure(((frame, reference.find(frame)) for frame in frames), rendered(filters), filters)
    # Above 400 there is only the lion of a coat of arms; at (1584, 847) the reference takes an elbow for a face.
    people = [view for view in judged if view.points[:, 1].mean() > 400 and not is_elbow(view.points)]
    assert len(people) > 25
    assert not [str(view) for view in people if view.bare]
