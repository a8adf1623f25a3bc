"""Draw the face paint's mesh onto the contours of a face, where the landmarker has found them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from masquerade.contours import JAW, LEFT_BROW, LEFT_EYE, OUTER_LIP, RIGHT_BROW, RIGHT_EYE
from masquerade.filters.format.face_template import (
    LIP_BOTTOM,
    LIP_TOP,
    MOUTH_HALF,
    MOUTH_LINE,
    depth_of,
    landmark_draws,
    lattice,
)
from masquerade.geometry.contour_shape import LOWER_LIP_LINE, NOSTRILS, UPPER_LIP_LINE, model_contours
from masquerade.geometry.pose import project
from masquerade.values import FloatArray, Matrix, Pose

_FEATURES = (*RIGHT_BROW, *LEFT_BROW, *NOSTRILS, *RIGHT_EYE, *LEFT_EYE, *OUTER_LIP)
# A found contour draws the mesh along as far as this, in eye distances; and the share of it that is put down to noise.
_FEATURES_ALONG, _JAW_ALONG = 0.17, 0.34
_NOISE = 0.05
# Seen from the side, the outline of the jaw is not the line that it is from the front.
_JAW_TO_YAW = 35.0
# Steps between two points of a rounded ring.
_ROUND = 4


@dataclass(frozen=True, slots=True, eq=False)
class _Draws:
    """How much the contours' own offsets move the mesh.

    Attributes:
        indices: (n,) of the contour landmarks.
        places: (n, 3) float32, on the head model.
        by_landmarks: (n, 15) float32, how much the 15 landmarks' offsets move them.
        mesh: (V, n) float32, how much their own offsets move a vertex.
    """

    indices: tuple[int, ...]
    places: FloatArray
    by_landmarks: FloatArray
    mesh: FloatArray


def drawn_to_contours(xy: FloatArray, offsets: FloatArray, pose: Pose, contours: FloatArray) -> FloatArray:
    """Return the mesh (V, 2) drawn onto brows, nostrils, lids, outer lips and jaw.

    Args:
        xy: (V, 2), as the pose and the 15 landmarks lay it, pixels of the frame.
        offsets: (15, 2), how far the landmarks lie from where the pose shows them.
        pose: of the head.
        contours: (70, 2), pixels of the frame.
    """
    jaw_share = np.float32(max(0.0, 1.0 - abs(pose.yaw) / _JAW_TO_YAW))
    for draws, share in ((_feature_draws(), np.float32(1.0)), (_jaw_draws(), jaw_share)):
        expected = project(pose, draws.places) + draws.by_landmarks @ offsets
        xy = xy + share * (draws.mesh @ (contours[list(draws.indices)] - expected))
    return np.asarray(xy, np.float32)


def drawn_to_inner_lips(xy: FloatArray, contours: FloatArray) -> FloatArray:
    """Return the mesh (V, 2) with the inner edges of both lips on the contours, wherever they are."""
    shares = _inner_shares()
    moved = xy.copy()
    for names, row, share in (
        (UPPER_LIP_LINE, shares.upper_row, shares.upper),
        (LOWER_LIP_LINE, shares.lower_row, shares.lower),
    ):
        offsets = shares.along @ contours[list(names)] - xy[row]
        moved += share[:, None] * offsets[shares.column]
    return np.asarray(moved, np.float32)


def lips_opening(contours: FloatArray) -> float:
    """Return the pixels between the inner edges of the lips, where they are farthest apart."""
    upper, lower = contours[list(UPPER_LIP_LINE[2:5])], contours[list(LOWER_LIP_LINE[2:5])]
    return float(np.hypot(*(lower - upper).T).max())


def eye_rings(contours: FloatArray) -> tuple[Matrix, Matrix]:
    """Return the rounded outlines of both eyes between the lids, (n, 2) each, pixels of the frame."""
    right, left = (_rounded(contours[list(lids)].astype(np.float64)) for lids in (RIGHT_EYE, LEFT_EYE))
    return right, left


def _rounded(ring: Matrix) -> Matrix:
    """Return a closed ring (n, 2) with round arcs between its points; the corners, its points 0 and 3, stay sharp."""
    halves = (ring[:4], np.concatenate([ring[3:], ring[:1]]))
    return np.concatenate([_arc(half)[:-1] for half in halves])


def _arc(points: Matrix) -> Matrix:
    """Return a curve through points (n, 2).

    Source:
        Catmull, Rom, "A class of local interpolating splines" (1974).
    """
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    steps = np.arange(_ROUND)[:, None] / _ROUND
    pieces = []
    for first, start, end, last in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        slope, bend = (end - first) / 2, (last - start) / 2
        pieces.append(
            start
            + slope * steps
            + (3 * (end - start) - 2 * slope - bend) * steps**2
            + (2 * (start - end) + slope + bend) * steps**3
        )
    return np.concatenate([*pieces, points[-1:]])


@cache
def _feature_draws() -> _Draws:
    return _draws_of(_FEATURES, _FEATURES_ALONG)


@cache
def _jaw_draws() -> _Draws:
    return _draws_of(JAW, _JAW_ALONG)


def _draws_of(indices: tuple[int, ...], along: float) -> _Draws:
    flat = model_contours()[list(indices)].astype(np.float64)
    mesh = lattice().places[:, :2].astype(np.float64)
    among = _bell(flat, flat, along) + _NOISE * np.eye(len(flat))
    return _Draws(
        indices=indices,
        places=np.asarray(np.column_stack([flat, depth_of(flat)]), np.float32),
        by_landmarks=np.asarray(landmark_draws(flat), np.float32),
        mesh=np.asarray(np.linalg.solve(among, _bell(flat, mesh, along)).T, np.float32),
    )


def _bell(sources: Matrix, targets: Matrix, along: float) -> Matrix:
    squares = ((sources[:, None] - targets[None]) ** 2).sum(axis=2)
    return np.asarray(np.exp(-squares / (2 * along**2)))


@dataclass(frozen=True, slots=True, eq=False)
class _InnerShares:
    """How the inner edges of the lips move the mesh.

    Attributes:
        along: (c, 7) float32, from a line's seven points to the columns between the mouth's corners.
        upper_row, lower_row: (c,) indices of the vertices on the line between the lips.
        upper, lower: (V,) float32, how much a vertex goes with an edge: 1 on it, 0 on the lips' outer edges and
            beyond their corners.
        column: (V,) of which of the columns a vertex is.
    """

    along: FloatArray
    upper_row: NDArray[np.intp]
    lower_row: NDArray[np.intp]
    upper: FloatArray
    lower: FloatArray
    column: NDArray[np.intp]


@cache
def _inner_shares() -> _InnerShares:
    base = lattice()
    x, y = base.places[:, 0], base.places[:, 1]
    middle_row = base.middle // base.columns
    inner = np.flatnonzero(np.abs(x[: base.columns]) < MOUTH_HALF + 1e-6)
    row = np.arange(len(x)) // base.columns
    above = np.clip((y - LIP_TOP) / (MOUTH_LINE - LIP_TOP), 0.0, 1.0) * (row <= middle_row)
    below = np.clip((LIP_BOTTOM - y) / (LIP_BOTTOM - MOUTH_LINE), 0.0, 1.0) * (row > middle_row)
    between = np.abs(x) < MOUTH_HALF + 1e-6
    points_x = model_contours()[list(UPPER_LIP_LINE), 0]
    along = np.stack([np.interp(x[inner], points_x, unit) for unit in np.eye(len(points_x))], 1)
    return _InnerShares(
        along=np.asarray(along, np.float32),
        upper_row=middle_row * base.columns + inner,
        lower_row=(middle_row + 1) * base.columns + inner,
        upper=np.asarray(above * between, np.float32),
        lower=np.asarray(below * between, np.float32),
        column=np.clip(np.arange(len(x)) % base.columns - inner[0], 0, len(inner) - 1),
    )
