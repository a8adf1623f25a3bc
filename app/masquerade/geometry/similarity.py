"""Fits and applies similarities (scale, rotation, shift) between sets of points."""

import math

import numpy as np

from masquerade.values import FloatArray


def fit_similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """Return the similarity that lays `source` on `target` with the least squared error.

    A mirror image is never returned. In the plane the fit is linear: with the points as
    complex numbers it is one division, so no singular value decomposition is needed.

    Args:
        source: (N, 2) float32, N >= 2.
        target: (N, 2) float32.

    Returns:
        (2, 3) float32, to be applied by `transform_points`.

    Raises:
        ValueError: the shapes differ, or all points of `source` are one point.

    Source:
        Umeyama, "Least-squares estimation of transformation parameters between two
        point patterns" (1991), for two dimensions without reflection.
    """
    if source.shape != target.shape or source.ndim != 2 or source.shape[1] != 2:
        raise ValueError(f"wanted two arrays (N, 2), got {source.shape} and {target.shape}")
    # Plain numbers: for a handful of points numpy's calls cost three times the arithmetic.
    before, after = ([complex(x, y) for x, y in points.tolist()] for points in (source, target))
    before_middle, after_middle = sum(before) / len(before), sum(after) / len(after)
    together, spread = 0j, 0.0
    for old, new in zip(before, after, strict=True):
        arm = old - before_middle
        together += arm.conjugate() * (new - after_middle)
        spread += arm.real * arm.real + arm.imag * arm.imag
    if spread <= 1e-12:
        raise ValueError("the source points are all one point: no similarity fits")
    factor = together / spread
    shift = after_middle - factor * before_middle
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]], np.float32)


def invert_similarity(matrix: FloatArray) -> FloatArray:
    """Return the (2, 3) float32 map that undoes `matrix` (2, 3).

    Raises:
        ValueError: the map has the scale 0.
    """
    (a, b, x), (c, d, y) = matrix.tolist()
    squared_scale = a * a + b * b
    if squared_scale <= 1e-18:
        raise ValueError("a similarity of scale 0 has no inverse")
    a, b, c, d = a / squared_scale, c / squared_scale, b / squared_scale, d / squared_scale
    return np.array([[a, b, -a * x - b * y], [c, d, -c * x - d * y]], np.float32)


def transform_points(matrix: FloatArray, points: FloatArray) -> FloatArray:
    """Apply the affine map `matrix` (2, 3) to `points` (N, 2); returns (N, 2) float32."""
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def as_complex(matrix: FloatArray) -> tuple[complex, complex]:
    """Return the similarity `matrix` (2, 3) as factor and shift: z = x + iy goes to factor * z + shift."""
    (a, _, x), (b, _, y) = matrix.tolist()
    return complex(a, b), complex(x, y)


def scale_of(matrix: FloatArray) -> float:
    """Return by how much the similarity `matrix` (2, 3) enlarges."""
    return math.hypot(matrix[0, 0], matrix[1, 0])
