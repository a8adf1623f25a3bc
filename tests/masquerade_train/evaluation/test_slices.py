"""Tests that kept-aside faces are sorted by what is really seen in them."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import rotation_from
from masquerade.values import ByteArray, FloatArray
from masquerade_train.datasets.face_set import FaceSet, Row, join_rows
from masquerade_train.evaluation.slices import SOUND, face_slices, fine_detail

from tests.masquerade_train.faces import PORTRAIT, moved_points, png

# The portrait's eyes and mouth, about; the other landmarks only need to be there.
_PLACES = {0: (247, 104), 1: (203, 102), 11: (244, 143), 12: (201, 140), 13: (223, 140), 14: (222, 154)}


def portrait() -> ByteArray:
    return np.asarray(cv2.imread(str(PORTRAIT), cv2.IMREAD_COLOR_RGB), np.uint8)


def portrait_landmarks() -> FloatArray:
    landmarks = np.tile(np.array([223, 115], np.float32), (15, 1))
    for index, place in _PLACES.items():
        landmarks[index] = place
    return landmarks


def as_set(image: ByteArray, landmarks: FloatArray, file: str = "a.png", eyes: float = 44.0) -> FaceSet:
    return join_rows([Row(png(image), landmarks, "helen", "person", "test", file, eye_distance=eyes)])


def names(faces: FaceSet) -> set[str]:
    return {name for name, chosen in face_slices(faces, np.array([0])) if chosen.all()}


def turned_landmarks(yaw: float) -> FloatArray:
    """The head model seen from a side, in an image of 192."""
    seen = (rotation_from(yaw, 0, 0) @ model_landmarks().T).T[:, :2]
    return np.asarray(40 * seen + 90, np.float32)


@pytest.mark.parametrize(
    ("yaw", "wanted"),
    [
        (0, "frontal, under 20 degrees"),
        (25, "turned 20 to 30 degrees"),
        (-45, "turned 30 to 60 degrees"),
        (45, "turned 30 to 60 degrees"),
    ],
)
def test_a_head_is_sorted_by_the_yaw_of_its_labels(yaw: float, wanted: str) -> None:
    found = names(as_set(np.full((192, 192, 3), 128, np.uint8), turned_landmarks(yaw)))
    assert {name for name in found if "degrees" in name} == {wanted}


def test_a_portrait_is_neither_dark_nor_blurred() -> None:
    assert not names(as_set(portrait(), portrait_landmarks())) & {"dark", "blurred"}


def test_little_light_makes_a_face_dark_but_not_blurred() -> None:
    found = names(as_set((portrait() * 0.3).astype(np.uint8), portrait_landmarks()))
    assert "dark" in found
    assert "blurred" not in found


def test_a_face_out_of_focus_is_blurred_but_not_dark() -> None:
    soft = np.asarray(cv2.GaussianBlur(portrait(), (0, 0), 3.0), np.uint8)
    found = names(as_set(soft, portrait_landmarks()))
    assert "blurred" in found
    assert "dark" not in found


def test_fine_detail_does_not_depend_on_contrast() -> None:
    grey = np.asarray(cv2.cvtColor(portrait(), cv2.COLOR_RGB2GRAY), np.uint8)
    assert fine_detail((grey // 3).astype(np.uint8)) == pytest.approx(fine_detail(grey), abs=0.06)
    assert fine_detail(np.full((40, 40), 90, np.uint8)) == 0


def test_faces_are_found_among_the_marked_files_by_name() -> None:
    image, landmarks = np.full((192, 192, 3), 128, np.uint8), moved_points(1)
    assert "glasses" in names(as_set(image, landmarks, "lfpw_image_0087.jpg"))
    assert "hand or thing on the face" in names(as_set(image, landmarks, "lfpw_image_0251.jpg"))
    assert "glasses" not in names(as_set(image, landmarks, "another.jpg"))


def test_small_eyes_make_a_slice_of_their_own() -> None:
    image, landmarks = np.full((192, 192, 3), 128, np.uint8), moved_points(1)
    assert "eyes 20 to 30 px apart" in names(as_set(image, landmarks, eyes=25))
    assert "eyes 20 to 30 px apart" not in names(as_set(image, landmarks, eyes=35))


def test_faces_with_unsound_labels_are_in_no_slice() -> None:
    faces = as_set((portrait() * 0.3).astype(np.uint8), portrait_landmarks())
    faces = replace(faces, weights=np.array([0.5], np.float32))
    slices = dict(face_slices(faces, np.array([0, 0])))
    assert slices[SOUND].shape == (2,)
    assert not any(chosen.any() for chosen in slices.values())
