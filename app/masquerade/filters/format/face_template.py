"""Defines the template for face paint: its layout, its depth, and the lattice over it.

The template is 800 units wide and 960 high and shows the head model (geometry/head.py)
from the front, 250 units for one eye distance, the middle between the eyes at (400, 380).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from masquerade.geometry.head import HEAD_ANCHORS, model_landmarks
from masquerade.values import FloatArray, Matrix

TEMPLATE_WH = (800.0, 960.0)
# For one eye distance.
UNIT = 250.0
_MIDDLE = (400.0, 380.0)

LIP_TOP, LIP_BOTTOM = HEAD_ANCHORS["mouth_center_top_lip"][1], HEAD_ANCHORS["mouth_center_bottom_lip"][1]
MOUTH_HALF = HEAD_ANCHORS["mouth_left_corner"][0]
# The upper lip's share of both lips when they are closed.
UPPER_LIP = 0.36
MOUTH_LINE = LIP_TOP + UPPER_LIP * (LIP_BOTTOM - LIP_TOP)

# Places of the face's surface besides HEAD_ANCHORS, of the person's left half: x, y, z of the
# head model. Judged by eye on turned faces; the outermost ones only keep the rim steep.
_SURFACE = (
    (0.00, 0.29, -0.39),
    (0.19, 0.23, -0.16),
    (0.26, 0.55, -0.15),
    (0.00, 0.72, -0.30),
    (0.45, 0.78, -0.07),
    (0.00, 1.41, -0.08),
    (0.00, 1.70, -0.09),
    (0.40, 1.42, 0.10),
    (0.38, 1.77, 0.32),
    (0.72, 1.44, 0.59),
    (0.74, 1.06, 0.30),
    (0.98, 1.00, 0.90),
    (0.95, 0.30, 0.33),
    (1.12, 0.30, 0.85),
    (0.58, -0.68, -0.10),
    (0.96, -0.60, 0.36),
    (0.76, -1.05, 0.24),
    (0.48, -1.32, 0.16),
    (0.00, -1.45, 0.18),
    (1.25, 0.00, 1.20),
    (1.22, -0.60, 1.15),
    (1.18, 1.00, 1.40),
    (0.95, 1.50, 1.20),
    (0.52, 1.98, 0.75),
    (0.00, 2.12, 0.35),
    (0.95, -1.30, 0.85),
)
# Those of HEAD_ANCHORS that lie on the surface of the face as seen from the front.
_ON_SURFACE = ("nose_bridge", "forehead", "hair_line", "left_temple", "right_temple", "left_cheek", "right_cheek")
_DEPTH_SMOOTHING = 2e-4
# Rows down to the lips: closer where the surface is bent, and right on eyes and nose tip.
_ROWS_ABOVE = (-1.45, -1.24, -1.04, -0.84, -0.64, -0.45, -0.27, -0.13, 0.0, 0.13, 0.27, 0.40, 0.536, 0.64, 0.74, 0.84)
# Each found point draws the lattice along as far as this, in eye distances; and the share of
# it that is put down to noise.
_DRAWS_ALONG = 0.45
_NOISE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """The mesh for face paint: rows from the forehead down, columns to the image's right.

    The line between the lips is there twice, one row for the upper and one for the lower
    lip. All arrays are shared and read-only.

    Attributes:
        rows, columns: how many vertices.
        places: (V, 3) float32, on the head model.
        normals: (V, 3) float32, of the surface, towards the camera.
        template: (V, 2) float32, in units of the template.
        draws: (V, 15) float32, how much each face point's own offset moves a vertex.
        upper, lower: (V,) float32, how much a vertex goes with the inner edge of a lip.
        rim: (n,) indices of the mouth's inner edge, all the way round.
        middle: index of the mouth line's middle.
    """

    rows: int
    columns: int
    places: FloatArray
    normals: FloatArray
    template: FloatArray
    draws: FloatArray
    upper: FloatArray
    lower: FloatArray
    rim: tuple[int, ...]
    middle: int


def to_template(places: Matrix) -> Matrix:
    """Return where places of the head model (N, 2 or 3) lie in the template, (N, 2)."""
    return np.asarray(places[:, :2] * UNIT + np.array(_MIDDLE))


@cache
def lattice() -> Lattice:
    """Return the lattice, built once."""
    x = MOUTH_HALF / 3 * np.arange(-9, 10)
    upper_lip, lower_lip = np.linspace(LIP_TOP, MOUTH_LINE, 3), np.linspace(MOUTH_LINE, LIP_BOTTOM, 3)
    above, below = np.array(_ROWS_ABOVE), np.linspace(1.35, 2.08, 7)
    y = np.concatenate([above, upper_lip, lower_lip, below])
    upper_row = len(above) + len(upper_lip) - 1
    grid_x, grid_y = np.meshgrid(x, y)
    flat = np.column_stack([grid_x.ravel(), grid_y.ravel()])
    depth, slope = _depth(flat)
    normals = np.column_stack([slope, -np.ones(len(flat))])
    columns = len(x)
    inner = [column for column in range(columns) if abs(x[column]) < MOUTH_HALF + 1e-6]
    rim = [upper_row * columns + column for column in inner]
    rim += [(upper_row + 1) * columns + column for column in inner[-2:0:-1]]
    is_lower = np.repeat(np.arange(len(y)) > upper_row, columns)
    upper, lower = _lip_shares(flat, is_lower)
    return Lattice(
        rows=len(y),
        columns=columns,
        places=_frozen(np.column_stack([flat, depth])),
        normals=_frozen(normals / np.linalg.norm(normals, axis=1, keepdims=True)),
        template=_frozen(to_template(flat)),
        draws=_frozen(landmark_draws(flat)),
        upper=_frozen(upper),
        lower=_frozen(lower),
        rim=tuple(rim),
        middle=upper_row * columns + columns // 2,
    )


def _lip_shares(flat: Matrix, is_lower: NDArray[np.bool_]) -> tuple[Matrix, Matrix]:
    """Return (V,), (V,): 1 in the middle of a lip's inner edge, 0 at the mouth's corners and the lips' outer edges."""
    across = np.maximum(1.0 - (flat[:, 0] / MOUTH_HALF) ** 2, 0.0)
    above = np.clip((flat[:, 1] - LIP_TOP) / (MOUTH_LINE - LIP_TOP), 0.0, 1.0)
    below = np.clip((LIP_BOTTOM - flat[:, 1]) / (LIP_BOTTOM - MOUTH_LINE), 0.0, 1.0)
    return np.where(is_lower, 0.0, across * above), np.where(is_lower, across * below, 0.0)


def landmark_draws(flat: Matrix) -> Matrix:
    """Return (N, 15) for places (N, 2) of the face seen from the front: how far the 15 points' offsets move them.

    It is a smooth field through these offsets, which fades away from them.
    """
    points = model_landmarks()[:, :2].astype(np.float64)
    among = _bell(points, points) + _NOISE * np.eye(len(points))
    return np.asarray(np.linalg.solve(among, _bell(points, flat)).T)


def depth_of(flat: Matrix) -> Matrix:
    """Return (N,), the depth of the face's surface at places (N, 2) seen from the front, in the head model's unit."""
    return _depth(flat)[0]


def _bell(sources: Matrix, targets: Matrix) -> Matrix:
    squares = ((sources[:, None] - targets[None]) ** 2).sum(axis=2)
    return np.asarray(np.exp(-squares / (2 * _DRAWS_ALONG**2)))


def _depth(flat: Matrix) -> tuple[Matrix, Matrix]:
    """Return (V,) z and (V, 2) its slope along x and y: a thin plate laid through the places of the surface."""
    half = np.array(_SURFACE)
    mirrored = half[half[:, 0] > 0] * [-1.0, 1.0, 1.0]
    known = np.vstack([model_landmarks(), [HEAD_ANCHORS[name] for name in _ON_SURFACE], half, mirrored]).astype(
        np.float64
    )
    places, depth = known[:, :2], known[:, 2]
    count = len(known)
    plane = np.column_stack([np.ones(count), places])
    squares = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    system = np.block([[_plate(squares) + _DEPTH_SMOOTHING * np.eye(count), plane], [plane.T, np.zeros((3, 3))]])
    solved = np.linalg.solve(system, np.concatenate([depth, np.zeros(3)]))
    weights, tilt = solved[:count], solved[count:]
    apart = flat[:, None] - places[None]
    squares = (apart**2).sum(axis=2)
    z = _plate(squares) @ weights + tilt[0] + flat @ tilt[1:]
    steep = (np.log(np.maximum(squares, 1e-12)) + 1.0) * weights
    return z, np.einsum("vn,vnk->vk", steep, apart) + tilt[1:]


def _plate(squares: Matrix) -> Matrix:
    """r^2 log r, from r^2."""
    return np.asarray(0.5 * squares * np.log(np.maximum(squares, 1e-12)))


def _frozen(array: Matrix) -> FloatArray:
    copy: FloatArray = np.ascontiguousarray(array, np.float32)
    copy.flags.writeable = False
    return copy
