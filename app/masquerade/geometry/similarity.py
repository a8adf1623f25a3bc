"""Holds the similarity (scale, rotation, shift) between two sets of points: Similarity."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from masquerade.values import FloatArray


@dataclass(frozen=True, slots=True)
class Similarity:
    """A map of the plane that keeps shapes: z = x + iy goes to factor * z + shift.

    Attributes:
        factor: scale and rotation.
        shift: where the origin goes.
    """

    factor: complex
    shift: complex

    @classmethod
    def fit(cls, source: FloatArray, target: FloatArray) -> Self:
        """Return the similarity that maps `source` to `target` with the least squared error.

        A mirror image is never returned. In the plane the fit is linear: with the points as
        complex numbers it is one division, so no singular value decomposition is needed.

        Args:
            source: (N, 2) float32, N >= 2.
            target: (N, 2) float32.

        Raises:
            ValueError: the shapes differ, or all points of `source` are one point.

        Source:
            Umeyama, "Least-squares estimation of transformation parameters between two
            point patterns" (1991), for two dimensions without reflection.
        """
        if source.shape != target.shape or source.ndim != 2 or source.shape[1] != 2:
            raise ValueError(f"expected two arrays (N, 2), got {source.shape} and {target.shape}")
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
        return cls(factor, after_middle - factor * before_middle)

    @classmethod
    def from_matrix(cls, matrix: FloatArray) -> Self:
        """Return the similarity of a `matrix` (2, 3)."""
        (a, _, x), (b, _, y) = matrix.tolist()
        return cls(complex(a, b), complex(x, y))

    @property
    def matrix(self) -> FloatArray:
        """(2, 3) float32, as OpenCV takes it."""
        a, b = self.factor.real, self.factor.imag
        return np.array([[a, -b, self.shift.real], [b, a, self.shift.imag]], np.float32)

    @property
    def scale(self) -> float:
        """How many times larger things become."""
        return abs(self.factor)

    def apply(self, points: FloatArray) -> FloatArray:
        """Return the mapped `points` (N, 2), float32."""
        return transform_points(self.matrix, points)

    def inverse(self) -> Self:
        """Return the similarity that undoes this one.

        Raises:
            ValueError: the scale is 0.
        """
        if abs(self.factor) <= 1e-9:
            raise ValueError("a similarity of scale 0 has no inverse")
        return type(self)(1 / self.factor, -self.shift / self.factor)

    def then(self, after: "Similarity") -> Self:
        """Return this similarity followed by `after`."""
        return type(self)(after.factor * self.factor, after.factor * self.shift + after.shift)


def transform_points(matrix: FloatArray, points: FloatArray) -> FloatArray:
    """Apply an affine map `matrix` (2, 3), which need not be a similarity, to points (N, 2); return (N, 2) float32."""
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
