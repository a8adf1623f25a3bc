"""Tests detector, crop, landmarker and tracker together on a real face with the bundled models."""

import cv2
import numpy as np
import pytest
from masquerade.compose import build_line
from masquerade.pipeline.line import Line
from masquerade.resources import bundled
from masquerade.values import ByteArray, FloatArray, Frame

# Marked by hand in pixels of the 512 x 512 portrait.
MARKED = {0: (246, 103), 1: (203.5, 101.5), 10: (225, 127), 11: (245, 141), 12: (203, 140)}
EYE_DISTANCE = 41.0
STEP = 1 / 30


@pytest.fixture(scope="module")
def portrait() -> ByteArray:
    return cv2.imread(str(bundled("assets") / "demo" / "eileen_collins.jpg"))


@pytest.fixture
def line() -> Line:
    return build_line()


def seen(portrait: ByteArray, matrix: FloatArray, noise: np.ndarray | None = None) -> ByteArray:
    """The portrait as `matrix` (2, 3) moves it into a 1280 x 720 frame."""
    moved = cv2.warpAffine(portrait, matrix, (1280, 720), borderMode=cv2.BORDER_REPLICATE)
    if noise is not None:
        moved = np.clip(moved + noise, 0, 255).astype(np.uint8)
    return cv2.cvtColor(moved, cv2.COLOR_BGR2BGRA)


def placed(scale: float, x: float, y: float) -> FloatArray:
    return np.array([[scale, 0, x], [0, scale, y]], np.float32)


def test_the_points_lie_on_the_eyes_the_nose_and_the_mouth(line: Line, portrait: ByteArray) -> None:
    matrix = placed(2.0, 200, 60)
    (face,) = line(Frame(seen(portrait, matrix), 0, 0.0)).faces
    for index, mark in MARKED.items():
        error = face.keypoints.points[index] - (2.0 * np.array(mark) + (200, 60))
        assert np.hypot(*error) < 0.12 * 2.0 * EYE_DISTANCE, index
    assert face.pose is not None
    assert abs(face.pose.roll) < 8
    assert abs(face.pose.yaw) < 15


def test_a_still_face_under_webcam_noise_stands_still(line: Line, portrait: ByteArray) -> None:
    random = np.random.default_rng(3)
    still = [
        line(Frame(seen(portrait, placed(2.0, 200, 60), random.normal(0, 4, (720, 1280, 3))), index, index * STEP))
        for index in range(60)
    ]
    points = np.stack([scene.faces[0].keypoints.points for scene in still[20:]])
    wander = np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=2).mean())
    # The aim is 0.25 % of the eye distance; measured here 0.16 %.
    assert wander / (2.0 * EYE_DISTANCE) < 0.0035


def test_a_face_that_walks_off_the_image_ends_and_leaves_nothing_behind(line: Line, portrait: ByteArray) -> None:
    last = None
    for index in range(75):
        last = line(Frame(seen(portrait, placed(1.5, 500 - 30 * index, 60)), index, index * STEP))
    assert last is not None
    assert last.faces == ()


def test_a_face_is_one_face_through_a_fast_move(line: Line, portrait: ByteArray) -> None:
    # 40 pixels a frame at an eye distance of 62: nineteen eye distances a second.
    identities = set()
    for index in range(20):
        scene = line(Frame(seen(portrait, placed(1.5, 40 * index, 60)), index, index * STEP))
        identities |= {face.identity for face in scene.faces}
    assert identities == {1}


def test_two_people_are_two_faces(line: Line, portrait: ByteArray) -> None:
    small = cv2.resize(portrait, (640, 640))
    both = cv2.copyMakeBorder(np.hstack([small, small[:, ::-1]]), 40, 40, 0, 0, cv2.BORDER_REPLICATE)
    scene = line(Frame(cv2.cvtColor(both, cv2.COLOR_BGR2BGRA), 0, 0.0))
    assert [face.identity for face in scene.faces] == [1, 2]


def test_two_people_joined_by_cuts_are_two_identities_and_leave_no_ghost(line: Line, portrait: ByteArray) -> None:
    hopper = cv2.resize(cv2.imread(str(bundled("assets") / "demo" / "grace_hopper.jpg")), (512, 600))
    identities: dict[int, set[int]] = {0: set(), 1: set()}
    for index in range(36):
        shot = index // 9 % 2
        pixels = seen(hopper if shot else portrait, placed(1.4, 380, 20) if shot else placed(1.6, 200, 60))
        scene = line(Frame(pixels, index, index * STEP))
        (face,) = scene.faces
        assert not face.held
        identities[shot].add(face.identity)
    # Each of them is welcomed back after the other's shot.
    assert len(identities[0]) == len(identities[1]) == 1
    assert identities[0] != identities[1]


def test_a_stranger_at_the_same_place_without_a_cut_has_another_identity(line: Line, portrait: ByteArray) -> None:
    """The image around stays; another head is pasted at the same place."""
    hopper = cv2.resize(cv2.imread(str(bundled("assets") / "demo" / "grace_hopper.jpg")), (512, 600))
    first = seen(portrait, placed(1.4, 380, 120))
    stranger = first.copy()
    stranger[120:560, 520:860] = seen(hopper, placed(1.0, 420, 120))[120:560, 520:860]
    identities = [
        {face.identity for face in line(Frame((first if index < 10 else stranger).copy(), index, index * STEP)).faces}
        for index in range(40)
    ]
    assert identities[9] == {1}
    assert 1 not in identities[-1]
