"""Computes the area to hide for a face, now and for a while after it was lost."""

from types import MappingProxyType

import numpy as np

from masquerade.filters.compositing.outline import Ellipsoid, Outline, outline_of
from masquerade.filters.format.layers import Area
from masquerade.filters.people.presence import VisibleFace
from masquerade.geometry.pose import pose_of
from masquerade.values import LANDMARK_COUNT, Box, Face, FloatArray, Matrix

# Larger than the mean head: hair, beards, chins, and a pose that is a little off.
_AREAS = MappingProxyType(
    {
        Area.FACE: Ellipsoid((0.0, 0.50, 0.45), (1.25, 1.62, 1.20)),
        Area.HEAD: Ellipsoid((0.0, 0.0, 0.85), (1.65, 2.25, 1.70)),
        Area.EYES: Ellipsoid((0.0, -0.05, 0.15), (1.20, 0.55, 0.60)),
    }
)
_EYE_LANDMARKS = 6
# The landmarks lie inside this part of the area, wherever the pose puts it.
_LANDMARKS_WITHIN = 0.85
# A lost face may have moved on: its area grows by this share within half a second, and
# stretches from where the face was to where its motion would have brought it, up to so many
# eye distances away.
_GROWTH = 0.25
_TURNED_GROWTH = 0.4
_GROWN_AFTER_SECONDS = 0.5
_MAX_DRIFT = 1.5
_DRIFT_SECONDS = 1.0


class HiddenBoxes:
    """Records the hidden areas of a frame. For one thread."""

    def __init__(self) -> None:
        self._boxes: list[Box] = []

    def begin_frame(self) -> None:
        """Forget the boxes of the previous frame."""
        self._boxes.clear()

    def add(self, left: float, top: float, right: float, bottom: float) -> None:
        """Note that everything from left to right and from top to bottom was painted over, pixels of the frame."""
        if right > left and bottom > top:
            self._boxes.append(Box(left, top, right - left, bottom - top))

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes of this frame."""
        return tuple(self._boxes)


def hidden_outline(presence: VisibleFace, area: Area) -> Outline:
    """Return the area, large enough for all landmarks, and growing while the face is not visible."""
    outline = outline_of(_AREAS[area], pose_of(presence.face))
    count = _EYE_LANDMARKS if area is Area.EYES else LANDMARK_COUNT
    inside = seen_landmarks(presence.face, count)
    farthest = float(outline.reach(inside.astype(np.float64)).max())
    grown = outline.grown(max(1.0, farthest / _LANDMARKS_WITHIN) * growth(presence) * _turned_growth(presence, area))
    return grown.stretched(drift(presence))


def seen_landmarks(face: Face, count: int) -> FloatArray:
    """Return the first `count` landmarks, both smoothed and raw: all of them must be hidden."""
    landmarks = face.keypoints.points[:count]
    return landmarks if face.measured is None else np.vstack([landmarks, face.measured.points[:count]])


def _turned_growth(presence: VisibleFace, area: Area) -> float:
    """Return the growth for a turned or bowed head, where its back, a bun and the chin stick out."""
    if area is not Area.HEAD:
        return 1.0
    # The cosine of the angle between the face and the camera.
    facing = float(pose_of(presence.face).rotation[2, 2])
    return 1.0 + _TURNED_GROWTH * min(max(1.0 - facing, 0.0), 0.5)


def growth(presence: VisibleFace) -> float:
    """Return the growth of the hidden area while a face is not visible."""
    return 1.0 + _GROWTH * min(presence.unseen / _GROWN_AFTER_SECONDS, 1.0)


def drift(presence: VisibleFace) -> Matrix:
    """Return (2,) how far the face may have moved since it was last visible, pixels."""
    moved = presence.velocity_xy * min(presence.unseen, _DRIFT_SECONDS)
    most = _MAX_DRIFT * pose_of(presence.face).scale
    return np.asarray(moved * min(1.0, most / max(float(np.hypot(*moved)), 1e-9)), np.float64)
