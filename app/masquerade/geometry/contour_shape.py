"""The positions of the contour landmarks on the mean head, seen from the front."""

import numpy as np

from masquerade.values import FloatArray

NOSTRILS = tuple(range(31, 36))
# From the mouth's right corner to its left one, along the upper and the lower lip's inner edge.
UPPER_LIP_LINE = (48, 60, 61, 62, 63, 64, 54)
LOWER_LIP_LINE = (48, 60, 67, 66, 65, 64, 54)

# x and y in the head model's unit and axes: medians of 559 labelled faces (helen, lfpw) that look within 12 degrees of
# straight ahead, laid on the head model by the pose of their 15 landmarks, the two halves made mirror images.
_CONTOURS = (
    (-1.103, 0.024),
    (-1.084, 0.313),
    (-1.045, 0.602),
    (-0.991, 0.887),
    (-0.892, 1.150),
    (-0.721, 1.381),
    (-0.507, 1.576),
    (-0.272, 1.724),
    (0.000, 1.759),
    (0.272, 1.724),
    (0.507, 1.576),
    (0.721, 1.381),
    (0.892, 1.150),
    (0.991, 0.887),
    (1.045, 0.602),
    (1.084, 0.313),
    (1.103, 0.024),
    (-0.914, -0.202),
    (-0.775, -0.326),
    (-0.581, -0.367),
    (-0.384, -0.339),
    (-0.192, -0.271),
    (0.192, -0.271),
    (0.384, -0.339),
    (0.581, -0.367),
    (0.775, -0.326),
    (0.914, -0.202),
    (0.000, -0.041),
    (0.000, 0.153),
    (0.000, 0.343),
    (0.000, 0.538),
    (-0.217, 0.668),
    (-0.111, 0.699),
    (0.000, 0.733),
    (0.111, 0.699),
    (0.217, 0.668),
    (-0.685, -0.002),
    (-0.566, -0.074),
    (-0.421, -0.072),
    (-0.300, 0.026),
    (-0.433, 0.051),
    (-0.576, 0.049),
    (0.300, 0.026),
    (0.421, -0.072),
    (0.566, -0.074),
    (0.685, -0.002),
    (0.576, 0.049),
    (0.433, 0.051),
    (-0.420, 1.034),
    (-0.267, 0.963),
    (-0.110, 0.923),
    (0.000, 0.950),
    (0.110, 0.923),
    (0.267, 0.963),
    (0.420, 1.034),
    (0.273, 1.176),
    (0.119, 1.233),
    (0.000, 1.243),
    (-0.119, 1.233),
    (-0.273, 1.176),
    (-0.355, 1.042),
    (-0.113, 1.026),
    (0.000, 1.037),
    (0.113, 1.026),
    (0.355, 1.042),
    (0.113, 1.081),
    (0.000, 1.094),
    (-0.113, 1.081),
)


def model_contours() -> FloatArray:
    """Return where all but the pupils lie on the mean head, (68, 2) float32.

    Their depth is that of the face's surface there.
    """
    return np.array(_CONTOURS, np.float32)
