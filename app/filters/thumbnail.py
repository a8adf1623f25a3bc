"""Paints a filter's small picture for the gallery."""

from dataclasses import replace

import cv2
import numpy as np

from app.filters.manifest import Filter
from app.filters.painting import as_bytes
from app.filters.render import paint_still
from app.geometry.pose import fit_pose
from app.geometry.similarity import transform_points
from app.values import ByteArray, Face, FloatArray, Keypoints, Trigger

# The head with a hat on fills the square: eye distances of its side, and how far above the
# eyes its middle lies.
_SIDE_EYE_DISTANCES = 5.6
_MIDDLE_ABOVE_EYES = 0.3


def thumbnail(picture: ByteArray, face: Face, chosen: Filter | None, side: int) -> ByteArray:
    """Returns a square of the picture round a face, with a filter painted on it.

    The art is painted at the square's own size and so is sharp, whatever the picture's
    size. Layers that wait for a trigger are shown, since they are what the filter is for.

    Args:
        picture: (H, W, 4) uint8 BGRA; it is not changed.
        face: in that picture.
        chosen: None shows the bare face.
        side: pixels of the square.

    Returns:
        (side, side, 4) uint8 BGRA, contiguous.
    """
    pose = face.pose or fit_pose(face.keypoints.points)
    factor = side / (_SIDE_EYE_DISTANCES * pose.scale)
    middle = pose.origin_xy - [0.0, _MIDDLE_ABOVE_EYES * pose.scale]
    shift = (side - 1) / 2 - factor * middle
    matrix = np.array([[factor, 0.0, shift[0]], [0.0, factor, shift[1]]], np.float32)
    square = _cut(picture, matrix, side)
    if chosen is not None:
        points = transform_points(matrix, face.keypoints.points)
        moved = replace(face, keypoints=Keypoints(points, face.keypoints.score), pose=fit_pose(points))
        paint_still(square, (replace(moved, active=frozenset(Trigger)),), (chosen,))
    return square


def _cut(picture: ByteArray, matrix: FloatArray, side: int) -> ByteArray:
    """The square; a large picture is averaged down by halves first, so that it does not sparkle."""
    while matrix[0, 0] < 0.5:
        picture = as_bytes(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
        # Pixel s of the half picture is the mean of the pixels round 2 s + 0.5.
        linear = matrix[:, :2]
        matrix = np.column_stack([2.0 * linear, matrix[:, 2] + 0.5 * linear.sum(axis=1)]).astype(np.float32)
    return as_bytes(
        cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    )
