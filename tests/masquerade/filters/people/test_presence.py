"""Faces come and go softly; privacy is shut at once and opens late."""

from dataclasses import replace

import numpy as np
import pytest
from masquerade.filters.people.presence import PRIVACY_HOLD_SECONDS, FaceLifecycle, VisibleFace
from masquerade.values import Face, Frame, Scene

from tests.masquerade.filters.portrait import model_face


def scene(taken_at: float, *faces: Face) -> Scene:
    return Scene(Frame(np.full((4, 4, 4), 255, np.uint8), 0, taken_at), faces=faces)


def face(identity: int = 0, scale: float = 50.0) -> Face:
    return replace(model_face(scale, (100, 100), (0, 0, 0)), identity=identity)


def only(attendance: FaceLifecycle, step: Scene) -> VisibleFace:
    (presence,) = attendance.step(step)[0]
    return presence


def test_on_the_very_first_frame_all_is_there() -> None:
    presence = only(FaceLifecycle(), scene(5.0, face()))
    assert (presence.opacity, presence.cover) == (1.0, 1.0)


def test_a_newcomer_fades_in_and_is_covered_at_once() -> None:
    attendance = FaceLifecycle()
    attendance.step(scene(0.0))
    steps = [only(attendance, scene(1.0 + index * 0.03, face())) for index in range(6)]
    assert steps[0].opacity < 0.3
    assert [step.opacity for step in steps] == sorted(step.opacity for step in steps)
    assert steps[5].opacity == 1.0
    assert all(step.cover == 1.0 for step in steps)


def test_a_lost_face_fades_out_within_a_moment() -> None:
    attendance = FaceLifecycle()
    attendance.step(scene(0.0, face()))
    steps = [only(attendance, scene(0.1 + index * 0.03)).opacity for index in range(6)]
    assert steps[0] == 1.0
    assert steps == sorted(steps, reverse=True)
    assert steps[5] == 0.0


def test_a_held_face_stays() -> None:
    attendance = FaceLifecycle()
    attendance.step(scene(0.0, face()))
    presence = only(attendance, scene(0.4, replace(face(), held=True)))
    assert (presence.opacity, presence.unseen) == (1.0, pytest.approx(0.4))


@pytest.mark.parametrize("step", [0.01, 0.033, 0.2])
def test_privacy_holds_for_more_than_a_second(step: float) -> None:
    attendance = FaceLifecycle()
    attendance.step(scene(0.0, face()))
    for index in range(1, int(1.0 / step) + 1):
        assert only(attendance, scene(index * step)).cover == 1.0


@pytest.mark.parametrize("gap", [5.0, -3.0, 0.0])
def test_a_gap_in_time_does_not_open_privacy(gap: float) -> None:
    attendance = FaceLifecycle()
    attendance.step(scene(10.0, face()))
    assert only(attendance, scene(10.0 + gap)).cover == 1.0
    assert only(attendance, scene(10.0 + gap + 0.5)).cover == 1.0


def test_a_camera_that_hangs_while_a_face_is_lost_does_not_open_privacy() -> None:
    attendance = FaceLifecycle()
    attendance.step(scene(10.0, face()))
    attendance.step(scene(10.03))
    assert only(attendance, scene(15.0)).cover == 1.0


def test_a_lost_face_is_forgotten_in_the_end() -> None:
    attendance = FaceLifecycle()
    attendance.step(scene(0.0, face()))
    for index in range(1, 40):
        present, _ = attendance.step(scene(index * 0.1))
    assert present == ()
    assert PRIVACY_HOLD_SECONDS < 3.9


def test_near_faces_are_painted_last() -> None:
    present, _ = FaceLifecycle().step(scene(0.0, face(1, scale=80), face(2, scale=20), face(3, scale=50)))
    assert [presence.face.identity for presence in present] == [2, 3, 1]


def test_a_crowd_of_lost_faces_is_bounded() -> None:
    attendance = FaceLifecycle()
    for index in range(100):
        present, _ = attendance.step(scene(index * 0.001, face(index)))
    assert len(present) <= 13
