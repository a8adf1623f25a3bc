"""Bends a plane by local swellings and shifts: smooth, without folds, and without any trace outside."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.filters.layers import WarpMove
from app.filters.placement import Matrix
from app.geometry.head import HEAD_POINTS
from app.geometry.pose import fit_pose, project
from app.values import POINT_INDEX, Face, FloatArray

# A turned face is seen narrower, and so are its moves, but never thinner than this.
_THINNEST = 0.4
# Nodes of the map for one eye distance: between them the field is a straight line, which at
# this density is off by less than a hundredth of the eye distance.
_NODES = 14.0
_CELL_LEAST, _CELL_MOST = 2, 24
_NEWTON_STEPS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """One move as it lies in the picture.

    Inside its ellipse, places are pulled by (1 - r^2)^2 of the full amount, r being the
    distance from the middle: value and slope reach 0 at r = 1.

    Attributes:
        centre_xy: (2,), pixels of the frame.
        axes: (2, 2); the ellipse is `centre_xy + axes @ (cos t, sin t)`.
        swelling: (2,), along the head's x and y; 0 keeps the size, 0.5 doubles it.
        shift: (2,), in units of the ellipse's own axes.
    """

    centre_xy: Matrix
    axes: Matrix
    swelling: Matrix
    shift: Matrix

    def box(self) -> Matrix:
        """Returns (left, top, right, bottom), pixels of the frame."""
        half = np.sqrt((self.axes**2).sum(axis=1))
        return np.concatenate([self.centre_xy - half, self.centre_xy + half])


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Where each place of a box of the picture takes its colour from, on a coarse grid.

    Node (0, 0) lies at `left + (cell - 1) / 2` and so on, in the middle of its cell.

    Attributes:
        offsets: (rows, columns, 2) float32, pixels from a place to its source.
        left, top: of the grid's first cell, pixels of the frame; may be outside of it.
        cell: side of a cell, pixels.
    """

    offsets: FloatArray
    left: int
    top: int
    cell: int


def bends_of(moves: tuple[WarpMove, ...], face: Face, amount: float) -> tuple[Bend, ...]:
    """Lays the moves on a face, as strong as `amount` (0 to 1) says."""
    pose = face.pose or fit_pose(face.keypoints.points)
    plane = pose.scale * _thick(pose.rotation[:2, :2].astype(np.float64))
    bends = []
    for move in moves:
        if move.at in POINT_INDEX:
            place_xy = face.keypoints.points[POINT_INDEX[move.at]].astype(np.float64)
        else:
            place_xy = project(pose, np.array([HEAD_POINTS[move.at]], np.float32))[0].astype(np.float64)
        radius = np.array(move.radius)
        size = 1.0 + (np.array(move.size) - 1.0) * amount
        shift = np.array(move.shift) / radius * amount
        bends.append(Bend(place_xy + plane @ move.offset, plane * radius, 1.0 - 1.0 / size, shift))
    return tuple(bends)


def field_of(bends: tuple[Bend, ...], scale: float, size_wh: tuple[int, int]) -> Field | None:
    """Returns the field of all bends, one after another; None where none reaches into the picture.

    Args:
        bends: at least one.
        scale: pixels of one eye distance.
        size_wh: of the picture.
    """
    boxes = np.array([bend.box() for bend in bends])
    left, top = np.maximum(np.floor(boxes[:, :2].min(axis=0)), 0.0)
    right, bottom = np.minimum(np.ceil(boxes[:, 2:].max(axis=0)) + 1.0, size_wh)
    if not (right > left and bottom > top):
        return None
    cell = int(min(max(scale / _NODES, _CELL_LEAST), _CELL_MOST))
    # A cell more on each side: between the outermost nodes and the edge nothing is known.
    first_x, first_y = int(left) - cell, int(top) - cell
    columns, rows = int(right - left) // cell + 3, int(bottom - top) // cell + 3
    middle = (cell - 1) / 2
    x = np.asarray(first_x + middle + cell * np.arange(columns), np.float32)
    y = np.asarray(first_y + middle + cell * np.arange(rows), np.float32)
    node_x, node_y = np.meshgrid(x, y)
    source_x, source_y = node_x, node_y
    for bend in reversed(bends):
        source_x, source_y = _source(bend, source_x, source_y)
    return Field(np.dstack([source_x - node_x, source_y - node_y]), first_x, first_y, cell)


def move_points(field: Field, points: FloatArray) -> FloatArray:
    """Returns where points (N, 2) of the unbent picture are seen in the bent one, (N, 2) float32.

    The field tells sources, so this is its inverse, found by Newton's method on the field
    just as it is painted.
    """
    step = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], np.float32) * field.cell
    moved = points.astype(np.float32)
    for _ in range(_NEWTON_STEPS):
        # (3, N, 2): here, a cell to the right, a cell down.
        offsets = _sample(field, moved[None] + step[:, None])
        error = moved + offsets[0] - points
        across, down = (offsets[1:] - offsets[0]) / field.cell
        xx, yy, xy, yx = 1.0 + across[:, 0], 1.0 + down[:, 1], down[:, 0], across[:, 1]
        # The field has no folds; the bound keeps a coarse grid's seeming ones from throwing points away.
        size = np.maximum(xx * yy - xy * yx, 0.1)
        moved = (
            moved
            - np.stack([yy * error[:, 0] - xy * error[:, 1], xx * error[:, 1] - yx * error[:, 0]], 1) / size[:, None]
        )
    return np.asarray(moved, np.float32)


def _sample(field: Field, points: FloatArray) -> FloatArray:
    """(3, N, 2) -> (3, N, 2) offsets; 0 outside."""
    corner = np.array([field.left, field.top], np.float32) + np.float32((field.cell - 1) / 2)
    nodes = (points - corner) / np.float32(field.cell)
    x, y = np.ascontiguousarray(nodes[..., 0]), np.ascontiguousarray(nodes[..., 1])
    return np.asarray(cv2.remap(field.offsets, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.float32)


def _source(bend: Bend, x: NDArray[np.float32], y: NDArray[np.float32]) -> tuple[FloatArray, FloatArray]:
    """Where places take their colour from under one bend: the shift is undone, then the swelling."""
    to_unit = np.linalg.inv(bend.axes).astype(np.float32)
    dx, dy = x - np.float32(bend.centre_xy[0]), y - np.float32(bend.centre_xy[1])
    u = to_unit[0, 0] * dx + to_unit[0, 1] * dy
    v = to_unit[1, 0] * dx + to_unit[1, 1] * dy
    du, dv = np.zeros_like(u), np.zeros_like(v)
    if bend.shift.any():
        pull = _kernel(u, v)
        du, dv = -np.float32(bend.shift[0]) * pull, -np.float32(bend.shift[1]) * pull
    if bend.swelling.any():
        pull = _kernel(u + du, v + dv)
        du, dv = (
            du - np.float32(bend.swelling[0]) * pull * (u + du),
            dv - np.float32(bend.swelling[1]) * pull * (v + dv),
        )
    axes = bend.axes.astype(np.float32)
    return x + axes[0, 0] * du + axes[0, 1] * dv, y + axes[1, 0] * du + axes[1, 1] * dv


def _kernel(u: FloatArray, v: FloatArray) -> FloatArray:
    inside = np.maximum(np.float32(1.0) - u * u - v * v, np.float32(0.0))
    return np.asarray(inside * inside)


def _thick(plane: Matrix) -> Matrix:
    """The plane's map with neither direction squeezed below `_THINNEST`."""
    left, squeezes, right = np.linalg.svd(plane)
    return np.asarray((left * np.maximum(squeezes, _THINNEST)) @ right)
