"""Finds which triggers a face sets off, each measured against this face's own rest."""

from dataclasses import dataclass, replace
from types import MappingProxyType

from masquerade.filters.triggers.adaptive_threshold import AdaptiveThreshold, ThresholdState, initial_state, next_state
from masquerade.filters.triggers.expression import Expression, expression_of
from masquerade.filters.triggers.eyes import Eyes, watch_eyes
from masquerade.filters.triggers.gestures import Oscillation, initial_oscillation, next_oscillation
from masquerade.values import Face, Trigger

# Lip gaps over 3039 labelled photos: median 0.30, a twentieth below 0.15, a twentieth above
# 0.49. Full lips are closed at 0.38, a smile with teeth has 0.36 to 0.50. A mouth opened wide
# on a webcam comes out 0.15 to 0.30 above its rest (a landmarker plays such rare shapes
# down), with a noise of 0.01.
_MOUTH_OPEN = AdaptiveThreshold(
    first=(0.15, 0.32), rest=(0.15, 0.42), above=0.14, above_unknown=0.20, off=0.08, fall_seconds=0.5, rise_seconds=20.0
)
# Over the same photos: median 0.06, a tenth above 0.33, nearly all of them laughing; on
# fourteen photos sorted by eye at least 0.28 for who laughs, at most 0.13 for who does not. On a
# webcam a smile rises by 0.25 to 0.35, talking by 0.10.
_SMILE = AdaptiveThreshold(
    first=(-0.20, 0.13),
    rest=(-0.30, 0.24),
    above=0.15,
    above_unknown=0.13,
    off=0.09,
    fall_seconds=3.0,
    rise_seconds=20.0,
    dwell_seconds=0.12,
)
# The mouth's width with its sign turned: median 0.81, a kiss takes 0.15 to 0.30 away, of which
# the landmarker says a half. A small child's mouth at rest is as narrow (0.5) as a grown-up's
# kiss: only its own rest can show that.
_KISS = AdaptiveThreshold(
    first=(-0.88, -0.62),
    rest=(-0.90, -0.48),
    above=0.10,
    above_unknown=0.15,
    off=0.055,
    fall_seconds=10.0,
    rise_seconds=20.0,
    dwell_seconds=0.25,
)
# Brows go up by 0.04 to 0.06 on a webcam and by 0.02 with every blink.
_BROWS_UP = AdaptiveThreshold(
    first=(0.18, 0.29),
    rest=(0.12, 0.34),
    above=0.032,
    above_unknown=0.08,
    off=0.018,
    fall_seconds=2.0,
    rise_seconds=20.0,
    dwell_seconds=0.08,
)
# Degrees. A camera may stand crooked, and some hold their heads so.
_TILT = AdaptiveThreshold(
    first=(-8.0, 8.0),
    rest=(-10.0, 10.0),
    above=15.0,
    above_unknown=18.0,
    off=10.0,
    fall_seconds=10.0,
    rise_seconds=20.0,
)
_THRESHOLDS = MappingProxyType(
    {
        Trigger.MOUTH_OPEN: _MOUTH_OPEN,
        Trigger.SMILE: _SMILE,
        Trigger.KISS: _KISS,
        Trigger.BROWS_UP: _BROWS_UP,
        Trigger.HEAD_TILT_LEFT: _TILT,
        Trigger.HEAD_TILT_RIGHT: _TILT,
    }
)
# What the mouth does changes its width in more than one way: its rest is learnt from a calm one.
_MOUTH = frozenset({Trigger.SMILE, Trigger.KISS, Trigger.MOUTH_OPEN})
_WIDTHS = frozenset({Trigger.SMILE, Trigger.KISS})
# Degrees that each swing of a nod and of a shake covers.
_NOD, _SHAKE = 7.0, 9.0
# A lip gap so far above its rest is a mouth that says no "yes".
_WIDE_OPEN = 0.25
_FOUND_SECONDS = 1.0
# A mouth that closes is narrow on its way: no kiss until it has been closed for so long.
_CLOSED_SECONDS = 0.8
# A face that is missed in a frame or two is not yet lost.
_LOST_AFTER_SECONDS = 0.1
# As long as the tracker may give a face its identity back.
_FORGET_SECONDS = 3.0
_MAX_STEP_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _Person:
    """What is remembered of one face; times in seconds."""

    states: MappingProxyType[Trigger, ThresholdState]
    pitch: Oscillation
    yaw: Oscillation
    since_found: float = 0.0
    since_open: float = _CLOSED_SECONDS
    unseen: float = 0.0
    eyes: Eyes | None = None

    @property
    def active(self) -> frozenset[Trigger]:
        active = {trigger for trigger, state in self.states.items() if state.is_on}
        active.add(Trigger.MOUTH_OPEN if Trigger.MOUTH_OPEN in active else Trigger.MOUTH_CLOSED)
        if self.since_open < _CLOSED_SECONDS:
            active.discard(Trigger.KISS)
        states = (
            (Trigger.NOD, self.pitch.is_on),
            (Trigger.SHAKE, self.yaw.is_on),
            (Trigger.FACE_FOUND, self.since_found < _FOUND_SECONDS),
            (Trigger.FACE_LOST, self.unseen > _LOST_AFTER_SECONDS),
        )
        eyes = frozenset() if self.eyes is None else self.eyes.active
        return frozenset(active | eyes | {trigger for trigger, is_on in states if is_on})


class Triggers:
    """Watches faces over time. For one thread."""

    def __init__(self) -> None:
        self._people: dict[int, _Person] = {}
        self._last_at: float | None = None

    def watch(self, faces: tuple[Face, ...], taken_at: float) -> tuple[Face, ...]:
        """Return the faces with `active` set.

        A face that is only held keeps its triggers: nothing new is known of it.

        Args:
            faces: of one frame.
            taken_at: seconds, when that frame was taken.
        """
        passed = 0.0 if self._last_at is None else taken_at - self._last_at
        seconds = min(max(passed, 0.0), _MAX_STEP_SECONDS)
        self._last_at = taken_at
        here = {face.identity: self._step(face, seconds) for face in faces}
        away = {
            identity: replace(person, unseen=person.unseen + seconds)
            for identity, person in self._people.items()
            if identity not in here and person.unseen + seconds < _FORGET_SECONDS
        }
        self._people = away | here
        return tuple(replace(face, active=here[face.identity].active) for face in faces)

    def _step(self, face: Face, seconds: float) -> _Person:
        old = self._people.get(face.identity)
        if old is not None and face.held:
            return replace(old, since_found=old.since_found + seconds, unseen=old.unseen + seconds)
        seen = expression_of(face)
        values = _values(seen)
        if old is None:
            first = {trigger: initial_state(threshold, values[trigger]) for trigger, threshold in _THRESHOLDS.items()}
            since_open = 0.0 if first[Trigger.MOUTH_OPEN].is_on else _CLOSED_SECONDS
            swings = initial_oscillation(seen.pitch), initial_oscillation(seen.yaw)
            return _Person(MappingProxyType(first), *swings, since_open=since_open, eyes=watch_eyes(None, face, 0.0))
        back = old.unseen > _LOST_AFTER_SECONDS
        if back:
            old = replace(old, states=_rested(old.states))
        # What is seen first has lasted no time yet.
        states = _next_states(old, values, 0.0 if back else seconds)
        return _Person(
            states=states,
            pitch=initial_oscillation(seen.pitch) if back else _nod(old, seen, seconds),
            yaw=initial_oscillation(seen.yaw) if back else next_oscillation(old.yaw, seen.yaw, _SHAKE, seconds),
            since_found=0.0 if back else old.since_found + seconds,
            since_open=0.0 if states[Trigger.MOUTH_OPEN].is_on else old.since_open + seconds,
            eyes=watch_eyes(old.eyes, face, 0.0 if back else seconds),
        )


def _nod(old: _Person, seen: Expression, seconds: float) -> Oscillation:
    if seen.lip_gap > old.states[Trigger.MOUTH_OPEN].rest + _WIDE_OPEN:
        # Who opens the mouth wide throws the head back.
        return initial_oscillation(seen.pitch, max(old.pitch.left_seconds - seconds, 0.0))
    return next_oscillation(old.pitch, seen.pitch, _NOD, seconds)


def _values(seen: Expression) -> dict[Trigger, float]:
    """Return the measurement for each threshold; it rises towards its trigger."""
    return {
        Trigger.MOUTH_OPEN: seen.lip_gap,
        Trigger.SMILE: seen.smile,
        Trigger.KISS: -seen.mouth_width,
        Trigger.BROWS_UP: seen.brow_height,
        Trigger.HEAD_TILT_LEFT: seen.roll,
        Trigger.HEAD_TILT_RIGHT: -seen.roll,
    }


def _rested(states: MappingProxyType[Trigger, ThresholdState]) -> MappingProxyType[Trigger, ThresholdState]:
    """Return the states of a face that comes back, without what it had begun when it was lost."""
    return MappingProxyType({trigger: replace(state, over_seconds=0.0) for trigger, state in states.items()})


def _next_states(
    old: _Person, values: dict[Trigger, float], seconds: float
) -> MappingProxyType[Trigger, ThresholdState]:
    calm = not any(old.states[trigger].is_on for trigger in _MOUTH)
    return MappingProxyType(
        {
            trigger: next_state(
                threshold, old.states[trigger], values[trigger], seconds, calm or trigger not in _WIDTHS
            )
            for trigger, threshold in _THRESHOLDS.items()
        }
    )
