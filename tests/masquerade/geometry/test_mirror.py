"""Tests that a mirrored face is a face."""

import numpy as np
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.mirror import mirror_landmarks
from masquerade.values import LANDMARK_INDEX

POINTS = (model_landmarks()[:, :2] * 30 + 50).astype(np.float32)


def test_mirroring_twice_changes_nothing() -> None:
    np.testing.assert_allclose(mirror_landmarks(mirror_landmarks(POINTS, 97), 97), POINTS, atol=1e-4)


def test_the_left_eye_of_the_mirrored_face_lies_where_the_right_one_was_seen() -> None:
    left, right = LANDMARK_INDEX["left_eye_outer_corner"], LANDMARK_INDEX["right_eye_outer_corner"]
    mirrored = mirror_landmarks(POINTS, 100)
    assert mirrored[left, 0] == 99 - POINTS[right, 0]
    assert mirrored[left, 0] > mirrored[right, 0]
    assert mirrored[left, 1] == POINTS[right, 1]
