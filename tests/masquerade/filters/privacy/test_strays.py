"""What the detector sees is hidden, whatever the tracker makes of it."""

from dataclasses import replace

import numpy as np
import pytest
from masquerade.filters.privacy.strays import UntrackedFaces
from masquerade.values import Box, Detection, Face, Frame, Scene

from tests.masquerade.filters.portrait import PORTRAIT_POINTS, model_face, portrait_face


def detection_of(face: Face) -> Detection:
    return Detection(Box(0, 0, 10, 10), face.keypoints.anchors.copy(), 0.9)


def scene(faces: tuple[Face, ...], detections: tuple[Detection, ...] | None) -> Scene:
    return Scene(Frame(np.full((4, 4, 4), 255, np.uint8), 0, 0.0), detections, faces)


HERE = model_face(50, (200, 200), (0, 0, 0))
THERE = model_face(50, (260, 200), (0, 0, 0))


def test_a_face_that_is_followed_is_no_stray() -> None:
    assert UntrackedFaces().step(scene((HERE,), (detection_of(HERE),)), 0.03) == ()


def test_a_detection_without_a_tracked_face_is_a_stray() -> None:
    (stray,) = UntrackedFaces().step(scene((), (detection_of(portrait_face()),)), 0.03)
    assert stray.cover == 1.0
    assert np.abs(stray.face.keypoints.points - PORTRAIT_POINTS).max() < 0.25 * 44


@pytest.mark.parametrize("wrong", [THERE, model_face(90, (200, 200), (0, 0, 0)), replace(HERE, held=True)])
def test_a_face_that_is_followed_wrongly_does_not_explain_a_detection(wrong: Face) -> None:
    assert len(UntrackedFaces().step(scene((wrong,), (detection_of(HERE),)), 0.03)) == 1


@pytest.mark.parametrize("detections", [None, ()])
def test_a_stray_is_held_for_a_second_and_then_forgotten(detections: tuple[Detection, ...] | None) -> None:
    strays = UntrackedFaces()
    strays.step(scene((), (detection_of(HERE),)), 0.1)
    for _ in range(10):
        (held,) = strays.step(scene((), detections), 0.1)
        assert held.cover == 1.0
    for _ in range(10):
        left = strays.step(scene((), detections), 0.1)
    assert left == ()


def test_a_stray_that_becomes_tracked_is_no_longer_a_stray() -> None:
    strays = UntrackedFaces()
    strays.step(scene((), (detection_of(HERE),)), 0.03)
    assert strays.step(scene((HERE,), (detection_of(HERE),)), 0.03) == ()


def test_a_whole_crowd_is_hidden_and_every_stray_has_an_identity_of_its_own() -> None:
    crowd = tuple(detection_of(model_face(10, (40 * index, 50), (0, 0, 0))) for index in range(40))
    strays = UntrackedFaces().step(scene((), crowd), 0.03)
    assert len({stray.face.identity for stray in strays}) == len(strays) == 40


def test_of_a_crowd_that_left_only_some_strays_are_kept() -> None:
    crowd = tuple(detection_of(model_face(10, (40 * index, 50), (0, 0, 0))) for index in range(40))
    strays = UntrackedFaces()
    strays.step(scene((), crowd), 0.03)
    assert len(strays.step(scene((), ()), 0.03)) == 12


def test_a_stray_that_moves_is_held_where_its_motion_leads() -> None:
    strays = UntrackedFaces()
    faces = [model_face(50, (200 + 40 * index, 200), (0, 0, 0)) for index in range(3)]
    for face in faces:
        reported = strays.step(scene((), (detection_of(face),)), 0.04)
    newest = max(reported, key=lambda each: each.face.keypoints.points[0, 0])
    np.testing.assert_allclose(newest.velocity_xy, (1000, 0), atol=1)


def test_a_stray_that_comes_far_from_all_others_has_no_motion() -> None:
    strays = UntrackedFaces()
    strays.step(scene((), (detection_of(model_face(20, (200, 200), (0, 0, 0))),)), 0.04)
    reported = strays.step(scene((), (detection_of(model_face(20, (300, 200), (0, 0, 0))),)), 0.04)
    assert all((each.velocity_xy == 0).all() for each in reported)


def test_a_fast_pan_leaves_no_row_of_strays() -> None:
    """Two eye distances a frame, and the tracker never takes the face up."""
    strays = UntrackedFaces()
    for index in range(12):
        here = model_face(50, (200 + 100 * index, 200), (0, 0, 0))
        assert len(strays.step(scene((), (detection_of(here),)), 1 / 30)) == 1


def test_two_close_strays_are_both_kept_while_both_are_visible() -> None:
    strays = UntrackedFaces()
    both = (detection_of(HERE), detection_of(model_face(50, (330, 200), (0, 0, 0))))
    strays.step(scene((), both[:1]), 1 / 30)
    assert len(strays.step(scene((), both), 1 / 30)) == 2
    assert len(strays.step(scene((), both[1:]), 1 / 30)) == 2
