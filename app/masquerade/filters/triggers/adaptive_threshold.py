"""Detects when a measurement rises above a face's resting value, with hysteresis."""

from dataclasses import dataclass, replace

# In a face's first seconds its resting value is learnt faster than later.
_LEARN_SECONDS = 4.0
_KNOWN_AFTER_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class AdaptiveThreshold:
    """The limits for one measurement, in its own unit except for the times.

    Attributes:
        first: lowest and highest resting value accepted from a single frame.
        rest: lowest and highest resting value at any time.
        above: how far above rest it switches on.
        above_unknown: the same during a face's first half second, which may show no resting face.
        off: how far above rest it switches off again.
        fall_seconds: time in which rest follows a smaller value.
        rise_seconds: time in which rest follows a larger one; slow, so that use does not raise it.
        dwell_seconds: how long it must stay above before it switches on.
    """

    first: tuple[float, float]
    rest: tuple[float, float]
    above: float
    above_unknown: float
    off: float
    fall_seconds: float
    rise_seconds: float
    dwell_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ThresholdState:
    """The state for one face: its resting value, how long the face was watched, and whether it is on."""

    rest: float
    watched_seconds: float
    is_on: bool
    over_seconds: float = 0.0


def initial_state(threshold: AdaptiveThreshold, value: float) -> ThresholdState:
    """Return the state for a new face; a photo has no other."""
    rest = _within(value, threshold.first)
    return ThresholdState(rest, 0.0, value > rest + threshold.above_unknown)


def next_state(
    threshold: AdaptiveThreshold, old: ThresholdState, value: float, seconds: float, learn: bool = True
) -> ThresholdState:
    """Return the state after `seconds` more.

    Args:
        threshold: the limits.
        old: the previous state.
        value: the measurement now.
        seconds: time since the previous state.
        learn: False keeps the resting value, because something else moves the measurement too.
    """
    if value > old.rest + _level(threshold, old):
        over = old.over_seconds + seconds
        return replace(old, is_on=old.is_on or over >= threshold.dwell_seconds, over_seconds=over)
    rest = _settle(threshold, old, value, seconds) if learn else old.rest
    return ThresholdState(rest, old.watched_seconds + seconds, False)


def _level(threshold: AdaptiveThreshold, state: ThresholdState) -> float:
    if state.is_on:
        return threshold.off
    return threshold.above if state.watched_seconds >= _KNOWN_AFTER_SECONDS else threshold.above_unknown


def _settle(threshold: AdaptiveThreshold, state: ThresholdState, value: float, seconds: float) -> float:
    """Return the rest, moved towards a value."""
    rise_seconds = min(threshold.rise_seconds, _LEARN_SECONDS + 2.0 * state.watched_seconds)
    time = threshold.fall_seconds if value < state.rest else rise_seconds
    return _within(state.rest + (value - state.rest) * min(1.0, seconds / time), threshold.rest)


def _within(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
