"""The head model: positions of the 15 landmarks and other anchors on a mean head.

Unit: the eye distance. x runs to the right of the image (the person's left), y down, z
away from the camera; the origin is the middle between the eyes, and a head with this
very orientation looks straight into the camera.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from masquerade.values import LANDMARK_NAMES, FloatArray

# The mean shape of 3039 labelled faces (helen, lfpw, wild), found by factorizing their
# points into a shape, scaled orthographic views and a robust weight for each face, with the
# two halves made mirror images; median residual 4.3 % of the eye distance. The views leave
# the shape's own pitch open: it is set so that the median pitch of those faces is 2.6 degrees,
# people in photos looking into the camera; then the lips lie straight below the brows, as
# they do on a head held level.
_LANDMARKS = (
    (0.500, 0.000, 0.000),
    (-0.500, 0.000, 0.000),
    (0.296, 0.031, -0.028),
    (0.699, 0.002, 0.067),
    (-0.296, 0.031, -0.028),
    (-0.699, 0.002, 0.067),
    (0.222, -0.274, -0.224),
    (0.885, -0.235, 0.149),
    (-0.222, -0.274, -0.224),
    (-0.885, -0.235, 0.149),
    (0.000, 0.536, -0.515),
    (0.413, 1.036, 0.051),
    (-0.413, 1.036, 0.051),
    (0.000, 0.945, -0.259),
    (0.000, 1.247, -0.173),
)

# Places without a label, from mean head measures (eye distance 63 mm, head 155 mm wide,
# 195 mm long, 237 mm from chin to top): good to about a tenth of the eye distance.
_VIRTUAL_ANCHORS = {
    "nose_bridge": (0.0, 0.08, -0.28),
    "forehead": (0.0, -0.75, -0.24),
    "hair_line": (0.0, -1.15, -0.05),
    "head_top": (0.0, -1.85, 1.10),
    # The top of the hair, and where a hat's edge crosses the forehead; `HeadSize` moves both to a measured head.
    "crown": (0.0, -2.05, 1.15),
    "hat_line": (0.0, -0.95, -0.05),
    "chin": (0.0, 1.90, -0.10),
    "left_temple": (1.08, -0.25, 0.60),
    "right_temple": (-1.08, -0.25, 0.60),
    "left_ear": (1.18, 0.30, 1.40),
    "right_ear": (-1.18, 0.30, 1.40),
    "left_cheek": (0.62, 0.68, 0.0),
    "right_cheek": (-0.62, 0.68, 0.0),
}

HEAD_ANCHORS = MappingProxyType(dict(zip(LANDMARK_NAMES, _LANDMARKS, strict=True)) | _VIRTUAL_ANCHORS)

# Those of them that move with the size of the head and its hair.
MEASURED_ANCHORS = frozenset({"crown", "hat_line"})

# The head's outline is that of this ellipsoid.
HEAD_CENTRE = (0.0, 0.0, 1.20)
HEAD_RADII = (1.22, 1.88, 1.45)


@dataclass(frozen=True, slots=True)
class HeadSize:
    """How large a head and its hair are, as multiples of the mean head's.

    Attributes:
        top: height of the hair above the eyes.
        side: half the width of the hair at the hat line.
    """

    top: float = 1.0
    side: float = 1.0

    @property
    def rise(self) -> float:
        """Eye distances that the crown lies higher than on the mean head."""
        return -HEAD_ANCHORS["crown"][1] * (self.top - 1.0)

    def rise_of(self, names: tuple[str, ...]) -> float:
        """Return how much higher art on these anchors lies: as the crown or, without it, as the hat line."""
        return self.rise if "crown" in names else self.hat_rise if "hat_line" in names else 0.0

    @property
    def hat_rise(self) -> float:
        """Return how much higher a hat sits, in eye distances: it presses hair flat and slips down on a bald head."""
        return self.rise * (_PRESSED if self.rise > 0.0 else _SLIPPED)


MEAN_HEAD = HeadSize()
# Shares of the crown's rise or fall that a hat follows.
_PRESSED, _SLIPPED = 0.6, 0.3


def model_landmarks() -> FloatArray:
    """Return the 15 points of the head model, (15, 3) float32, in the order of LANDMARK_NAMES."""
    return np.array(_LANDMARKS, np.float32)


def head_anchors(names: tuple[str, ...]) -> FloatArray:
    """Return the named places of the head model, (N, 3) float32.

    Raises:
        KeyError: a name is not in HEAD_ANCHORS.
    """
    return np.array([HEAD_ANCHORS[name] for name in names], np.float32)
