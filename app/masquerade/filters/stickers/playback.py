"""Plays the frames of an animated sticker: round and round, or once as its trigger comes on."""

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from masquerade.filters.format.layers import LayerTrigger, Motion

# On a photo, an animation that plays once is seen half-way.
_PHOTO_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class PlaybackState:
    """How far an animation has come on one face.

    Attributes:
        played: seconds since its first frame; infinite before it is first played.
        was_on: whether the trigger was on.
    """

    played: float
    was_on: bool


class FrameSequence:
    """The frames' times; immutable.

    Args:
        seconds: that each frame is shown; a single one is a still image.
        loop: False stops at the last frame.
    """

    def __init__(self, seconds: tuple[float, ...], loop: bool) -> None:
        self._ends = tuple(accumulate(seconds))
        self._loop = loop
        self.seconds = self._ends[-1]

    def frame_at(self, played: float) -> int:
        """Return which frame is shown after so many seconds."""
        last = len(self._ends) - 1
        if last == 0 or not math.isfinite(played):
            return 0
        within = played % self.seconds if self._loop else played
        return min(bisect_right(self._ends, within), last)

    def is_playing(self, state: PlaybackState) -> bool:
        """Return whether an animation that plays once has not come to its end."""
        return state.played < self.seconds

    def begin(self, trigger: LayerTrigger | None, is_on: bool, settled: bool) -> PlaybackState:
        """Return the playback on a new face; `settled` is True on a photo."""
        if trigger is None or trigger.motion is not Motion.PLAY:
            return PlaybackState(0.0, is_on)
        if is_on and settled:
            return PlaybackState(_PHOTO_SHARE * self.seconds, True)
        return PlaybackState(math.inf, False)

    def step(
        self, trigger: LayerTrigger | None, old: PlaybackState, is_on: bool, hidden: bool, seconds: float
    ) -> PlaybackState:
        """Return the playback after `seconds` more.

        Args:
            trigger: of the layer.
            old: as it was.
            is_on: whether the trigger is on.
            hidden: whether nothing of the layer is seen, so that it may begin again.
            seconds: since then.
        """
        plays = trigger is not None and trigger.motion is Motion.PLAY
        done = not self.is_playing(old) if plays else hidden
        if trigger is not None and is_on and not old.was_on and done:
            return PlaybackState(0.0, True)
        return PlaybackState(old.played + seconds, is_on)
