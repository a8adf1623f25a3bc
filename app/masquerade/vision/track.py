"""Holds the state of one face that is followed: Track."""

import math
from dataclasses import replace

import numpy as np

from masquerade.geometry.smoothing import LandmarkSmoother, SmoothingSettings
from masquerade.values import Box, FloatArray, Keypoints
from masquerade.vision.crop import crop_side

SMALLEST_FACE_PIXELS = 4.0  # across eyes and mouth; below it the landmarks are one heap
# Of the motion until the next frame: the crop goes ahead by this much. All of it overshoots where a head stops.
_CROP_LEAD = 0.4
_RESTING_CROP = 0.007  # of the crop's side: a crop that would move less stays


class Track:
    """The state of one face."""

    def __init__(self, identity: int, found: Keypoints, appearance: FloatArray, settings: SmoothingSettings) -> None:
        self.identity = identity
        self._put(found)
        self.appearance = appearance
        self.lost_since: float | None = None
        self.followed_since: float | None = None
        self.is_cut = self.is_ghost = self.has_jumped = False
        self.unconfirmed = 0
        self._settings = settings
        self._start_smoothing()
        self.keypoints = found
        self._crop_anchors = self.anchors

    def follow(self, found: Keypoints, time: float) -> None:
        """Update the position of the face."""
        if self.followed_since is None:
            self.followed_since = time
            self._start_smoothing()
            self.lost_since = None
            self.is_cut = self.is_ghost = self.has_jumped = False
            self._crop_anchors = found.anchors
        self._put(found)
        # A crop's side is a steadier measure of the face than the eye distance: see crop_similarity.
        contours = found.contours
        if contours is not None:
            contours = self._contour_smoother(contours, self.side, time)
        self.keypoints = replace(found, points=self._smoother(found.points, self.side, time), contours=contours)

    def _start_smoothing(self) -> None:
        self._smoother = LandmarkSmoother(self._settings)
        # By itself: 70 landmarks together would drown what the 15 say of the head's motion.
        self._contour_smoother = LandmarkSmoother(self._settings)

    def crop_anchors(self, time: float) -> FloatArray:
        """Return where to cut the crop at `time`, (3, 2): where eyes and mouth are expected.

        While a face rests its crop rests, too. What the network finds depends a little on
        the crop: a crop that follows every find would feed its noise back.
        """
        landmarks = self._smoother.predict(time, _CROP_LEAD)
        expected = self.anchors if landmarks is None else Keypoints(landmarks, self.score).anchors
        if not spread_of(expected) >= SMALLEST_FACE_PIXELS:
            expected = self.anchors
        moved = np.abs(expected - self._crop_anchors).max()
        if moved > _RESTING_CROP * self.side:
            self._crop_anchors = expected
        return self._crop_anchors

    def lose(self, time: float, is_cut: bool = False) -> None:
        """Keep the last position; after a cut it is meaningless."""
        self.lost_since = time if self.lost_since is None else self.lost_since
        self.followed_since = None
        self.is_cut |= is_cut
        self.unconfirmed = 0

    def distance_to(self, anchors: FloatArray) -> float:
        """Return the distance to the centre of `anchors` (3, 2), in sides of the larger crop."""
        return abs(self._middle - _middle_of(anchors)) / max(self.side, crop_side(anchors))

    def gap_to(self, other: "Track") -> float:
        """Return the distance to the centre of another face, in sides of the larger crop."""
        return abs(self._middle - other._middle) / max(self.side, other.side)

    @property
    def box(self) -> Box:
        """The upright square round the crop's middle, as wide as the crop."""
        half = self.side / 2
        return Box(self._middle.real - half, self._middle.imag - half, self.side, self.side)

    def _put(self, found: Keypoints) -> None:
        self.measured, self.anchors, self.score = found, found.anchors, found.score
        # Measured once: every face is held against every other one.
        self.side, self._middle = crop_side(self.anchors), _middle_of(self.anchors)


def _middle_of(anchors: FloatArray) -> complex:
    """Return the middle of anchors (3, 2) as x + iy."""
    return sum(complex(x, y) for x, y in anchors.tolist()) / len(anchors)


def spread_of(anchors: FloatArray) -> float:
    """Return the longer side of the upright box around anchors (3, 2), pixels; NaN where one of them is not finite."""
    # Plain numbers: right after the network, whose weights fill the caches, each call of numpy's takes some 10 us.
    x, y = zip(*anchors.tolist(), strict=True)
    if not math.isfinite(sum(x) + sum(y)):
        return math.nan
    return float(max(max(x) - min(x), max(y) - min(y)))
