"""Finds where a plane of art is seen in the picture: art units -> head model -> pixels."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.filters.layers import Follow, StickerLayer
from app.filters.svg import ArtBox
from app.geometry.head import head_points
from app.geometry.pose import fit_pose, rotation_from
from app.geometry.similarity import fit_similarity
from app.values import POINT_INDEX, Face, Pose

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


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Where a sticker lies on the head model; found once for a layer.

    Attributes:
        art_to_head: (3, 3): (x, y, 1) of the art to a place of the head model.
        middle: (3,), place of the anchors' middle, turned and moved as the plane is.
        flat_anchors: (N, 3), the observed anchors' places on the plane before `turn` and `depth`.
        flat_middle: (3,), the anchors' middle before `depth`.
        observed: indices of the anchors that are face points.
        turned: (3, 3), the plane's own rotation.
    """

    art_to_head: Matrix
    middle: Matrix
    flat_anchors: Matrix
    flat_middle: Matrix
    observed: tuple[int, ...]
    turned: Matrix


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
    art_to_head = turned @ from_middle + np.outer(middle + offset, [0.0, 0.0, 1.0])
    kept = [index for index, name in enumerate(names) if name in POINT_INDEX]
    return Plane(
        art_to_head=art_to_head,
        middle=middle + offset,
        flat_anchors=anchors[kept],
        flat_middle=middle,
        observed=tuple(POINT_INDEX[names[index]] for index in kept),
        turned=turned,
    )


def place(plane: Plane, face: Face, follows: frozenset[Follow], size_wh: tuple[int, int]) -> Placement:
    """Finds where the plane is seen on a face.

    The pose lays the plane into the picture; what then still lies between its anchors and
    the points that were really found is taken out by a similarity, so that art sits on
    the eyes although no head is the mean head.
    """
    pose = face.pose or fit_pose(face.keypoints.points)
    rotation, scale = _followed(pose, follows, size_wh)
    matrix, anchor_xy = _view(plane.art_to_head, plane.middle, pose, rotation, scale)
    if plane.observed:
        expected = _seen(plane.flat_anchors, plane.flat_middle, pose, rotation, scale)
        found = face.keypoints.points[list(plane.observed)].astype(np.float64)
        correction = _correction(expected, found, scale, follows)
        matrix = correction @ matrix
        anchor_xy = (correction @ [*anchor_xy, 1.0])[:2]
    facing = float((rotation @ plane.turned)[2, 2])
    return Placement(matrix, anchor_xy, scale, smoothstep((facing - _EDGE_ON) / (_SEEN - _EDGE_ON)))


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


def _followed(pose: Pose, follows: frozenset[Follow], size_wh: tuple[int, int]) -> tuple[Matrix, float]:
    """The head's rotation and scale as far as the layer takes part in them."""
    scale = pose.scale if Follow.SCALE in follows else FIXED_EYE_DISTANCE * min(size_wh)
    if follows.issuperset((Follow.ROLL, Follow.YAW, Follow.PITCH)):
        return pose.rotation.astype(np.float64), scale
    yaw = pose.yaw if Follow.YAW in follows else 0.0
    pitch = pose.pitch if Follow.PITCH in follows else 0.0
    roll = pose.roll if Follow.ROLL in follows else 0.0
    return rotation_from(yaw, pitch, roll).astype(np.float64), scale


def _view(plane: Matrix, middle: Matrix, pose: Pose, rotation: Matrix, scale: float) -> tuple[Matrix, Matrix]:
    """(3, 3) art units to pixels, and (2,) where the plane's middle is seen.

    The middle is seen where the pose says; perspective acts around it, so that near parts
    grow and far ones shrink while nothing leaves its place on the head.
    """
    middle_xy = _middle_xy(middle, pose)
    turned = rotation @ (plane - np.outer(middle, [0.0, 0.0, 1.0]))
    divisor = turned[2] / _CAMERA_DISTANCE + [0.0, 0.0, 1.0]
    return np.vstack([scale * turned[:2] + np.outer(middle_xy, divisor), divisor]), middle_xy


def _seen(places: Matrix, middle: Matrix, pose: Pose, rotation: Matrix, scale: float) -> Matrix:
    """(N, 3) places of the head model -> (N, 2) pixels, by the same view."""
    turned = (places - middle) @ rotation.T
    return _middle_xy(middle, pose) + scale * turned[:, :2] / (1.0 + turned[:, 2:] / _CAMERA_DISTANCE)


def _middle_xy(middle: Matrix, pose: Pose) -> Matrix:
    return np.asarray(pose.origin_xy + pose.scale * (pose.rotation[:2] @ middle), np.float64)


def _correction(expected: Matrix, found: Matrix, scale: float, follows: frozenset[Follow]) -> Matrix:
    """(3, 3) similarity that moves `expected` (N, 2) onto `found` (N, 2), as far as the layer follows."""
    (ex, ey), (fx, fy) = expected.mean(axis=0), found.mean(axis=0)
    source = (expected[:, 0] - ex) + 1j * (expected[:, 1] - ey)
    target = (found[:, 0] - fx) + 1j * (found[:, 1] - fy)
    prior = _PRIOR * scale * scale
    factor = complex((np.vdot(source, target) + prior) / (np.vdot(source, source) + prior))
    size, angle = abs(factor), math.atan2(factor.imag, factor.real)
    size = min(max(size, 1 / _SCALE_OFF_MOST), _SCALE_OFF_MOST) if Follow.SCALE in follows else 1.0
    angle = angle if Follow.ROLL in follows else 0.0
    cosine, sine = size * math.cos(angle), size * math.sin(angle)
    return np.array(
        [[cosine, -sine, fx - cosine * ex + sine * ey], [sine, cosine, fy - sine * ex - cosine * ey], [0.0, 0.0, 1.0]]
    )
