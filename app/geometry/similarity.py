"""Fits and applies similarities (scale, rotation, shift) between sets of points."""

import numpy as np

from app.values import FloatArray


def fit_similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """Returns the similarity that lays `source` on `target` with the least squared error.

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
    source_mean = source.mean(axis=0, dtype=np.float64)
    target_mean = target.mean(axis=0, dtype=np.float64)
    (sx, sy), (tx, ty) = (source - source_mean).T, (target - target_mean).T
    spread = float(sx @ sx + sy @ sy)
    if spread <= 1e-12:
        raise ValueError("the source points are all one point: no similarity fits")
    cosine = float(sx @ tx + sy @ ty) / spread
    sine = float(sx @ ty - sy @ tx) / spread
    linear = np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([linear, target_mean - linear @ source_mean]).astype(np.float32)


def invert_similarity(matrix: FloatArray) -> FloatArray:
    """Returns the (2, 3) float32 map that undoes `matrix` (2, 3).

    Raises:
        ValueError: the map has the scale 0.
    """
    linear = matrix[:, :2].astype(np.float64)
    squared_scale = float(linear[0] @ linear[0])
    if squared_scale <= 1e-18:
        raise ValueError("a similarity of scale 0 has no inverse")
    inverse = linear.T / squared_scale
    return np.column_stack([inverse, -inverse @ matrix[:, 2]]).astype(np.float32)


def transform_points(matrix: FloatArray, points: FloatArray) -> FloatArray:
    """Applies the affine map `matrix` (2, 3) to `points` (N, 2); returns (N, 2) float32."""
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def scale_of(matrix: FloatArray) -> float:
    """Returns by how much the similarity `matrix` (2, 3) enlarges."""
    return float(np.hypot(matrix[0, 0], matrix[1, 0]))
