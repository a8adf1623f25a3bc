"""Mirrors the points of a face: what was the left eye is the right one in the mirror."""

import numpy as np

from app.values import POINT_INDEX, POINT_NAMES, FloatArray

_OTHER_SIDE = {"left": "right", "right": "left"}
_MIRRORED = np.array(
    [POINT_INDEX["_".join(_OTHER_SIDE.get(word, word) for word in name.split("_"))] for name in POINT_NAMES]
)


def mirror_points(points: FloatArray, width: int) -> FloatArray:
    """Returns where the points lie in the mirrored picture, each under its new name.

    Args:
        points: (15, 2) float32, pixels; NaN = not marked.
        width: of the picture, pixels.
    """
    mirrored: FloatArray = points[_MIRRORED].copy()
    mirrored[:, 0] = width - 1 - mirrored[:, 0]
    return mirrored
