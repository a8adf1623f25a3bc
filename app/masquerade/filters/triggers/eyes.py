"""Recognises closed eyes, blinks and winks by the lids, each eye against its own rest."""

import math
from dataclasses import dataclass

import numpy as np

from masquerade.contours import LEFT_EYE, RIGHT_EYE
from masquerade.filters.triggers.adaptive_threshold import AdaptiveThreshold, ThresholdState, initial_state, next_state
from masquerade.geometry.pose import pose_of
from masquerade.values import Face, FloatArray, Trigger

# Going round an eye: two marks on the upper lid, and those below them on the lower one.
_UPPER, _LOWER = (1, 2), (5, 4)
# Eye distances: less than this is no gap that could be measured.
_SMALLEST_GAP = 0.012
# Nodding by 70 degrees leaves a third of a length: beyond that, noise would be enlarged.
_SHORTEST = 0.35
# The logarithm of the gap, its sign turned, so that narrow eyes close like wide ones: by 0.42 is to 66 % of the rest.
# Gaps at rest are 0.06 to 0.25 eye distances.
_CLOSED = AdaptiveThreshold(
    first=(1.4, 2.4), rest=(1.4, 2.8), above=0.42, above_unknown=0.55, off=0.26, fall_seconds=0.5, rise_seconds=20.0
)
# A blink takes 0.1 to 0.4 seconds; what lasts longer is a pair of closed eyes.
_CLOSED_SECONDS = 0.45
_BLINK_LASTS_SECONDS = 0.3
# In a blink one eye may come first.
_WINK_SECONDS = 0.12
_KNOWN_AFTER_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Eyes:
    """What is remembered of a pair of eyes; times in seconds.

    Attributes:
        left, right: the person's own.
        both: for how long both have been closed.
        left_alone, right_alone: for how long that one has been closed, the other open.
        blink: for which a blink still counts as going on.
    """

    left: ThresholdState
    right: ThresholdState
    both: float = 0.0
    left_alone: float = 0.0
    right_alone: float = 0.0
    blink: float = 0.0

    @property
    def active(self) -> frozenset[Trigger]:
        """The triggers that are on."""
        states = (
            (Trigger.EYES_CLOSED, self.both >= _CLOSED_SECONDS),
            (Trigger.BLINK, self.blink > 0 and self.both < _CLOSED_SECONDS),
            (Trigger.WINK_LEFT, self.left_alone >= _WINK_SECONDS),
            (Trigger.WINK_RIGHT, self.right_alone >= _WINK_SECONDS),
        )
        return frozenset(trigger for trigger, is_on in states if is_on)


def watch_eyes(old: Eyes | None, face: Face, seconds: float) -> Eyes | None:
    """Return what is known of a face's eyes after `seconds` more; None where the model finds no lids.

    Args:
        old: as they were; None for a face that was never seen.
        face: with contours.
        seconds: since then.
    """
    if face.contours is None:
        return None
    left, right = (-math.log(max(gap, _SMALLEST_GAP)) for gap in lid_gaps(face))
    if old is None:
        eyes = Eyes(initial_state(_CLOSED, left), initial_state(_CLOSED, right))
        # A photo has no time: what is seen first has lasted.
        closed = eyes.left.is_on and eyes.right.is_on
        return Eyes(eyes.left, eyes.right, both=_CLOSED_SECONDS if closed else 0.0)
    states = next_state(_CLOSED, old.left, left, seconds), next_state(_CLOSED, old.right, right, seconds)
    is_left, is_right = states[0].is_on, states[1].is_on
    # A half-closed eye that was seen first is no rest that the other could be held against.
    known = min(old.left.watched_seconds, old.right.watched_seconds) >= _KNOWN_AFTER_SECONDS
    begins = is_left and is_right and not (old.left.is_on and old.right.is_on)
    return Eyes(
        *states,
        both=old.both + seconds if is_left and is_right else 0.0,
        left_alone=old.left_alone + seconds if known and is_left and not is_right else 0.0,
        right_alone=old.right_alone + seconds if known and is_right and not is_left else 0.0,
        blink=_BLINK_LASTS_SECONDS if begins else max(old.blink - seconds, 0.0),
    )


def lid_gaps(face: Face) -> tuple[float, float]:
    """Return how far the lids of the left and the right eye are apart, eye distances, as if seen from the front.

    Raises:
        ValueError: the face has no contours.
    """
    if face.contours is None:
        raise ValueError("the lids are known of faces with contours alone")
    pose = pose_of(face)
    down = pose.rotation[:2, 1]
    length = max(float(np.hypot(*down)), _SHORTEST)
    gaps = [float(_gap(face.contours[list(eye)]) @ down) for eye in (LEFT_EYE, RIGHT_EYE)]
    return gaps[0] / (length * length * pose.scale), gaps[1] / (length * length * pose.scale)


def _gap(eye: FloatArray) -> FloatArray:
    """Return from the upper to the lower lid of an eye (6, 2): (2,) pixels."""
    return np.asarray((eye[list(_LOWER)] - eye[list(_UPPER)]).mean(axis=0), np.float32)
