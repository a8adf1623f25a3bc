"""The contour landmarks have one name each, a partner in the mirror, and run along the edges that they are said to."""

from itertools import pairwise

import numpy as np
import pytest
from masquerade.contours import (
    CONTOUR_COUNT,
    CONTOUR_NAMES,
    INNER_LIP,
    JAW,
    LEFT_EYE,
    LEFT_PUPIL,
    OUTER_LIP,
    RIGHT_EYE,
    RIGHT_PUPIL,
)
from masquerade.geometry.mirror import mirrored_order
from masquerade.values import LANDMARK_NAMES, Keypoints

POINTS = np.zeros((15, 2), np.float32)


def test_names_are_unique_also_beside_the_15() -> None:
    names = {*CONTOUR_NAMES, *LANDMARK_NAMES}
    assert len(names) == CONTOUR_COUNT + len(LANDMARK_NAMES)


def test_the_mirror_of_the_mirror_is_the_face_itself() -> None:
    order = mirrored_order(CONTOUR_NAMES)
    assert order[order].tolist() == list(range(CONTOUR_COUNT))
    assert sorted(order[list(LEFT_EYE)]) == list(RIGHT_EYE)
    assert order[LEFT_PUPIL] == RIGHT_PUPIL


@pytest.mark.parametrize("edge", [JAW, OUTER_LIP, INNER_LIP])
def test_an_edge_runs_the_other_way_in_the_mirror(edge: tuple[int, ...]) -> None:
    """Neighbours stay neighbours."""
    order = mirrored_order(CONTOUR_NAMES)
    neighbours = {frozenset(pair) for pair in pairwise((*edge, edge[0]))}
    mirrored = {frozenset((int(order[a]), int(order[b]))) for a, b in pairwise((*edge, edge[0]))}
    assert mirrored == neighbours


def test_contours_of_another_shape_or_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="contours must have the shape"):
        Keypoints(POINTS, 1.0, np.zeros((68, 2), np.float32))
    with pytest.raises(TypeError, match="contours must be float32"):
        Keypoints(POINTS, 1.0, np.zeros((CONTOUR_COUNT, 2)))  # type: ignore[arg-type]


def test_contours_cannot_be_written_to() -> None:
    contours = Keypoints(POINTS, 1.0, np.zeros((CONTOUR_COUNT, 2), np.float32)).contours
    assert contours is not None
    with pytest.raises(ValueError, match="read-only"):
        contours[0] = 1
