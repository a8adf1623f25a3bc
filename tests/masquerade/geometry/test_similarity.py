"""Tests the fit, the inverse and the use of similarities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masquerade.geometry.similarity import Similarity, transform_points

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], np.float32)


def similarity(scale: float, angle: float, x: float, y: float) -> np.ndarray:
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[cosine, -sine, x], [sine, cosine, y]], np.float32)


@given(st.floats(0.05, 20), st.floats(-3.1, 3.1), st.floats(-500, 500), st.floats(-500, 500))
def test_a_similarity_is_found_again_and_undone(scale: float, angle: float, x: float, y: float) -> None:
    matrix = similarity(scale, angle, x, y)
    moved = transform_points(matrix, SQUARE)
    found = Similarity.fit(SQUARE, moved)
    np.testing.assert_allclose(found.matrix, matrix, atol=1e-3, rtol=1e-4)
    np.testing.assert_allclose(found.apply(SQUARE), moved, atol=1e-2)
    np.testing.assert_allclose(found.inverse().apply(moved), SQUARE, atol=0.02)
    assert found.scale == pytest.approx(scale, rel=1e-3)
    assert Similarity.from_matrix(matrix).matrix == pytest.approx(matrix, abs=1e-5)
    by_complex = [found.factor * complex(x, y) + found.shift for x, y in SQUARE.tolist()]
    np.testing.assert_allclose([(z.real, z.imag) for z in by_complex], moved, atol=1e-2)


def test_two_similarities_in_a_row_are_one() -> None:
    grow = Similarity(2 + 0j, 1 + 2j)
    turn = Similarity(1j, 5 + 0j)
    both = grow.then(turn)
    np.testing.assert_allclose(both.apply(SQUARE), turn.apply(grow.apply(SQUARE)))
    # Grown to (2, 2), moved to (3, 4), turned to (-4, 3), moved to (1, 3).
    np.testing.assert_allclose(both.apply(np.ones((1, 2), np.float32)), [[1, 3]])


def test_a_similarity_of_scale_0_cannot_be_undone() -> None:
    with pytest.raises(ValueError, match="no inverse"):
        Similarity(0j, 1 + 1j).inverse()


def test_a_mirrored_square_is_not_answered_with_a_mirror_image() -> None:
    found = Similarity.fit(SQUARE, SQUARE[::-1].copy())
    assert np.linalg.det(found.matrix[:, :2]) >= 0


def test_one_point_only_has_no_similarity() -> None:
    with pytest.raises(ValueError, match="one point"):
        Similarity.fit(np.ones((3, 2), np.float32), SQUARE[:3])
