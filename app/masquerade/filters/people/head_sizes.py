"""Measures the size of each person's head and hair on the person mask."""

from dataclasses import dataclass

import numpy as np

from masquerade.filters.compositing.outline import HEAD, outline_of
from masquerade.filters.people.presence import VisibleFace
from masquerade.geometry.head import MEAN_HEAD, HeadSize
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray, FloatArray, Pose

# Degrees from straight up at which rays leave the head's centre: over the crown, and past the hat line.
_TOP_DEGREES = (-24.0, -16.0, -8.0, 0.0, 8.0, 16.0, 24.0)
_SIDE_DEGREES = (42.0, 50.0, 58.0, 66.0)
# Where hair ends along them, in multiples of the head's outline: medians of 132 heads of photos.
_MEAN_TOP, _MEAN_SIDE = 1.10, 1.22
_FIRST, _LAST, _STEP = 0.5, 2.3, 0.03
_ON = 128
# Fewer rays that end inside of the frame measure nothing; a mask that ends inside the face is wrong.
_MIN_RAYS, _MIN_REACH = 4, 0.7
_TOP_LIMITS, _SIDE_LIMITS = (0.8, 1.5), (0.8, 1.5)
# From farther round, a head's own length is mistaken for hair.
_MAX_YAW, _MAX_PITCH = 40.0, 30.0
# The first measurements are averaged, later ones count for this share.
_MIN_SHARE = 0.12
# What is shown follows what is known, and stays where it is until that is off by more.
_SETTLE_SECONDS, _HYSTERESIS, _NEAR = 0.25, 0.03, 0.004
_YOUNG_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one head.

    Attributes:
        mean: of all measurements.
        count: of them.
        goal: what `shown` moves to; follows the mean in steps.
        shown: how large the head is taken to be.
    """

    mean: HeadSize = MEAN_HEAD
    count: int = 0
    goal: HeadSize = MEAN_HEAD
    shown: HeadSize = MEAN_HEAD


class HeadSizes:
    """Remember how large each head is. For one thread."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}

    def step(
        self, faces: tuple[VisibleFace, ...], person: ByteArray | None, size_wh: tuple[int, int], seconds: float
    ) -> dict[int, HeadSize]:
        """Measure the heads that are clearly visible; return their sizes by identity.

        Args:
            faces: the faces; everyone else is forgotten.
            person: (h, w) uint8, as in `Scene`; None in a frame that measures nothing.
            size_wh: of the frame.
            seconds: since the last frame.
        """
        self._known = {each.face.identity: self._step(each, person, size_wh, seconds) for each in faces}
        return {identity: known.shown for identity, known in self._known.items()}

    def _step(
        self, presence: VisibleFace, person: ByteArray | None, size_wh: tuple[int, int], seconds: float
    ) -> _Known:
        known = self._known.get(presence.face.identity, _Known())
        found = (
            None if person is None or presence.unseen > 0.0 else measure_head(person, pose_of(presence.face), size_wh)
        )
        if found is not None:
            known = _learn(known, found, presence.age <= _YOUNG_SECONDS or presence.age == float("inf"))
        share = seconds / (seconds + _SETTLE_SECONDS)
        shown = _towards(known.shown, known.goal, share)
        return _Known(known.mean, known.count, known.goal, shown)


def measure_head(person: ByteArray, pose: Pose, size_wh: tuple[int, int]) -> HeadSize | None:
    """Return the size of a head; None if the mask does not show it.

    Args:
        person: (h, w) uint8, 255 where there are people, in the frame's proportions.
        pose: of the head.
        size_wh: of the frame.
    """
    if abs(pose.yaw) > _MAX_YAW or abs(pose.pitch) > _MAX_PITCH:
        return None
    left, right = (tuple(sign * each for each in _SIDE_DEGREES) for sign in (-1.0, 1.0))
    reach = _reach(person, pose, size_wh, (*_TOP_DEGREES, *left, *right))
    top, sides = reach[: len(_TOP_DEGREES)], reach[len(_TOP_DEGREES) :].reshape(2, -1)
    across = [float(np.median(side[known])) for side in sides if (known := np.isfinite(side)).any()]
    if not across or min(across) < _MIN_REACH:
        return None
    # Somebody close by makes one side wider, never narrower.
    side_size = _limited(min(across) / _MEAN_SIDE, _SIDE_LIMITS)
    ended = top[np.isfinite(top)]
    if len(ended) < _MIN_RAYS:
        # The frame cuts the hair off: who has much of it at the sides has much of it on top.
        return HeadSize(max(side_size, 1.0), side_size)
    top_reach = float(np.median(ended))
    return HeadSize(_limited(top_reach / _MEAN_TOP, _TOP_LIMITS), side_size) if top_reach >= _MIN_REACH else None


def _reach(person: ByteArray, pose: Pose, size_wh: tuple[int, int], degrees: tuple[float, ...]) -> FloatArray:
    """Return (N,) where the mask ends along each ray, in multiples of the head's outline; NaN beyond frame and rays."""
    outline = outline_of(HEAD, pose)
    up = -pose.rotation[:2, 1].astype(np.float64)
    up /= max(float(np.hypot(*up)), 1e-6)
    angles = np.radians(degrees)
    ways = np.outer(np.cos(angles), up) + np.outer(np.sin(angles), [-up[1], up[0]])
    lengths = 1.0 / np.hypot(*(np.linalg.inv(outline.axes) @ ways.T))
    steps = np.arange(_FIRST, _LAST, _STEP)
    xy = outline.centre_xy + (lengths[:, None] * steps)[..., None] * ways[:, None]
    height, width = person.shape
    x, y = (xy[..., 0] * (width / size_wh[0])).round(), (xy[..., 1] * (height / size_wh[1])).round()
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    column, row = np.clip(x, 0, width - 1).astype(np.intp), np.clip(y, 0, height - 1).astype(np.intp)
    ended = ~inside | (person[row, column] < _ON)
    first = np.argmax(ended, axis=1)
    rays = np.arange(len(degrees))
    known = ended.any(axis=1) & inside[rays, first]
    return np.where(known, steps[first], np.nan).astype(np.float32)


def _learn(known: _Known, found: HeadSize, at_once: bool) -> _Known:
    mean = _towards(known.mean, found, max(1.0 / (known.count + 1), _MIN_SHARE))
    off = max(abs(mean.top - known.goal.top), abs(mean.side - known.goal.side))
    goal = mean if known.count == 0 or off > _HYSTERESIS else known.goal
    return _Known(mean, known.count + 1, goal, goal if at_once and known.count == 0 else known.shown)


def _towards(size: HeadSize, goal: HeadSize, share: float) -> HeadSize:
    if max(abs(size.top - goal.top), abs(size.side - goal.side)) < _NEAR:
        return goal
    return HeadSize(size.top + share * (goal.top - size.top), size.side + share * (goal.side - size.side))


def _limited(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
