"""Tests that targets name places, weights and presence rightly, and that no NaN gets into them."""

import numpy as np
import pytest
from masquerade_train.inputs.batch import target_rows


def test_targets_hold_places_weights_and_presence() -> None:
    landmarks = np.full((1, 15, 2), 47.5, np.float32)
    landmarks[0, 0] = (95.5, -0.5)
    landmarks[0, 7] = np.nan
    target = target_rows(landmarks, 96, np.array([[0.5]], np.float32), np.array([True]))[0]
    assert target.shape == (46,)
    assert target[:4] == pytest.approx([1, -1, 0, 0])  # the right and upper edge; the middle
    assert target[30:45].tolist() == [0.5] * 7 + [0.0] + [0.5] * 7
    assert target[45] == 1


def test_a_landmark_with_one_coordinate_is_not_marked() -> None:
    landmarks = np.array([[[3, np.nan], [4, 5]]], np.float32)
    target = target_rows(landmarks, 8, np.ones((1, 1), np.float32), np.array([True]))[0]
    assert np.isfinite(target).all()
    assert target[4:6].tolist() == [0, 1]


def test_targets_are_as_wide_as_the_landmarks_are_many() -> None:
    assert target_rows(np.zeros((2, 9, 2), np.float32), 96, np.ones((2, 1), np.float32), np.ones(2, bool)).shape == (
        2,
        28,
    )
