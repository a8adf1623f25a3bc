"""Runs the landmarker many times on one face, slightly shifted and mirrored, for steadier landmarks and a spread."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from masquerade.contours import CONTOUR_NAMES
from masquerade.geometry.mirror import mirror_landmarks
from masquerade.values import ByteArray, FloatArray, Keypoints

FindLandmarks = Callable[[ByteArray, FloatArray], Keypoints]
# Pixels (H, W, 4) BGRA and anchors (3, 2) -> the landmarks of the face there.

# Degrees, scale, right and down in eye distances: how the anchors are moved for each pass. Most are a
# little closer than the crops of training: 1 % better than at the same distance, 3 % better than farther by as much.
_LOOKS = (
    (0.0, 0.92, 0.0, 0.0),
    (-7.0, 0.86, 0.04, 0.04),
    (7.0, 0.86, -0.04, -0.04),
    (-7.0, 0.99, -0.04, 0.04),
    (7.0, 0.99, 0.04, -0.04),
    (-12.0, 0.92, 0.0, 0.06),
    (12.0, 0.92, 0.0, -0.06),
    (0.0, 0.79, 0.05, 0.0),
    (0.0, 1.06, -0.05, 0.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """The combined result of several passes on one face.

    Attributes:
        keypoints: their mean.
        spreads: (K,) float32, mean distance of each landmark from its mean over the looks, eye distances.
    """

    keypoints: Keypoints
    spreads: FloatArray

    @property
    def spread(self) -> float:
        """The mean of `spreads`; large on what is not a face, such as hands or toys."""
        return float(self.spreads.mean())


def look_again(
    find: FindLandmarks, pixels: ByteArray, mirrored: ByteArray, anchors: FloatArray, largest_spread: float
) -> Looks | None:
    """Return the mean of nine passes and nine mirrored ones; None if the first nine differ too much.

    On test faces these looks and their mirrors take 6 % off the error of one.

    Args:
        find: the network.
        pixels: (H, W, 4) uint8, BGRA.
        mirrored: the same, left and right exchanged.
        anchors: (3, 2) float32, pixels: left eye, right eye, middle of the mouth.
        largest_spread: eye distances.
    """
    moved = [_moved(anchors, *look) for look in _LOOKS]
    looks = [find(pixels, each) for each in moved]
    every = np.stack([look.points for look in looks])
    eyes = max(float(np.linalg.norm(every[:, 0].mean(axis=0) - every[:, 1].mean(axis=0))), 1e-3)
    spreads = np.linalg.norm(every - every.mean(axis=0), axis=2).mean(axis=0) / eyes
    if float(spreads.mean()) >= largest_spread:
        return None
    width = pixels.shape[1]
    turned = [find(mirrored, _mirrored_anchors(each, width)) for each in moved]
    mean = _mean_of_looks(looks, [_unmirrored(look, width) for look in turned])
    return Looks(mean, np.asarray(spreads, np.float32))


def _mirrored_anchors(anchors: FloatArray, width: int) -> FloatArray:
    """Return the anchors (3, 2) in the mirrored image, with the eyes swapped."""
    places = anchors[[1, 0, 2]]
    return np.column_stack([width - 1 - places[:, 0], places[:, 1]]).astype(np.float32)


def _unmirrored(look: Keypoints, width: int) -> Keypoints:
    """Return the landmarks of the mirrored image, mapped back."""
    contours = None if look.contours is None else mirror_landmarks(look.contours, width, CONTOUR_NAMES)
    return replace(look, points=mirror_landmarks(look.points, width), contours=contours)


def _mean_of_looks(looks: list[Keypoints], unmirrored: list[Keypoints]) -> Keypoints:
    """Return the mean of all passes on one face, with the score of the unmirrored ones."""
    both = [*looks, *unmirrored]
    contours = [look.contours for look in both if look.contours is not None]
    mean = _mean(contours) if contours else None
    score = float(np.mean([look.score for look in looks]))
    certainty = float(np.mean([look.certainty for look in looks]))
    return Keypoints(_mean([look.points for look in both]), score, mean, certainty)


def _mean(landmarks: list[FloatArray]) -> FloatArray:
    return np.asarray(np.stack(landmarks).mean(axis=0, dtype=np.float64), np.float32)


def _moved(anchors: FloatArray, degrees: float, scale: float, right: float, down: float) -> FloatArray:
    """Rotate and scale the anchors (3, 2) about their centre, then shift them by shares of the eye distance."""
    middle = anchors.mean(axis=0)
    angle = np.deg2rad(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shift = np.array([right, down]) * np.linalg.norm(anchors[0] - anchors[1])
    return np.asarray((anchors - middle) @ turn.T + middle + shift, np.float32)
