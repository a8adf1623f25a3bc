"""Tests that wrong labels are found, named, and shown where they belong."""

import numpy as np
import pytest
from masquerade.values import POINT_INDEX
from masquerade_train.exploring.alignment import align
from masquerade_train.exploring.shape_model import ShapeModel
from masquerade_train.exploring.suspicious_labels import Doubt, find_doubts

from tests.masquerade_train.exploring.shapes import shapes

FOUR = [POINT_INDEX[name] for name in ("left_eye_center", "right_eye_center", "nose_tip", "mouth_center_bottom_lip")]


def doubts_in(points: np.ndarray) -> dict[int, Doubt]:
    alignment = align(points)
    return {doubt.row: doubt for doubt in find_doubts(alignment, ShapeModel.learn(alignment.points))}


def test_faces_without_a_wrong_label_raise_no_doubt() -> None:
    assert doubts_in(shapes(300)) == {}


@pytest.mark.parametrize("name", ["left_eyebrow_inner_end", "mouth_left_corner", "right_eye_outer_corner"])
def test_a_moved_point_is_found_and_where_it_belongs(name: str) -> None:
    points, index = shapes(300), POINT_INDEX[name]
    right = points[7, index].copy()
    extent = np.ptp(points[7], axis=0).max()
    points[7, index] += 0.3 * extent * np.array([0.8, 0.6], np.float32)
    doubt = doubts_in(points)[7]
    assert [stray.index for stray in doubt.points] == [index]
    assert np.linalg.norm(doubt.points[0].expected - right) < 0.05 * extent
    assert doubt.points[0].distance == pytest.approx(0.3, abs=0.06)


def test_two_swapped_points_are_reported_as_swapped() -> None:
    points = shapes(300)
    points[9, [6, 7]] = points[9, [7, 6]]
    assert set(doubts_in(points)[9].swapped) == {6, 7}


def test_rows_of_four_points_are_looked_at_too() -> None:
    points = shapes(400)
    points[200:, np.setdiff1d(np.arange(15), FOUR)] = np.nan
    assert doubts_in(points) == {}
    points[300, FOUR[3]] += 90
    assert list(doubts_in(points)) == [300]


def test_rows_of_four_points_are_compared_with_similar_rows() -> None:
    points = shapes(400)
    points[200:, np.setdiff1d(np.arange(15), FOUR)] = np.nan
    points[200:] += np.random.default_rng(1).normal(0, 2.5, points[200:].shape)
    assert len(doubts_in(points)) < 3
