"""Tests that wrong labels are found, named, and shown where they belong."""

import numpy as np
import pytest
from masquerade.values import LANDMARK_INDEX
from masquerade_train.exploring.alignment import align
from masquerade_train.exploring.shape_model import ShapeModel
from masquerade_train.exploring.suspicious_labels import Doubt, find_doubts

from tests.masquerade_train.exploring.shapes import shapes

FOUR = [LANDMARK_INDEX[name] for name in ("left_eye_center", "right_eye_center", "nose_tip", "mouth_center_bottom_lip")]


def doubts_in(landmarks: np.ndarray) -> dict[int, Doubt]:
    alignment = align(landmarks)
    return {doubt.row: doubt for doubt in find_doubts(alignment, ShapeModel.learn(alignment.landmarks))}


def test_faces_without_a_wrong_label_raise_no_doubt() -> None:
    assert doubts_in(shapes(300)) == {}


@pytest.mark.parametrize("name", ["left_eyebrow_inner_end", "mouth_left_corner", "right_eye_outer_corner"])
def test_a_moved_landmark_is_found_and_where_it_belongs(name: str) -> None:
    landmarks, index = shapes(300), LANDMARK_INDEX[name]
    right = landmarks[7, index].copy()
    extent = np.ptp(landmarks[7], axis=0).max()
    landmarks[7, index] += 0.3 * extent * np.array([0.8, 0.6], np.float32)
    doubt = doubts_in(landmarks)[7]
    assert [stray.index for stray in doubt.landmarks] == [index]
    assert np.linalg.norm(doubt.landmarks[0].expected - right) < 0.05 * extent
    assert doubt.landmarks[0].distance == pytest.approx(0.3, abs=0.06)


def test_two_swapped_landmarks_are_reported_as_swapped() -> None:
    landmarks = shapes(300)
    landmarks[9, [6, 7]] = landmarks[9, [7, 6]]
    assert set(doubts_in(landmarks)[9].swapped) == {6, 7}


def test_rows_of_four_landmarks_are_looked_at_too() -> None:
    landmarks = shapes(400)
    landmarks[200:, np.setdiff1d(np.arange(15), FOUR)] = np.nan
    assert doubts_in(landmarks) == {}
    landmarks[300, FOUR[3]] += 90
    assert list(doubts_in(landmarks)) == [300]


def test_rows_of_four_landmarks_are_compared_with_similar_rows() -> None:
    landmarks = shapes(400)
    landmarks[200:, np.setdiff1d(np.arange(15), FOUR)] = np.nan
    landmarks[200:] += np.random.default_rng(1).normal(0, 2.5, landmarks[200:].shape)
    assert len(doubts_in(landmarks)) < 3
