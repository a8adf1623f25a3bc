"""Bend a plane by local swellings and shifts: smooth, without folds, and without any trace outside of the face."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from masquerade.filters.compositing.outline import Ellipsoid, Outline, outline_of
from masquerade.filters.format.layers import WarpMove
from masquerade.geometry.head import HEAD_ANCHORS
from masquerade.geometry.pose import project
from masquerade.values import LANDMARK_INDEX, Face, FloatArray, Matrix, Pose

# A turned face is seen narrower, and so are its moves, but never thinner than this.
_THINNEST = 0.4
# Nodes of the map for one eye distance: between them the field is a straight line, which at
# this density is off by less than a hundredth of the eye distance.
_NODES = 14.0
_MIN_CELL = 2
_NEWTON_STEPS = 5
# The maximum of r (1 - r^2)^2.
_SWELLING = 0.29
# The skin from the hair line to the chin, seen from every side. Up to its outline a move of the face is whole.
_FACE = Ellipsoid((0.0, 0.42, 0.45), (1.0, 1.5, 0.95))
# Beyond the outline it fades within this many eye distances, or so many times the length that it moves places by, and
# so many times more the nearer that comes to its radius: within less the image would fold.
_MIN_FADE, _FADE, _STEEP_FADE = 0.25, 1.8, 2.9


@dataclass(frozen=True, slots=True, eq=False)
class Bends:
    """The moves of a layer as they lie in the image, one after another.

    Inside its ellipse, a move pulls places by (1 - r^2)^2 of the full amount, r being the
    distance from the middle: value and slope reach 0 at r = 1.

    Attributes:
        centres_xy: (M, 2), pixels of the frame.
        axes: (M, 2, 2); an ellipse is `centre_xy + axes @ (cos t, sin t)`.
        swellings: (M, 2), along the head's x and y; 0 keeps the size, 0.5 doubles it.
        shifts: (M, 2), in units of the ellipse's own axes.
        face: the outline of the face.
        confined: (M,), True for moves of places of the face: they fade just outside of it, so that hair, collar and
            what is behind stay where they are.
        scale: pixels of one eye distance.
    """

    centres_xy: Matrix
    axes: Matrix
    swellings: Matrix
    shifts: Matrix
    face: Outline
    confined: NDArray[np.bool_]
    scale: float

    def boxes(self) -> Matrix:
        """Return (M, 4): left, top, right, bottom, pixels of the frame."""
        half = np.sqrt((self.axes**2).sum(axis=2))
        return np.hstack([self.centres_xy - half, self.centres_xy + half])

    def moves_most(self) -> Matrix:
        """Return (M,) lengths that no place is moved by more than, pixels."""
        units = np.abs(self.shifts).max(axis=1) + _SWELLING * np.abs(self.swellings).max(axis=1)
        return np.asarray(2.0 * units * np.abs(self.axes).max(axis=(1, 2)))

    def fades(self) -> Matrix:
        """Return (M,) over how many eye distances outside of the face each move fades; infinite: it does not."""
        shifted = np.linalg.norm(np.einsum("mij,mj->mi", self.axes, self.shifts), axis=1)
        radii = np.linalg.norm(self.axes, axis=1)
        moved = shifted + _SWELLING * (radii * np.abs(self.swellings)).max(axis=1)
        fade = np.maximum(moved * (_FADE + _STEEP_FADE * moved / radii.min(axis=1)) / self.scale, _MIN_FADE)
        return np.where(self.confined, fade, np.inf)


class Moves:
    """The moves of a layer as arrays, to be laid on many faces; never changed."""

    def __init__(self, moves: tuple[WarpMove, ...]) -> None:
        self._observed = np.array([LANDMARK_INDEX.get(move.at, -1) for move in moves])
        self._places = np.array([HEAD_ANCHORS[move.at] for move in moves], np.float32)
        front = self._places[:, :2] - np.array(_FACE.centre[:2])
        # The chin, too, is a place of the face.
        self._confined = np.asarray(np.hypot(*(front / _FACE.radii[:2]).T) < 1.02)
        self._offsets = np.array([move.offset for move in moves])
        self._radii = np.array([move.radius for move in moves])
        self._sizes = np.array([move.size for move in moves])
        self._shifts = np.array([move.shift for move in moves])

    def lay(self, face: Face, pose: Pose, amount: float) -> Bends:
        """Lay the moves on a face, as strong as `amount` (0 to 1) says."""
        plane = pose.scale * _thick(pose.rotation[:2, :2].astype(np.float64))
        found = face.keypoints.points[self._observed]
        places_xy = np.where(self._observed[:, None] >= 0, found, project(pose, self._places))
        sizes = 1.0 + (self._sizes - 1.0) * amount
        return Bends(
            centres_xy=places_xy + self._offsets @ plane.T,
            axes=plane * self._radii[:, None, :],
            swellings=1.0 - 1.0 / sizes,
            shifts=self._shifts / self._radii * amount,
            face=outline_of(_FACE, pose),
            confined=self._confined,
            scale=pose.scale,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Where each place of a box of the image takes its colour from, on a coarse grid.

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


def field_of(bends: Bends, scale: float, size_wh: tuple[int, int]) -> Field | None:
    """Return the field of all bends, one after another; None where none reaches into the image.

    Args:
        bends: at least one.
        scale: pixels of one eye distance.
        size_wh: of the image.
    """
    boxes = bends.boxes()
    left, top = np.maximum(np.floor(boxes[:, :2].min(axis=0)), 0.0)
    right, bottom = np.minimum(np.ceil(boxes[:, 2:].max(axis=0)) + 1.0, size_wh)
    if not (right > left and bottom > top):
        return None
    cell = int(max(scale / _NODES, _MIN_CELL))
    # A cell more on each side: between the outermost nodes and the edge nothing is known.
    first_x, first_y = int(left) - cell, int(top) - cell
    columns, rows = int(right - left) // cell + 3, int(bottom - top) // cell + 3
    middle = (cell - 1) / 2
    x = np.asarray(first_x + middle + cell * np.arange(columns), np.float32)
    y = np.asarray(first_y + middle + cell * np.arange(rows), np.float32)
    node_x, node_y = np.meshgrid(x, y)
    source_x, source_y = node_x.copy(), node_y.copy()
    outside, fades = _outside(bends.face, bends.scale, node_x, node_y), bends.fades()
    inverses = np.linalg.inv(bends.axes)
    # A place may have strayed into a move's reach by the moves before.
    margins = cell + np.cumsum(bends.moves_most()[::-1])[::-1]
    for index in reversed(range(len(boxes))):
        part = _part_within(boxes[index], float(margins[index]), (first_x, first_y), cell)
        kept = _kept(outside[part], float(fades[index]))
        source_x[part], source_y[part] = _source(bends, index, inverses[index], source_x[part], source_y[part], kept)
    return Field(np.dstack([source_x - node_x, source_y - node_y]), first_x, first_y, cell)


def _part_within(box: Matrix, margin: float, corner: tuple[int, int], cell: int) -> tuple[slice, slice]:
    """Return the rows and columns of a grid whose cells come within `margin` of a box."""
    first = np.maximum(np.floor((box[:2] - margin - corner) / cell), 0).astype(int)
    last = np.maximum(np.ceil((box[2:] + margin - corner) / cell), 0).astype(int)
    return slice(int(first[1]), int(last[1]) + 1), slice(int(first[0]), int(last[0]) + 1)


def move_points(field: Field, points: FloatArray) -> FloatArray:
    """Return where points (N, 2) of the unbent image are seen in the bent one, (N, 2) float32.

    The field gives sources, so this is its inverse, found by Newton's method on the field
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
    """Return (3, N, 2) -> (3, N, 2) offsets; 0 outside."""
    corner = np.array([field.left, field.top], np.float32) + np.float32((field.cell - 1) / 2)
    nodes = (points - corner) / np.float32(field.cell)
    x, y = np.ascontiguousarray(nodes[..., 0]), np.ascontiguousarray(nodes[..., 1])
    return np.asarray(cv2.remap(field.offsets, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.float32)


def _outside(face: Outline, scale: float, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return how far nodes lie outside of the face, about, in eye distances; 0 inside."""
    reach = face.reach(np.stack([x.ravel(), y.ravel()], 1).astype(np.float64)).reshape(x.shape)
    radius = np.sqrt(abs(np.linalg.det(face.axes))) / scale
    return np.asarray(np.maximum(reach - 1.0, 0.0) * radius, np.float32)


def _kept(outside: FloatArray, fade: float) -> FloatArray:
    """Return which share of a move is left at places so far outside of the face."""
    share = np.clip(np.float32(1.0) - outside / np.float32(fade), np.float32(0.0), np.float32(1.0))
    return np.asarray(share * share * (np.float32(3.0) - np.float32(2.0) * share), np.float32)


def _source(  # noqa: PLR0917 (one move on one part of the grid)
    bends: Bends, index: int, inverse: Matrix, x: FloatArray, y: FloatArray, kept: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return where places take their colour from under one bend: the shift is undone, then the swelling."""
    centre_x, centre_y = bends.centres_xy[index].astype(np.float32)
    (ux, uy), (vx, vy) = inverse.astype(np.float32)
    dx, dy = x - centre_x, y - centre_y
    u, v = ux * dx + uy * dy, vx * dx + vy * dy
    shift_u, shift_v = bends.shifts[index].astype(np.float32)
    swell_u, swell_v = bends.swellings[index].astype(np.float32)
    du, dv = np.float32(0.0), np.float32(0.0)
    if shift_u or shift_v:
        pull = _kernel(u, v)
        du, dv = -shift_u * pull, -shift_v * pull
    if swell_u or swell_v:
        u, v = u + du, v + dv
        pull = _kernel(u, v)
        du, dv = du - swell_u * pull * u, dv - swell_v * pull * v
    (xu, xv), (yu, yv) = bends.axes[index].astype(np.float32)
    return x + kept * (xu * du + xv * dv), y + kept * (yu * du + yv * dv)


def _kernel(u: FloatArray, v: FloatArray) -> FloatArray:
    inside = np.maximum(np.float32(1.0) - u * u - v * v, np.float32(0.0))
    return np.asarray(inside * inside)


def _thick(plane: Matrix) -> Matrix:
    """Return the plane's map with neither direction squeezed below `_THINNEST`."""
    left, squeezes, right = np.linalg.svd(plane)
    return np.asarray((left * np.maximum(squeezes, _THINNEST)) @ right)
