"""Tests the fit, the inverse and the use of similarities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masquerade.geometry.similarity import as_complex, fit_similarity, invert_similarity, scale_of, transform_points

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], np.float32)


def similarity(scale: float, angle: float, x: float, y: float) -> np.ndarray:
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[cosine, -sine, x], [sine, cosine, y]], np.float32)


@given(st.floats(0.05, 20), st.floats(-3.1, 3.1), st.floats(-500, 500), st.floats(-500, 500))
def test_a_similarity_is_found_again_and_undone(scale: float, angle: float, x: float, y: float) -> None:
    matrix = similarity(scale, angle, x, y)
    moved = transform_points(matrix, SQUARE)
    np.testing.assert_allclose(fit_similarity(SQUARE, moved), matrix, atol=1e-3, rtol=1e-4)
    np.testing.assert_allclose(transform_points(invert_similarity(matrix), moved), SQUARE, atol=0.02)
    assert scale_of(matrix) == pytest.approx(scale, rel=1e-5)
    factor, shift = as_complex(matrix)
    by_complex = [factor * complex(x, y) + shift for x, y in SQUARE.tolist()]
    np.testing.assert_allclose([(z.real, z.imag) for z in by_complex], moved, atol=1e-3)


def test_a_mirrored_square_is_not_answered_with_a_mirror_image() -> None:
    matrix = fit_similarity(SQUARE, SQUARE[::-1].copy())
    assert np.linalg.det(matrix[:, :2]) >= 0


def test_one_point_only_has_no_similarity() -> None:
    with pytest.raises(ValueError, match="one point"):
        fit_similarity(np.ones((3, 2), np.float32), SQUARE[:3])
