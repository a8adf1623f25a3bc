"""Lays the template's lattice on a face, and tells for each place of the picture where it lies in the template."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.filters.face_template import UPPER_LIP, Lattice, lattice
from app.geometry.head import face_points
from app.geometry.pose import fit_pose, project
from app.values import POINT_INDEX, Face, FloatArray, Pose

_TOP, _BOTTOM = POINT_INDEX["mouth_center_top_lip"], POINT_INDEX["mouth_center_bottom_lip"]
# Closed lips are this high together, in eye distances; what is more is the open mouth.
_CLOSED_LIPS = 0.27
# Lips are drawn thin as the mouth opens: by this for a gap as high as they are.
_THINNER = 0.4
# The cosine between surface and camera at which paint is gone, and wholly there.
_EDGE_ON, _SEEN = 0.10, 0.34
_TOUCHING = 1e-3
# Twice the area of a triangle that is no more than a line, in squared cells.
_FLAT = 1e-4

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """The lattice as it is seen on one face.

    Attributes:
        xy: (V, 2) float32, pixels of the frame.
        depth: (V,) float32, eye distances away from the camera.
        seen: (V,) float32, 0 where the surface turns away from the camera, 1 where it is well seen.
        scale: pixels of one eye distance.
        opening: pixels between the lips' inner edges.
    """

    xy: FloatArray
    depth: FloatArray
    seen: FloatArray
    scale: float
    opening: float


class Meshes:
    """Fits meshes, and keeps the last: the layers of a filter come to the same face in turn. For one thread."""

    def __init__(self) -> None:
        self._last: tuple[Face, Mesh] | None = None

    def get(self, face: Face) -> Mesh:
        """Returns the mesh on a face."""
        if self._last is None or self._last[0] is not face:
            self._last = face, fit_mesh(face)
        return self._last[1]


def fit_mesh(face: Face) -> Mesh:
    """Lays the lattice on a face: by its pose, and then onto the points that were really found.

    What lies between the pose's view of the 15 points and the points themselves moves the
    lattice round them along; the inner edges of the lips follow the outer ones.
    """
    points = face.keypoints.points
    pose = face.pose or fit_pose(points)
    base = lattice()
    xy = project(pose, base.places) + base.draws @ (points - project(pose, face_points()))
    inner_top, inner_bottom, opening = _inner_lips(points, pose)
    line = xy[base.middle]
    xy = xy + np.outer(base.upper, inner_top - line) + np.outer(base.lower, inner_bottom - line)
    facing = -(base.normals @ pose.rotation[2])
    share = np.clip((facing - _EDGE_ON) / (_SEEN - _EDGE_ON), 0.0, 1.0)
    return Mesh(
        xy=np.asarray(xy, np.float32),
        depth=np.asarray(base.places @ pose.rotation[2], np.float32),
        seen=np.asarray(share * share * (3.0 - 2.0 * share), np.float32),
        scale=pose.scale,
        opening=opening,
    )


def _inner_lips(points: FloatArray, pose: Pose) -> tuple[FloatArray, FloatArray, float]:
    """Middle of the upper lip's inner edge and of the lower one's, and the pixels that lie open between."""
    gap = points[_BOTTOM] - points[_TOP]
    # Closed lips seen from above or below are lower, too.
    down = pose.rotation[:2, 1] * pose.scale
    length = max(float(np.hypot(*down)), 1e-6)
    high = max(float(gap @ down) / length, 1e-6)
    closed = _CLOSED_LIPS * length
    open_wide = max(high / closed - 1.0, 0.0)
    lips = min(1.0, closed / high / (1.0 + _THINNER * open_wide))
    top = points[_TOP] + gap * (UPPER_LIP * lips)
    bottom = points[_BOTTOM] - gap * ((1.0 - UPPER_LIP) * lips)
    return top, bottom, (1.0 - lips) * high


@dataclass(frozen=True, slots=True, eq=False)
class Cutting:
    """The part of the lattice that a piece of art needs.

    Attributes:
        triangles: (T, 3) indices of vertices.
        vertices: (n,) indices of those that the triangles use.
        inside: (V,) float32, 1 where there may be art, 0 on the outermost ring.
    """

    triangles: Indices
    vertices: Indices
    inside: FloatArray


def cut(left: float, top: float, right: float, bottom: float) -> Cutting:
    """Returns the lattice's part under a box of the template, with one ring of cells around it."""
    base: Lattice = lattice()
    shape = (base.rows, base.columns)
    x, y = base.template[:, 0].reshape(shape), base.template[:, 1].reshape(shape)
    under = (x[:-1, 1:] >= left) & (x[:-1, :-1] <= right) & (y[1:, :-1] >= top) & (y[:-1, :-1] <= bottom)
    padded = np.pad(under, 1)
    around = np.zeros_like(padded)
    for row in (-1, 0, 1):
        for column in (-1, 0, 1):
            around |= np.roll(padded, (row, column), (0, 1))
    inside = padded[:-1, :-1] | padded[1:, :-1] | padded[:-1, 1:] | padded[1:, 1:]
    inside[[0, -1]] = False
    inside[:, [0, -1]] = False
    rows, columns = np.nonzero(around[1:-1, 1:-1])
    first = rows * base.columns + columns
    below = first + base.columns
    triangles = np.concatenate([np.stack([first, first + 1, below], 1), np.stack([first + 1, below + 1, below], 1)])
    return Cutting(triangles, np.unique(triangles), inside.ravel().astype(np.float32))


def spread(
    mesh: Mesh, cutting: Cutting, corner: tuple[float, float], cell: float, shape: tuple[int, int]
) -> FloatArray:
    """Returns where the nodes of a grid over the picture lie in the template.

    Triangles that are seen from behind are left out; of several at one node, the nearest counts.

    Args:
        mesh: on a face.
        cutting: what is needed of it.
        corner: x and y of node (0, 0), pixels of the frame.
        cell: pixels from node to node.
        shape: rows and columns of nodes.

    Returns:
        (rows, columns, 3) float32: x and y of the template, and how much the paint there is
        seen, 0 to 1; 0 at the mesh's
        edge; all 0 off it.
    """
    nodes = np.zeros((*shape, 3), np.float32)
    shown = mesh.seen * cutting.inside
    triangles = cutting.triangles[shown[cutting.triangles].any(axis=1)]
    triangles = triangles[np.argsort(-mesh.depth[triangles].sum(axis=1))]
    xy = (mesh.xy - np.array(corner, np.float32)) / np.float32(cell)
    corners = xy[triangles].transpose(1, 0, 2)
    owner, column, row = _near(corners, shape)
    along_b, along_c = _shares(corners, owner, column, row)
    inside = np.flatnonzero((along_b >= -_TOUCHING) & (along_c >= -_TOUCHING) & (along_b + along_c <= 1 + _TOUCHING))
    owner, column, row = owner[inside], column[inside], row[inside]
    along_b, along_c = along_b[inside, None], along_c[inside, None]
    a, b, c = np.column_stack([lattice().template, shown])[triangles].transpose(1, 0, 2)
    # Later ones write over earlier ones: the nearest triangle stands last.
    nodes[row, column] = a[owner] + along_b * (b - a)[owner] + along_c * (c - a)[owner]
    nodes[..., 2] *= _well_inside(row, column, shape)
    return nodes


def _well_inside(row: Indices, column: Indices, shape: tuple[int, int]) -> FloatArray:
    """1 at nodes on the mesh whose neighbours all are; between the others, places of the template mean nothing."""
    covered = np.zeros(shape, np.float32)
    covered[row, column] = 1.0
    return np.asarray(cv2.erode(covered, np.ones((3, 3), np.uint8)), np.float32)


def _area(corners: FloatArray) -> FloatArray:
    """(3, T, 2) -> (T,) twice the area, below 0 where a triangle is seen from behind."""
    b, c = corners[1] - corners[0], corners[2] - corners[0]
    return np.asarray(b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])


def _near(corners: FloatArray, shape: tuple[int, int]) -> tuple[Indices, Indices, Indices]:
    """Every node in the box of every triangle (3, T, 2) seen from the front: number of the triangle, column, row."""
    first = np.maximum(np.ceil(corners.min(axis=0)), 0).astype(np.intp)
    last = np.minimum(np.floor(corners.max(axis=0)), [shape[1] - 1, shape[0] - 1]).astype(np.intp)
    wide_high = np.maximum(last - first + 1, 0)
    count = np.where(_area(corners) > _FLAT, wide_high[:, 0] * wide_high[:, 1], 0)
    owner = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    row, column = np.divmod(number, wide_high[owner, 0])
    return owner, column + first[owner, 0], row + first[owner, 1]


def _shares(corners: FloatArray, owner: Indices, column: Indices, row: Indices) -> tuple[FloatArray, FloatArray]:
    """How far nodes lie on the way from their triangle's first corner to its second and to its third."""
    size = 1.0 / np.maximum(_area(corners), _FLAT)[:, None]
    b, c = (corners[1] - corners[0]) * size, (corners[2] - corners[0]) * size
    dx, dy = column - corners[0, owner, 0], row - corners[0, owner, 1]
    along_b = c[owner, 1] * dx - c[owner, 0] * dy
    along_c = b[owner, 0] * dy - b[owner, 1] * dx
    return np.asarray(along_b, np.float32), np.asarray(along_c, np.float32)
