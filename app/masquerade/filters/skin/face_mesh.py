"""Lays the template's lattice on a face, and finds for each place of the image where it lies in the template."""

from dataclasses import dataclass

import cv2
import numpy as np

from masquerade.filters.compositing.mesh_map import GridWindow, Indices, map_nodes
from masquerade.filters.format.face_template import UPPER_LIP, Lattice, lattice
from masquerade.filters.skin.contour_fit import drawn_to_contours, drawn_to_inner_lips, lips_opening
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import pose_of, project
from masquerade.values import LANDMARK_INDEX, Face, FloatArray, Pose

_TOP, _BOTTOM = LANDMARK_INDEX["mouth_center_top_lip"], LANDMARK_INDEX["mouth_center_bottom_lip"]
# Closed lips are this high together, in eye distances; what is more is the open mouth.
_CLOSED_LIPS = 0.27
# Lips are drawn thin as the mouth opens: by this for a gap as high as they are.
_THINNER = 0.4
# The cosine between surface and camera at which paint is gone, and wholly there.
_EDGE_ON, _SEEN = 0.10, 0.34


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
        """Return the mesh on a face."""
        if self._last is None or self._last[0] is not face:
            self._last = face, fit_mesh(face)
        return self._last[1]


def fit_mesh(face: Face) -> Mesh:
    """Lay the lattice on a face: by its pose, and then onto the points that were really found.

    What lies between the pose's view of the 15 points and the points themselves moves the
    lattice round them along. Contours, where there are any, do the same once more, closer; without them
    the inner edges of the lips follow the outer ones.
    """
    points = face.keypoints.points
    pose = pose_of(face)
    base = lattice()
    offsets = points - project(pose, model_landmarks())
    xy = np.asarray(project(pose, base.places) + base.draws @ offsets, np.float32)
    if face.contours is None:
        xy, opening = _with_inner_lips(xy, points, pose)
    else:
        xy = drawn_to_contours(xy, offsets, pose, face.contours)
        xy, opening = drawn_to_inner_lips(xy, face.contours), lips_opening(face.contours)
    facing = -(base.normals @ pose.rotation[2])
    share = np.clip((facing - _EDGE_ON) / (_SEEN - _EDGE_ON), 0.0, 1.0)
    return Mesh(
        xy=np.asarray(xy, np.float32),
        depth=np.asarray(base.places @ pose.rotation[2], np.float32),
        seen=np.asarray(share * share * (3.0 - 2.0 * share), np.float32),
        scale=pose.scale,
        opening=opening,
    )


def _with_inner_lips(xy: FloatArray, points: FloatArray, pose: Pose) -> tuple[FloatArray, float]:
    """Return the mesh with the lips' inner edges where four landmarks let expect them, and the pixels between."""
    base = lattice()
    inner_top, inner_bottom, opening = _inner_lips(points, pose)
    line = xy[base.middle]
    moved = xy + np.outer(base.upper, inner_top - line) + np.outer(base.lower, inner_bottom - line)
    return np.asarray(moved, np.float32), opening


def _inner_lips(points: FloatArray, pose: Pose) -> tuple[FloatArray, FloatArray, float]:
    """Return middle of the upper lip's inner edge and of the lower one's, and the pixels that lie open between."""
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
    """Return the lattice's part under a box of the template, with one ring of cells around it."""
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


def spread(mesh: Mesh, cutting: Cutting, window: GridWindow) -> FloatArray:
    """Return where the nodes of a grid over the image lie in the template.

    Triangles that are seen from behind are left out; of several at one node, the nearest counts.

    Args:
        mesh: on a face.
        cutting: what is needed of it.
        window: whose grid is filled.

    Returns:
        (rows, columns, 3) float32: x and y of the template, and how much the paint there is
        seen, 0 to 1; 0 at the mesh's edge; all 0 off it.
    """
    shown = mesh.seen * cutting.inside
    triangles = cutting.triangles[shown[cutting.triangles].any(axis=1)]
    triangles = triangles[np.argsort(-mesh.depth[triangles].sum(axis=1))]
    nodes, covered = map_nodes(mesh.xy, np.column_stack([lattice().template, shown]), triangles, window)
    # Between nodes of which one is off the mesh, the template means nothing.
    nodes[..., 2] *= cv2.erode(covered.astype(np.float32), np.ones((3, 3), np.uint8))
    return nodes
