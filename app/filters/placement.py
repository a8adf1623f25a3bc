"""Finds where a plane of art is seen in the picture: art units -> head model -> pixels."""

import cmath
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.filters.layers import Follow, StickerLayer
from app.filters.svg import ArtBox
from app.geometry.head import head_points
from app.geometry.pose import fit_pose, rotation_from
from app.geometry.similarity import fit_similarity
from app.values import POINT_INDEX, Face, FloatArray, Pose

Matrix = NDArray[np.float64]

# The camera's distance in eye distances: about half a metre, as at a desk.
_CAMERA_DISTANCE = 8.0
# A prior that the pose is right, in squared eye distances. It keeps art between two points
# that lie close together, or one behind the other, from swelling with every noise in them.
_PRIOR = 0.02
_SCALE_OFF_MOST = 1.6
# How large art is that does not follow the head's scale: this share of the picture's
# shorter side for one eye distance.
FIXED_EYE_DISTANCE = 0.12
# The cosine between the plane's face and the camera at which it is gone and fully there.
_EDGE_ON, _SEEN = 0.03, 0.15


Triple = tuple[float, float, float]
Rows = tuple[Triple, Triple, Triple]


# Plain numbers all through: for matrices as small as these, numpy's calls cost ten times
# the arithmetic, and a filter has a dozen layers.
@dataclass(frozen=True, slots=True)
class Plane:
    """Where a sticker lies on the head model; found once for a layer.

    Attributes:
        columns: the three columns of the map from (x, y, 1) of the art to a place of the
            head model, seen from `middle`.
        middle: place of the anchors' middle, turned and moved as the plane is.
        flat_offsets: the observed anchors' places on the plane before `turn` and `depth`,
            seen from `flat_middle`.
        flat_middle: the anchors' middle before `depth`.
        observed: indices of the anchors that are face points.
        normal: the plane's direction away from the camera.
    """

    columns: Rows
    middle: Triple
    flat_offsets: tuple[Triple, ...]
    flat_middle: Triple
    observed: tuple[int, ...]
    normal: Triple


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """How one sticker is seen in one frame.

    Attributes:
        matrix: (3, 3), art units to pixels of the frame, in perspective.
        anchor_xy: (2,), the anchors' middle, pixels of the frame.
        scale: pixels for one eye distance seen from the front.
        opacity: 0 where the plane faces away, 1 where it is well seen.
    """

    matrix: Matrix
    anchor_xy: Matrix
    scale: float
    opacity: float


def plane_of(layer: StickerLayer, box: ArtBox) -> Plane:
    """Lays the layer's art on the head model, as seen from the front."""
    names = tuple(anchor.name for anchor in layer.anchors)
    places = head_points(names).astype(np.float64)
    flat = _art_to_front(layer, box, places)
    art_anchors = np.array([[anchor.x, anchor.y, 1.0] for anchor in layer.anchors])
    depth_z = float(places[:, 2].mean())
    anchors = np.column_stack([art_anchors @ flat.T, np.full(len(names), depth_z)])
    middle = anchors.mean(axis=0)
    turned = rotation_from(layer.turn[0], layer.turn[1], 0.0).astype(np.float64)
    lifted = np.vstack([flat, [0.0, 0.0, depth_z]])
    offset = np.array([0.0, 0.0, layer.depth])
    from_middle = lifted - np.outer(middle, [0.0, 0.0, 1.0])
    centred = turned @ from_middle
    kept = [index for index, name in enumerate(names) if name in POINT_INDEX]
    return Plane(
        columns=(_triple(centred[:, 0]), _triple(centred[:, 1]), _triple(centred[:, 2])),
        middle=_triple(middle + offset),
        flat_offsets=tuple(_triple(anchors[index] - middle) for index in kept),
        flat_middle=_triple(middle),
        observed=tuple(POINT_INDEX[names[index]] for index in kept),
        normal=_triple(turned[:, 2]),
    )


def place(plane: Plane, face: Face, follows: frozenset[Follow], size_wh: tuple[int, int]) -> Placement:
    """Finds where the plane is seen on a face.

    The pose lays the plane into the picture; what then still lies between its anchors and
    the points that were really found is taken out by a similarity, so that art sits on
    the eyes although no head is the mean head.
    """
    pose = face.pose or fit_pose(face.keypoints.points)
    view = _view(pose, follows, size_wh)
    middle = _seen_middle(plane.middle, pose)
    rows = _project(plane.columns, view, middle)
    correction = 1 + 0j
    moved = 0j
    if plane.observed:
        expected = _expected(plane, view, pose)
        found = [complex(*face.keypoints.points[index].tolist()) for index in plane.observed]
        correction, moved = _correction(expected, found, view.scale, follows)
    facing = _dot(view.rotation[2], plane.normal)
    anchor = correction * middle + moved
    return Placement(
        _moved(rows, correction, moved),
        np.array([anchor.real, anchor.imag]),
        view.scale,
        smoothstep((facing - _EDGE_ON) / (_SEEN - _EDGE_ON)),
    )


def smoothstep(share: float) -> float:
    """Returns an eased share: 0 up to 0, 1 from 1 on, without a corner between."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


def _art_to_front(layer: StickerLayer, box: ArtBox, places: Matrix) -> Matrix:
    """(2, 3), art units to x, y of the head model."""
    if len(layer.anchors) == 1:
        anchor, factor = layer.anchors[0], (layer.width or 1.0) / box.width
        x, y = places[0, :2]
        return np.array([[factor, 0.0, x - factor * anchor.x], [0.0, factor, y - factor * anchor.y]])
    art = np.array([[anchor.x, anchor.y] for anchor in layer.anchors], np.float32)
    return fit_similarity(art, places[:, :2].astype(np.float32)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class _View:
    """The head's rotation and scale as far as a layer takes part in them."""

    rotation: Rows
    scale: float


def _view(pose: Pose, follows: frozenset[Follow], size_wh: tuple[int, int]) -> _View:
    scale = pose.scale if Follow.SCALE in follows else FIXED_EYE_DISTANCE * min(size_wh)
    if follows.issuperset((Follow.ROLL, Follow.YAW, Follow.PITCH)):
        return _View(_rows(pose.rotation), scale)
    yaw = pose.yaw if Follow.YAW in follows else 0.0
    pitch = pose.pitch if Follow.PITCH in follows else 0.0
    roll = pose.roll if Follow.ROLL in follows else 0.0
    return _View(_rows(rotation_from(yaw, pitch, roll)), scale)


def _project(columns: Rows, view: _View, middle: complex) -> Rows:
    """The homography from art units to pixels.

    The middle is seen where the pose says; perspective acts around it, so that near parts
    grow and far ones shrink while nothing leaves its place on the head.
    """
    first, second, third = view.rotation
    d0, d1, d2 = (_dot(third, column) / _CAMERA_DISTANCE for column in columns)
    divisor = (d0, d1, d2 + 1.0)
    x, y = middle.real, middle.imag
    across = [view.scale * _dot(first, column) + x * each for column, each in zip(columns, divisor, strict=True)]
    down = [view.scale * _dot(second, column) + y * each for column, each in zip(columns, divisor, strict=True)]
    return (across[0], across[1], across[2]), (down[0], down[1], down[2]), divisor


def _expected(plane: Plane, view: _View, pose: Pose) -> list[complex]:
    """Where the same view shows the observed anchors; x + iy."""
    middle = _seen_middle(plane.flat_middle, pose)
    first, second, third = view.rotation
    return [
        middle
        + view.scale
        * complex(_dot(first, offset), _dot(second, offset))
        / (1.0 + _dot(third, offset) / _CAMERA_DISTANCE)
        for offset in plane.flat_offsets
    ]


def _seen_middle(middle: Triple, pose: Pose) -> complex:
    """Where the pose shows a place of the head; x + iy."""
    first, second, _ = pose.rotation.tolist()
    x, y = pose.origin_xy.tolist()
    return complex(x + pose.scale * _dot(first, middle), y + pose.scale * _dot(second, middle))


def _correction(
    expected: list[complex], found: list[complex], scale: float, follows: frozenset[Follow]
) -> tuple[complex, complex]:
    """The similarity z -> factor * z + shift that moves `expected` onto `found`, as far as the layer follows."""
    expected_middle = sum(expected) / len(expected)
    found_middle = sum(found) / len(found)
    prior = _PRIOR * scale * scale
    together = prior + 0j
    spread = prior
    for before, after in zip(expected, found, strict=True):
        source = before - expected_middle
        together += source.conjugate() * (after - found_middle)
        spread += source.real * source.real + source.imag * source.imag
    factor = together / spread
    size = min(max(abs(factor), 1 / _SCALE_OFF_MOST), _SCALE_OFF_MOST) if Follow.SCALE in follows else 1.0
    factor = cmath.rect(size, cmath.phase(factor) if Follow.ROLL in follows else 0.0)
    return factor, found_middle - factor * expected_middle


def _moved(rows: Rows, factor: complex, shift: complex) -> Matrix:
    """(3, 3) the homography followed by the similarity z -> factor * z + shift."""
    across, down, divisor = rows
    a, b, x, y = factor.real, factor.imag, shift.real, shift.imag
    return np.array(
        [
            [a * u - b * v + x * w for u, v, w in zip(across, down, divisor, strict=True)],
            [b * u + a * v + y * w for u, v, w in zip(across, down, divisor, strict=True)],
            divisor,
        ]
    )


def _dot(first: Triple, second: Triple) -> float:
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]


def _rows(matrix: FloatArray) -> Rows:
    first, second, third = matrix.tolist()
    return first, second, third


def _triple(array: Matrix) -> Triple:
    x, y, z = array.tolist()
    return x, y, z
