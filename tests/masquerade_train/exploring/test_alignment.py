"""Tests that faces are laid on one another wherever they were, however large and turned, with landmarks missing."""

import numpy as np
import pytest
from masquerade.geometry.similarity import transform_points
from masquerade_train.exploring.alignment import align

from tests.masquerade_train.exploring.shapes import shapes
from tests.masquerade_train.faces import LANDMARKS


def moved(degrees: float, scale: float, shift: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (LANDMARKS @ turn.T + shift).astype(np.float32)


def test_one_face_at_many_places_becomes_one_shape() -> None:
    alignment = align(np.stack([moved(0, 1, 0), moved(20, 1.5, 30), moved(-35, 0.4, -8)]))
    assert alignment.landmarks == pytest.approx(np.broadcast_to(alignment.mean, (3, 15, 2)), abs=1e-4)
    assert np.ptp(alignment.mean, axis=0).max() == pytest.approx(1)
    extents = alignment.extents
    assert extents / extents[0] == pytest.approx(np.array([1, 1.5, 0.4]), rel=1e-4)
    turned = alignment.roll_degrees - alignment.roll_degrees[0]
    assert turned == pytest.approx(np.array([0, 20, -35]), abs=0.01)


def test_the_matrices_lead_from_the_image_to_the_frame() -> None:
    landmarks = shapes(5)
    alignment = align(landmarks)
    assert transform_points(alignment.matrices[3], landmarks[3]) == pytest.approx(alignment.landmarks[3], abs=1e-4)


def test_a_landmark_at_a_wrong_place_hardly_moves_its_face() -> None:
    landmarks = shapes(40)
    right = align(landmarks).landmarks[7].copy()
    landmarks[7, 12] += 60
    moved_by = np.linalg.norm(align(landmarks).landmarks[7] - right, axis=1)
    assert moved_by[12] > 0.4
    assert np.delete(moved_by, 12).max() < 0.05


def test_faces_of_few_landmarks_take_part_and_those_of_two_do_not() -> None:
    landmarks = shapes(30)
    landmarks[4, 4:] = np.nan
    landmarks[5, 2:] = np.nan
    landmarks[6] = np.nan
    landmarks[7] = 50
    alignment = align(landmarks)
    assert alignment.usable.tolist() == [index not in (5, 6, 7) for index in range(30)]
    assert np.isnan(alignment.landmarks[4, 4:]).all()
    assert np.isfinite(alignment.landmarks[4, :4]).all()
