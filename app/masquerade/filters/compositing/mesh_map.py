"""Map a mesh of triangles over the image to the art that it carries, on a coarse grid that is refined later."""

from dataclasses import dataclass
from typing import TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from masquerade.values import ByteArray, FloatArray

_TOUCHING = 1e-3
# Twice the area of a triangle that is no more than a line, in squared cells.
_FLAT = 1e-4
# A triangle is about three cells wide; one that is torn wider than this is not filled.
_MAX_SQUARE = 20

Indices = NDArray[np.intp]
Nodes = TypeVar("Nodes", FloatArray, ByteArray)


@dataclass(frozen=True, slots=True)
class GridWindow:
    """The part of the frame that is painted, with a grid of nodes over it.

    Attributes:
        left, top: its first column and row, pixels of the frame.
        right, bottom: one past its last.
        cell: pixels from node to node.
    """

    left: int
    top: int
    right: int
    bottom: int
    cell: int

    @property
    def nodes_shape(self) -> tuple[int, int]:
        """Rows and columns of nodes, one more on each side than the window needs."""
        return (self.bottom - self.top) // self.cell + 3, (self.right - self.left) // self.cell + 3

    @property
    def corner(self) -> tuple[float, float]:
        """x and y of node (0, 0), pixels of the frame."""
        middle = (self.cell - 1) / 2
        return self.left - self.cell + middle, self.top - self.cell + middle


def window_over(xy: FloatArray, size_wh: tuple[int, int], cell: int) -> GridWindow | None:
    """Return the window over the box of some points (N, 2), cut to the frame; None outside of it."""
    if not len(xy):
        return None
    left, top = np.maximum(np.floor(xy.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(xy.max(axis=0)) + 1, size_wh).astype(int)
    if right <= left or bottom <= top:
        return None
    return GridWindow(int(left), int(top), int(right), int(bottom), cell)


def map_nodes(
    xy: FloatArray, attributes: FloatArray, triangles: Indices, window: GridWindow
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Interpolate the vertices' values at the nodes of a grid.

    Args:
        xy: (V, 2), where the vertices are seen, pixels of the frame.
        attributes: (V, A), what they carry.
        triangles: (T, 3), indices of vertices, turned towards the camera (others are skipped), the
            farthest first: of several at one node the last counts.
        window: whose grid is filled.

    Returns:
        (rows, columns, A) float32, 0 off the mesh; and (rows, columns), True on the mesh.
    """
    shape = window.nodes_shape
    nodes = np.zeros((*shape, attributes.shape[1]), np.float32)
    covered = np.zeros(shape, np.bool_)
    if not len(triangles):
        return nodes, covered
    scaled = (xy - np.array(window.corner, np.float32)) / np.float32(window.cell)
    corners = np.ascontiguousarray(scaled[triangles].transpose(1, 2, 0))
    column, row, owner, along_b, along_c = _nodes_inside(corners, shape)
    a, b, c = (attributes[triangles[:, corner]] for corner in range(3))
    # numpy's take is three times as fast as an index.
    first, across, down = (np.take(each, owner, axis=0) for each in (a, b - a, c - a))
    places = row * shape[1] + column
    nodes.reshape(-1, attributes.shape[1])[places] = first + along_b[:, None] * across + along_c[:, None] * down
    covered.reshape(-1)[places] = True
    return nodes, covered


def refine(nodes: Nodes, window: GridWindow) -> Nodes:
    """Return (h, w) or (h, w, n), the pixels of the window between the grid's nodes."""
    rows, columns = nodes.shape[:2]
    cell = window.cell
    fine = cast(Nodes, cv2.resize(nodes, (columns * cell, rows * cell), interpolation=cv2.INTER_LINEAR))
    return fine[cell : cell + window.bottom - window.top, cell : cell + window.right - window.left]


def splat_vertices(
    nodes: FloatArray,
    covered: NDArray[np.bool_],
    *,
    xy: FloatArray,
    attributes: FloatArray,
    triangles: Indices,
    window: GridWindow,
) -> None:
    """Give the nodes nearest to a mesh's vertices what those carry, where no triangle covers a node, in place.

    A strip thinner than a cell, a brim seen from its side, runs between nodes: `map_nodes` alone would tear it.
    """
    used = np.zeros(len(xy), np.bool_)
    used[triangles.ravel()] = True
    vertices = np.flatnonzero(used)
    cells = np.rint((xy[vertices] - np.array(window.corner, np.float32)) / np.float32(window.cell)).astype(np.intp)
    inside = ((cells >= 0) & (cells < [covered.shape[1], covered.shape[0]])).all(axis=1)
    column, row = cells[inside].T
    free = ~covered[row, column]
    nodes[row[free], column[free]] = attributes[vertices[inside][free]]
    covered[row[free], column[free]] = True


def carry_beyond(nodes: FloatArray, covered: NDArray[np.bool_], reach: int = 1) -> FloatArray:
    """Carry the values of covered nodes on to their neighbours, so that edges are not mixed with 0.

    Args:
        nodes: (rows, columns, A), 0 where not covered.
        covered: (rows, columns).
        reach: in nodes.
    """
    share = covered.astype(np.float32)
    for _ in range(reach):
        weight = np.asarray(cv2.blur(share, (3, 3), borderType=cv2.BORDER_CONSTANT), np.float32)
        spread = np.asarray(cv2.blur(nodes, (3, 3), borderType=cv2.BORDER_CONSTANT), np.float32)
        filled = spread / np.maximum(weight, 1e-6)[..., None]
        reached = (weight > 1e-6).astype(np.float32)
        nodes = np.where(share[..., None] > 0.0, nodes, filled * reached[..., None]).astype(np.float32)
        share = reached
    return nodes


def _nodes_inside(
    corners: FloatArray, shape: tuple[int, int]
) -> tuple[Indices, Indices, Indices, FloatArray, FloatArray]:
    """Return all nodes in all front-facing triangles.

    Each triangle looks at one square of nodes, equally large for all: no loop is needed.

    Args:
        corners: (3, 2, T), in cells.
        shape: rows and columns of nodes.

    Returns:
        Column and row of the node, number of the triangle, and how far the node lies on
        the way from the triangle's first corner to its second and to its third; (n,) each.
    """
    (ax, ay), (bx, by), (cx, cy) = corners[0], corners[1] - corners[0], corners[2] - corners[0]
    area = bx * cy - by * cx
    size = 1.0 / np.maximum(area, _FLAT)
    first = np.ceil(corners.min(axis=0))
    side = int(min(max(float((corners.max(axis=0) - first).max()), 0.0) + 1.0, _MAX_SQUARE))
    steps = np.arange(side, dtype=np.float32)
    dx, dy = (first[0] - ax)[:, None] + steps, (first[1] - ay)[:, None] + steps
    along_b = (cy * size)[:, None, None] * dx[:, None, :] - ((cx * size)[:, None] * dy)[:, :, None]
    along_c = ((bx * size)[:, None] * dy)[:, :, None] - (by * size)[:, None, None] * dx[:, None, :]
    within = np.minimum(along_b, along_c) >= -_TOUCHING
    within &= along_b + along_c <= 1 + _TOUCHING
    within &= (area > _FLAT)[:, None, None]
    # One index, taken apart: numpy's own search for three of them takes four times as long.
    places = np.flatnonzero(within)
    owner, step = np.divmod(places, side * side)
    column = np.take(first[0].astype(np.intp), owner) + step % side
    row = np.take(first[1].astype(np.intp), owner) + step // side
    along_b, along_c = np.take(along_b, places), np.take(along_c, places)
    kept = (column >= 0) & (column < shape[1]) & (row >= 0) & (row < shape[0])
    if kept.all():
        return column, row, owner, along_b, along_c
    return column[kept], row[kept], owner[kept], along_b[kept], along_c[kept]
