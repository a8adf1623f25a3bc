"""Finds where a plane of art is seen in the image: art units -> head model -> pixels."""

import cmath
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from masquerade.filters.format.art.svg import ArtBox
from masquerade.filters.format.layers import Follow, StickerLayer
from masquerade.geometry.head import HEAD_CENTRE, HEAD_RADII, MEAN_HEAD, HeadSize, head_anchors
from masquerade.geometry.pose import pose_of, rotation_from
from masquerade.geometry.similarity import Similarity
from masquerade.values import LANDMARK_INDEX, Face, FloatArray, Matrix, Pose

# The camera's distance in eye distances: about half a metre, as at a desk.
_CAMERA_DISTANCE = 8.0
# A prior that the pose is right, in squared eye distances. It keeps art between two landmarks
# that lie close together, or one behind the other, from swelling with every noise in them.
_PRIOR = 0.02
_MAX_SCALE_OFF = 1.6
# How large art is that does not follow the head's scale: this share of the image's
# shorter side for one eye distance.
FIXED_EYE_DISTANCE = 0.12
_ALL = frozenset(Follow)
_NO_CORRECTION = Similarity(1 + 0j, 0j)
# The cosine between the plane's face and the camera at which it is gone and fully there.
_EDGE_ON, _SEEN = 0.03, 0.15
# Art whose middle lies so many eye distances off the head's is beside it; the cosine between the surface there and
# the view at which the head begins to hide it, and hides it wholly.
_BESIDE = 0.75
_NEAR, _FAR = 0.05, 0.35


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
        observed: indices of the anchors that are face landmarks.
        normal: the plane's direction away from the camera.
        side: the direction in which art beside the head (an ear, an arm of glasses) stands off from it; None for
            art before or above it.
    """

    columns: Rows
    middle: Triple
    flat_offsets: tuple[Triple, ...]
    flat_middle: Triple
    observed: tuple[int, ...]
    normal: Triple
    side: Triple | None


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where one sticker lies in one frame.

    Attributes:
        matrix: (3, 3), art units to pixels of the frame, in perspective.
        anchor_xy: (2,), the anchors' middle, pixels of the frame.
        scale: pixels for one eye distance seen from the front.
        opacity: 0 where the plane faces away, 1 where it is well seen.
        behind: 1 for art on the far side of a turned head, which hides it; 0 for art on the near side.
    """

    matrix: Matrix
    anchor_xy: Matrix
    scale: float
    opacity: float
    behind: float


def plane_of(layer: StickerLayer, box: ArtBox, size: HeadSize = MEAN_HEAD) -> Plane:
    """Lay the layer's art on the head model, as seen from the front.

    Args:
        layer: whose art it is.
        box: of the art.
        size: of the head. It moves what is laid on the crown or the hat line, and never stretches it.
    """
    names = tuple(anchor.name for anchor in layer.anchors)
    places = head_anchors(names).astype(np.float64)
    flat = _art_to_front(layer, box, places)
    art_anchors = np.array([[anchor.x, anchor.y, 1.0] for anchor in layer.anchors])
    depth_z = float(places[:, 2].mean())
    anchors = np.column_stack([art_anchors @ flat.T, np.full(len(names), depth_z)])
    middle = anchors.mean(axis=0)
    turned = rotation_from(layer.turn[0], layer.turn[1], 0.0).astype(np.float64)
    lifted = np.vstack([flat, [0.0, 0.0, depth_z]])
    offset = np.array([0.0, -size.rise_of(names), layer.depth])
    from_middle = lifted - np.outer(middle, [0.0, 0.0, 1.0])
    centred = turned @ from_middle
    kept = [index for index, name in enumerate(names) if name in LANDMARK_INDEX]
    return Plane(
        columns=(_triple(centred[:, 0]), _triple(centred[:, 1]), _triple(centred[:, 2])),
        middle=_triple(middle + offset),
        flat_offsets=tuple(_triple(anchors[index] - middle) for index in kept),
        flat_middle=_triple(middle),
        observed=tuple(LANDMARK_INDEX[names[index]] for index in kept),
        normal=_triple(turned[:, 2]),
        side=_side_of(centred @ [box.left + box.width / 2, box.top + box.height / 2, 1.0] + middle + offset),
    )


def place(plane: Plane, face: Face, follows: frozenset[Follow], size_wh: tuple[int, int]) -> Placement:
    """Find where the plane is seen on a face.

    The pose lays the plane into the image; what then still lies between its anchors and
    the landmarks that were really found is taken out by a similarity, so that art sits on
    the eyes although no head is the mean head.
    """
    sight = _sight_of(face)
    view = _view(sight, follows, size_wh)
    middle = _seen_middle(plane.middle, sight)
    rows = _project(plane.columns, view, middle)
    correction = _NO_CORRECTION
    if plane.observed:
        expected = _expected(plane, view, sight)
        found = [sight.landmarks[index] for index in plane.observed]
        correction = _correction(expected, found, view.scale, follows)
    facing = _dot(view.rotation[2], plane.normal)
    anchor = correction.factor * middle + correction.shift
    return Placement(
        _moved(rows, correction),
        np.array([anchor.real, anchor.imag]),
        view.scale,
        smoothstep((facing - _EDGE_ON) / (_SEEN - _EDGE_ON)),
        0.0 if plane.side is None else smoothstep((_dot(view.rotation[2], plane.side) - _NEAR) / (_FAR - _NEAR)),
    )


def _side_of(place: Matrix) -> Triple | None:
    """Return how the head's surface faces under a place (3,) beside it, of length 1; None elsewhere."""
    if abs(place[0]) < _BESIDE:
        return None
    normal = (place - HEAD_CENTRE) / np.square(HEAD_RADII)
    return _triple(normal / np.linalg.norm(normal))


def smoothstep(share: float) -> float:
    """Return an eased share: 0 up to 0, 1 from 1 on, without a corner between."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


def _art_to_front(layer: StickerLayer, box: ArtBox, places: Matrix) -> Matrix:
    """Return (2, 3), art units to x, y of the head model."""
    if len(layer.anchors) == 1:
        anchor, factor = layer.anchors[0], (layer.width or 1.0) / box.width
        x, y = places[0, :2]
        return np.array([[factor, 0.0, x - factor * anchor.x], [0.0, factor, y - factor * anchor.y]])
    art = np.array([[anchor.x, anchor.y] for anchor in layer.anchors], np.float32)
    return Similarity.fit(art, places[:, :2].astype(np.float32)).matrix.astype(np.float64)


@dataclass(frozen=True, slots=True)
class _View:
    """The head's rotation and scale that a layer follows."""

    rotation: Rows
    scale: float


@dataclass(frozen=True, slots=True)
class _Sight:
    """A face in plain numbers: its pose, the pose's own view and origin, and its landmarks; x + iy, pixels."""

    pose: Pose
    view: _View
    origin: complex
    landmarks: tuple[complex, ...]


# A dozen layers lie on a face, one after the other; a face is equal only to itself.
@lru_cache(maxsize=16)
def _sight_of(face: Face) -> _Sight:
    pose = pose_of(face)
    x, y = pose.origin_xy.tolist()
    view = _View(_rows(pose.rotation), pose.scale)
    return _Sight(pose, view, complex(x, y), tuple(complex(x, y) for x, y in face.keypoints.points.tolist()))


def _view(sight: _Sight, follows: frozenset[Follow], size_wh: tuple[int, int]) -> _View:
    if follows == _ALL:
        return sight.view
    pose = sight.pose
    scale = pose.scale if Follow.SCALE in follows else FIXED_EYE_DISTANCE * min(size_wh)
    if follows.issuperset((Follow.ROLL, Follow.YAW, Follow.PITCH)):
        return _View(sight.view.rotation, scale)
    yaw = pose.yaw if Follow.YAW in follows else 0.0
    pitch = pose.pitch if Follow.PITCH in follows else 0.0
    roll = pose.roll if Follow.ROLL in follows else 0.0
    return _View(_rows(rotation_from(yaw, pitch, roll)), scale)


def _project(columns: Rows, view: _View, middle: complex) -> Rows:
    """Return the homography from art units to pixels.

    The middle is seen where the pose says; perspective acts around it, so that near parts
    grow and far ones shrink while nothing leaves its place on the head.
    """
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = view.rotation
    x, y, scale = middle.real, middle.imag, view.scale
    (u0, v0, w0), (u1, v1, w1), (u2, v2, w2) = (
        (scale * (ax * p + ay * q + az * r), scale * (bx * p + by * q + bz * r), cx * p + cy * q + cz * r)
        for p, q, r in columns
    )
    w0, w1, w2 = w0 / _CAMERA_DISTANCE, w1 / _CAMERA_DISTANCE, w2 / _CAMERA_DISTANCE + 1.0
    return (u0 + x * w0, u1 + x * w1, u2 + x * w2), (v0 + y * w0, v1 + y * w1, v2 + y * w2), (w0, w1, w2)


def _expected(plane: Plane, view: _View, sight: _Sight) -> list[complex]:
    """Return the observed anchors in the same view; x + iy."""
    middle = _seen_middle(plane.flat_middle, sight)
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = view.rotation
    return [
        middle
        + view.scale
        * complex(ax * p + ay * q + az * r, bx * p + by * q + bz * r)
        / (1.0 + (cx * p + cy * q + cz * r) / _CAMERA_DISTANCE)
        for p, q, r in plane.flat_offsets
    ]


def _seen_middle(middle: Triple, sight: _Sight) -> complex:
    """Return where the pose shows a place of the head; x + iy."""
    first, second, _ = sight.view.rotation
    return sight.origin + sight.view.scale * complex(_dot(first, middle), _dot(second, middle))


def _correction(expected: list[complex], found: list[complex], scale: float, follows: frozenset[Follow]) -> Similarity:
    """Return the similarity from `expected` to `found`, limited to the motions that the layer follows."""
    if len(expected) == 1:
        return Similarity(1 + 0j, found[0] - expected[0])
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
    size = min(max(abs(factor), 1 / _MAX_SCALE_OFF), _MAX_SCALE_OFF) if Follow.SCALE in follows else 1.0
    factor = cmath.rect(size, cmath.phase(factor) if Follow.ROLL in follows else 0.0)
    return Similarity(factor, found_middle - factor * expected_middle)


def _moved(rows: Rows, after: Similarity) -> Matrix:
    """Return (3, 3) the homography followed by a similarity."""
    (u0, u1, u2), (v0, v1, v2), (w0, w1, w2) = rows
    a, b, x, y = after.factor.real, after.factor.imag, after.shift.real, after.shift.imag
    return np.array(
        (
            (a * u0 - b * v0 + x * w0, a * u1 - b * v1 + x * w1, a * u2 - b * v2 + x * w2),
            (b * u0 + a * v0 + y * w0, b * u1 + a * v1 + y * w1, b * u2 + a * v2 + y * w2),
            (w0, w1, w2),
        )
    )


def _dot(first: Triple, second: Triple) -> float:
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]


def _rows(matrix: FloatArray) -> Rows:
    first, second, third = matrix.tolist()
    return first, second, third


def _triple(array: Matrix) -> Triple:
    x, y, z = array.tolist()
    return x, y, z
