"""Holds the head model: where the 15 points and some further places lie on a mean head.

Unit: the eye distance. x runs to the right of the picture (the person's left), y down, z
away from the camera; the origin is the middle between the eyes, and a head with this
very orientation looks straight into the camera.
"""

from types import MappingProxyType

import numpy as np

from app.values import POINT_NAMES, FloatArray

# The mean shape of 3039 labelled faces (helen, lfpw, wild), found by factorizing their
# points into a shape, scaled orthographic views and a robust weight for each face, with the
# two halves made mirror images; median residual 4.3 % of the eye distance. The views leave
# the shape's own pitch open: it is set so that the mouth's corners lie 0.13 before the eyes.
_FACE_POINTS = (
    (0.500, 0.000, 0.000),
    (-0.500, 0.000, 0.000),
    (0.296, 0.026, -0.033),
    (0.699, 0.014, 0.066),
    (-0.296, 0.026, -0.033),
    (-0.699, 0.014, 0.066),
    (0.222, -0.309, -0.173),
    (0.885, -0.205, 0.188),
    (-0.222, -0.309, -0.173),
    (-0.885, -0.205, 0.188),
    (0.000, 0.439, -0.600),
    (0.413, 1.029, -0.130),
    (-0.413, 1.029, -0.130),
    (0.000, 0.886, -0.419),
    (0.000, 1.198, -0.387),
)

# Places without a label, from mean head measures (eye distance 63 mm, head 155 mm wide,
# 195 mm long, 237 mm from chin to top): good to about a tenth of the eye distance.
_VIRTUAL_POINTS = {
    "nose_bridge": (0.0, 0.04, -0.30),
    "forehead": (0.0, -0.75, -0.22),
    "hair_line": (0.0, -1.15, -0.05),
    "head_top": (0.0, -1.85, 1.10),
    "chin": (0.0, 1.88, -0.20),
    "left_temple": (1.08, -0.25, 0.60),
    "right_temple": (-1.08, -0.25, 0.60),
    "left_ear": (1.18, 0.30, 1.40),
    "right_ear": (-1.18, 0.30, 1.40),
    "left_cheek": (0.62, 0.65, -0.12),
    "right_cheek": (-0.62, 0.65, -0.12),
}

HEAD_POINTS = MappingProxyType(dict(zip(POINT_NAMES, _FACE_POINTS, strict=True)) | _VIRTUAL_POINTS)

# The head's outline is that of this ellipsoid.
HEAD_CENTRE = (0.0, 0.0, 1.20)
HEAD_RADII = (1.22, 1.88, 1.45)


def face_points() -> FloatArray:
    """Returns the 15 points of the head model, (15, 3) float32, in the order of POINT_NAMES."""
    return np.array(_FACE_POINTS, np.float32)


def head_points(names: tuple[str, ...]) -> FloatArray:
    """Returns the named places of the head model, (N, 3) float32.

    Raises:
        KeyError: a name is not in HEAD_POINTS.
    """
    return np.array([HEAD_POINTS[name] for name in names], np.float32)
