"""Measure the direction of light on a face, by how bright its skin is towards left, right, up and down."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.format.face_template import lattice
from masquerade.geometry.pose import pose_of, project
from masquerade.values import ByteArray, Face, FloatArray

# Where skin is mostly bare on people with beards, too: forehead, cheeks, the bridge of the nose; from, to on the
# person's left half, x, y of the head model.
_BARE = (((0.0, -0.75), (0.72, -0.42)), ((0.36, 0.28), (1.0, 0.72)), ((0.0, 0.05), (0.2, 0.45)))
_MIN_FACING = 0.3
_MIN_SAMPLES = 24
# Little noise is believed to be no light: as much as if this many samples had said so.
_RIDGE = 4.0
# Residuals beyond this, as a logarithm, are hair or a glint and count less.
_OUTLIER = 0.25
_DARK = 6.0
# Eye distances between the five pixels of one sample.
_APART = 0.03
# Faces in even light are this much brighter where they turn up, and seem to be lit by so much from anywhere.
_USUAL_DOWN, _DEAD = -0.12, 0.18
_MAX = 1.2
# A dark brow is a fringe more often than a lamp on the floor.
_FROM_BELOW = 0.35


# Right and down in the image, as logarithms of brightness.
Direction = tuple[float, float]
EVEN: Direction = (0.0, 0.0)

# A head that turns passes through shadows of its own: the mean forgets them slowly. What is shown goes to the mean,
# and stays where it is until the mean is off by more than noise is.
_MEAN_SECONDS, _FOLLOW_SECONDS, _HYSTERESIS = 0.6, 0.3, 0.09


@dataclass(frozen=True, slots=True)
class SteadyDirection:
    """The direction of the light on one face, followed over time.

    Attributes:
        mean: of what was measured.
        goal: what `shown` moves to.
        shown: what art is shaded by.
    """

    mean: Direction = EVEN
    goal: Direction = EVEN
    shown: Direction = EVEN

    def follow(self, found: Direction, seconds: float) -> "SteadyDirection":
        """Return the direction after `seconds`, with `found` as the newest measurement."""
        mean = _towards(self.mean, found, seconds / (seconds + _MEAN_SECONDS))
        off = max(abs(mean[0] - self.goal[0]), abs(mean[1] - self.goal[1]))
        goal = mean if off > _HYSTERESIS else self.goal
        shown = _towards(self.shown, goal, seconds / (seconds + _FOLLOW_SECONDS))
        return SteadyDirection(mean, goal, shown)


def _towards(before: Direction, after: Direction, share: float) -> Direction:
    return before[0] + share * (after[0] - before[0]), before[1] + share * (after[1] - before[1])


def measure_direction(pixels: ByteArray, face: Face) -> tuple[float, float] | None:
    """Return how much brighter skin gets to the image's right, and downwards, as logarithms.

    Args:
        pixels: (H, W, 4) uint8 BGRA, unpainted.
        face: with a pose or without.

    Returns:
        (right, down), 0 for even light; None where too little of the face is seen.
    """
    pose = pose_of(face)
    base, chosen = lattice(), _bare_vertices()
    normals = base.normals[chosen] @ pose.rotation.T
    xy = np.round(project(pose, base.places[chosen])).astype(np.intp)
    inside = (xy >= 0).all(axis=1) & (xy < [pixels.shape[1], pixels.shape[0]]).all(axis=1)
    seen = inside & (-normals[:, 2] >= _MIN_FACING)
    if np.count_nonzero(seen) < _MIN_SAMPLES:
        return None
    right, down = _slopes(normals[seen, :2], np.log(_greys(pixels, xy[seen], pose.scale) + np.float32(_DARK)))
    down -= _USUAL_DOWN
    return _beyond(right, down * (_FROM_BELOW if down > 0.0 else 1.0))


def _greys(pixels: ByteArray, xy: NDArray[np.intp], scale: float) -> FloatArray:
    """Return the brightness (N,) at places (N, 2), as the mean of five pixels to reduce noise."""
    apart = max(1, round(_APART * scale))
    around = np.array([[0, 0], [-apart, 0], [apart, 0], [0, -apart], [0, apart]])
    x, y = (np.clip(xy[:, None, axis] + around[:, axis], 0, pixels.shape[1 - axis] - 1) for axis in (0, 1))
    greys = as_bytes(cv2.cvtColor(np.ascontiguousarray(pixels[y, x]), cv2.COLOR_BGRA2GRAY))
    return np.asarray(greys.mean(axis=1), np.float32)


def _slopes(directions: FloatArray, brightness: FloatArray) -> tuple[float, float]:
    """Return the slope of the brightness in both directions, ignoring outliers."""
    weights = np.ones(len(brightness), np.float32)
    columns = np.column_stack([np.ones_like(weights), directions]).astype(np.float64)
    ridge = np.diag([0.0, _RIDGE, _RIDGE]) * 0.1
    fitted: NDArray[np.float64] = np.zeros(3)
    for _ in range(3):
        weighted = columns * weights[:, None]
        fitted = np.asarray(np.linalg.solve(weighted.T @ columns + ridge, weighted.T @ brightness), np.float64)
        off = np.abs(brightness - columns @ fitted)
        weights = np.asarray(_OUTLIER / np.maximum(off, _OUTLIER), np.float32)
    return float(fitted[1]), float(fitted[2])


def _beyond(right: float, down: float) -> tuple[float, float]:
    """Return the direction minus what is measured in even light."""
    length = float(np.hypot(right, down))
    share = max(0.0, min(length, _MAX + _DEAD) - _DEAD) / max(length, 1e-6)
    return share * right, share * down


@cache
def _bare_vertices() -> NDArray[np.intp]:
    """Return indices into the lattice."""
    x, y = np.abs(lattice().places[:, 0]), lattice().places[:, 1]
    bare = np.zeros(len(x), bool)
    for (left, top), (right, bottom) in _BARE:
        bare |= (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    return np.flatnonzero(bare)
