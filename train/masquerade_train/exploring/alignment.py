"""Aligns all faces of a data set, so that their shapes can be compared."""

from dataclasses import dataclass

import numpy as np
from masquerade.values import FloatArray
from numpy.typing import NDArray

_ROUNDS = 8
# Shares of the face's extent. A landmark further off than a few of these hardly pulls at its face.
_TOLERANCE = 0.06
_NOTHING = complex(np.nan, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """N faces in one frame: the mean shape about (0, 0), upright, its larger extent 1.

    Attributes:
        mean: (K, 2) float32; NaN for a landmark that no face has marked.
        landmarks: (N, K, 2) float32 in that frame; NaN = not marked, or a face that cannot be laid
            on the mean (fewer than three landmarks, or all at one place).
        matrices: (N, 2, 3) float32, pixels of the image to that frame; NaN as above.
    """

    mean: FloatArray
    landmarks: FloatArray
    matrices: FloatArray

    @property
    def usable(self) -> NDArray[np.bool_]:
        """(N,) True for the faces that could be laid on the mean."""
        return np.asarray(np.isfinite(self.matrices).all(axis=(1, 2)), np.bool_)

    @property
    def roll_degrees(self) -> FloatArray:
        """(N,) how far the face is turned against the image's upright, clockwise; NaN = not usable."""
        return np.rad2deg(np.arctan2(-self.matrices[:, 1, 0], self.matrices[:, 0, 0])).astype(np.float32)

    @property
    def extents(self) -> FloatArray:
        """(N,) extent of the face in pixels of its image; NaN = not usable."""
        return (1 / np.hypot(self.matrices[:, 0, 0], self.matrices[:, 1, 0])).astype(np.float32)


def align(landmarks: FloatArray) -> Alignment:
    """Find the mean shape and align each face by the similarity that fits most of its landmarks.

    A single point at a wrong place hardly moves its face: landmarks are weighted by how well
    they fit, again and again.

    Args:
        landmarks: (N, K, 2) float32, pixels; NaN = not marked.
    """
    places = landmarks[..., 0] + 1j * landmarks[..., 1].astype(np.float64)
    marked = np.isfinite(places)
    weights = (marked & _can_be_laid(places, marked)[:, None]).astype(np.float64)
    places = np.where(marked, places, 0)
    mean = _first_mean(places, weights)
    for _ in range(_ROUNDS):
        turn, shift = _fit(places, weights, mean)
        laid = turn[:, None] * places + shift[:, None]
        mean = _normal(_weighted_mean(laid, weights))
        error = np.abs(laid - mean) / _TOLERANCE
        weights = np.where(weights > 0, np.maximum(1 / (1 + error**2) ** 2, 1e-9), 0)
    turn, shift = _fit(places, weights, mean)
    laid = np.where(weights > 0, turn[:, None] * places + shift[:, None], _NOTHING)
    matrices = np.stack(
        [np.stack([turn.real, -turn.imag, shift.real], -1), np.stack([turn.imag, turn.real, shift.imag], -1)], axis=1
    )
    return Alignment(_pairs(mean), _pairs(laid), matrices.astype(np.float32))


def _can_be_laid(places: NDArray[np.complex128], marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (N,) True where three landmarks or more are marked and do not lie at one place."""
    count = marked.sum(axis=1)
    kept = np.where(marked, places, 0)
    middle = kept.sum(axis=1) / np.maximum(count, 1)
    reach = np.where(marked, np.abs(kept - middle[:, None]), 0).max(axis=1, initial=0)
    return np.asarray((count >= 3) & (reach > 1), np.bool_)


def _first_mean(places: NDArray[np.complex128], weights: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Return the mean of the faces moved to one place and size, not turned; those with most landmarks alone."""
    count = (weights > 0).sum(axis=1)
    fullest = np.flatnonzero((count == count.max(initial=0)) & (count > 0))
    if not len(fullest):
        return np.full(places.shape[1], _NOTHING)
    chosen, used = places[fullest], weights[fullest] > 0
    middle = np.nanmean(np.where(used, chosen, np.nan), axis=1, keepdims=True)
    reach = np.sqrt(np.nanmean(np.where(used, np.abs(chosen - middle) ** 2, np.nan), axis=1, keepdims=True))
    return _normal(_weighted_mean((chosen - middle) / reach, used.astype(np.float64)))


def _weighted_mean(laid: NDArray[np.complex128], weights: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Return (K,) NaN for a landmark without weight."""
    total = weights.sum(axis=0)
    sums = (weights * np.where(weights > 0, laid, 0)).sum(axis=0)
    return np.where(total > 0, sums / np.where(total > 0, total, 1), _NOTHING)


def _normal(mean: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Centre the shape on 0 and make its larger extent 1."""
    known = mean[np.isfinite(mean)]
    if not len(known):
        return mean
    extent = max(np.ptp(known.real), np.ptp(known.imag), 1e-9)
    middle = complex(known.real.min() + known.real.max(), known.imag.min() + known.imag.max()) / 2
    return (mean - middle) / extent


def _fit(
    places: NDArray[np.complex128], weights: NDArray[np.float64], mean: NDArray[np.complex128]
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Return the factor and the shift (N,) that lay each face on the mean; NaN where there is nothing to lay.

    With landmarks as complex numbers a similarity is one factor and one sum.
    """
    used = np.where(np.isfinite(mean), weights, 0)
    total = used.sum(axis=1)
    target = np.where(np.isfinite(mean), mean, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        before = (used * places).sum(axis=1) / total
        after = (used * target).sum(axis=1) / total
        arms = places - before[:, None]
        turn = (used * arms.conj() * (target - after[:, None])).sum(axis=1) / (used * np.abs(arms) ** 2).sum(axis=1)
        return turn, after - turn * before


def _pairs(places: NDArray[np.complex128]) -> FloatArray:
    """Complex numbers (...) -> (..., 2) float32."""
    return np.stack([places.real, places.imag], axis=-1).astype(np.float32)
