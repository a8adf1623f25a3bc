"""Notices when a measure of a face rises above this face's own rest, with hysteresis."""

from dataclasses import dataclass, replace

# In a face's first seconds its rest is learnt sooner, whatever the gauge's own pace.
_LEARN_SECONDS = 4.0
_KNOWN_AFTER_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class AdaptiveThreshold:
    """How one measure is judged; all but the times in the measure's own unit.

    Attributes:
        first: lowest and highest rest that is believed from a single look.
        rest: lowest and highest rest at all.
        above: over the rest, where it comes on.
        above_unknown: the same until the face was watched for half a second, since what is
            seen first may be no rest.
        off: over the rest, where it goes off again.
        fall_seconds: in which the rest follows a smaller value.
        rise_seconds: in which it follows a larger one; slow, so that use does not wear it out.
        dwell_seconds: that it must be over `above`.
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
    """What is remembered of one face: its rest, for how long that was watched, and whether the gauge is on."""

    rest: float
    watched_seconds: float
    is_on: bool
    over_seconds: float = 0.0


def first_look(gauge: AdaptiveThreshold, value: float) -> ThresholdState:
    """Return the needle of a face that was never seen; on a photo this is all there is."""
    rest = _within(value, gauge.first)
    return ThresholdState(rest, 0.0, value > rest + gauge.above_unknown)


def next_look(
    gauge: AdaptiveThreshold, old: ThresholdState, value: float, seconds: float, learn: bool = True
) -> ThresholdState:
    """Return the needle after `seconds` more.

    Args:
        gauge: how to judge.
        old: as it was.
        value: the measure now.
        seconds: since then.
        learn: False keeps the rest, where something else moves this measure, too.
    """
    if value > old.rest + _threshold(gauge, old):
        over = old.over_seconds + seconds
        return replace(old, is_on=old.is_on or over >= gauge.dwell_seconds, over_seconds=over)
    rest = _settle(gauge, old, value, seconds) if learn else old.rest
    return ThresholdState(rest, old.watched_seconds + seconds, False)


def _threshold(gauge: AdaptiveThreshold, needle: ThresholdState) -> float:
    if needle.is_on:
        return gauge.off
    return gauge.above if needle.watched_seconds >= _KNOWN_AFTER_SECONDS else gauge.above_unknown


def _settle(gauge: AdaptiveThreshold, needle: ThresholdState, value: float, seconds: float) -> float:
    """Return the rest, moved towards a value."""
    rise_seconds = min(gauge.rise_seconds, _LEARN_SECONDS + 2.0 * needle.watched_seconds)
    time = gauge.fall_seconds if value < needle.rest else rise_seconds
    return _within(needle.rest + (value - needle.rest) * min(1.0, seconds / time), gauge.rest)


def _within(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
