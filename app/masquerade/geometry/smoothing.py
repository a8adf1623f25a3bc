"""Smooths the landmarks of one face over time: calm when still, without lag when moving."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from masquerade.values import FloatArray

ComplexArray = NDArray[np.complex64]
# Departures of a landmark from its motion, in steps of noise: below the first they are noise, above the second motion.
_NOISE_LOW, _NOISE_HIGH = 1.0, 2.0


@dataclass(frozen=True, slots=True)
class SmoothingSettings:
    """How strongly landmarks are smoothed, and what counts as motion. Tuned with `masquerade bench --motion`.

    Attributes:
        rest_cutoff: hertz; how fast a still face drifts to where it is measured.
        low: departures below this many standard deviations of the noise are noise.
        high: departures above as many are motion, and are followed at once.
        own_low: as `low`, for one landmark that moves on its own (talking, blinking).
        own_high: as `high`, for one landmark.
        evidence_seconds: departures are also judged by their mean over this time, so that slow motion is seen.
        velocity_seconds: over this time the velocity is averaged.
        common_share: noise of the whole face (shift, turn and growth) as a share of one landmark's.
        noise_seconds: over this time the noise is measured.
        first_noise: noise of a landmark before any is measured, as a share of the unit.
        min_noise: less noise than this is never assumed, as a share of the unit.
        max_step_seconds: no motion is foreseen farther than this.
    """

    rest_cutoff: float = 0.2
    low: float = 1.8
    high: float = 3.2
    own_low: float = 3.0
    own_high: float = 5.0
    evidence_seconds: float = 0.1
    velocity_seconds: float = 0.03
    common_share: float = 0.9
    noise_seconds: float = 0.7
    first_noise: float = 0.0012
    min_noise: float = 0.00015
    max_step_seconds: float = 0.1

    def __post_init__(self) -> None:
        seconds = (self.evidence_seconds, self.velocity_seconds, self.noise_seconds, self.max_step_seconds)
        if min(self.rest_cutoff, self.common_share, self.first_noise, self.min_noise, *seconds) <= 0:
            raise ValueError(f"cutoff, shares, noise and seconds must be above 0, got {self}")
        if not (0 <= self.low < self.high and 0 <= self.own_low < self.own_high):
            raise ValueError(f"low must lie below high and neither below 0, got {self}")


@dataclass(frozen=True, slots=True, eq=False)
class _Motion:
    """A deviation or velocity of all landmarks: the common part, and the rest of each landmark.

    Attributes:
        shift: of their middle, x + iy.
        factor: turn and growth about the middle, as a complex share of each landmark's arm.
        own: (N,) what is left.
    """

    shift: complex
    factor: complex
    own: ComplexArray

    def length(self, radius: float) -> float:
        """Return how far the common part moves landmarks at distance `radius` from their centre."""
        return math.hypot(abs(self.shift), abs(self.factor) * radius)


class LandmarkSmoother:
    """Smooths the landmarks of one face.

    Every measurement is compared with where the face was expected. What the landmarks do
    together (shift, turn, growth) is known better than what one does alone, since the noise
    of all of them cancels. A departure within the noise moves the face slowly; a departure
    beyond it is followed at once. The noise itself is measured on this face while it is
    tracked, from what the landmarks do against each other from frame to frame, which motion
    of the head hardly changes: so the same settings suit daylight and a dark room.

    See docs/decisions/027 for the figures.
    """

    def __init__(self, settings: SmoothingSettings) -> None:
        self._settings = settings
        # As x + iy: shift, turn and growth are then one sum and one product.
        self._places: ComplexArray | None = None
        self._time = 0.0

    def __call__(self, points: FloatArray, unit: float, time: float) -> FloatArray:
        """Take the next landmarks and return them smoothed.

        Args:
            points: (N, 2) float32.
            unit: the face's size in the units of `points`, so that a near and a far face
                are treated alike; above 0.
            time: seconds; a step back or none at all starts again from `points`.

        Returns:
            (N, 2) float32.
        """
        measured = _complex(points)
        step, self._time = time - self._time, time
        if self._places is None or step <= 0:
            self._restart(measured, unit)
            return points
        self._measure_noise(measured, unit, step)
        self._places = self._follow(self._places, measured, step)
        return _points(self._places)

    def predict(self, time: float, lead: float = 1.0) -> FloatArray | None:
        """Return where the landmarks are expected at `time`, (N, 2) float32; None before the first.

        Args:
            time: seconds, later than the last measurement.
            lead: 0 to 1, how much of the motion that is expected until then.
        """
        if self._places is None:
            return None
        ahead = lead * self._ahead(time - self._time)
        return _points(self._moved_on(self._places, _arms(self._places), ahead))

    @property
    def noise(self) -> FloatArray:
        """(N,) the noise of each landmark from one measurement to the next, in x or y; after the first."""
        return np.sqrt(self._variance)

    def copy(self) -> "LandmarkSmoother":
        """Return an independent copy."""
        # No array is ever changed in place, so both may share them.
        return copy.copy(self)

    def reverse(self) -> "LandmarkSmoother":
        """Return a smoother that runs backwards from the newest measurement: pass it earlier ones with negated times.

        It begins at the smoothed landmarks and knows their noise, so that it is as calm as this one. What
        one trails of a motion the other leads: their mean does neither.

        Raises:
            ValueError: there was no measurement yet.
        """
        if self._places is None:
            raise ValueError("a smoother can only be reversed after its first measurement")
        back = self.copy()
        back._time = -self._time
        back._velocity = _Motion(-self._velocity.shift, -self._velocity.factor, self._velocity.own)
        back._evidence = _Motion(0j, 0j, np.zeros_like(self._places))
        return back

    def _restart(self, measured: ComplexArray, unit: float) -> None:
        self._places = self._measured = measured
        self._variance = np.full(len(measured), (self._settings.first_noise * unit) ** 2, np.float32)
        self._velocity = self._evidence = _Motion(0j, 0j, np.zeros_like(measured))
        self._certainty = 0.0

    def _measure_noise(self, measured: ComplexArray, unit: float, step: float) -> None:
        """Update the noise with how much each landmark moved against the others since the previous frame."""
        own = _split(measured - self._measured, _arms(self._measured)).own
        self._measured = measured
        squared = (own.real**2 + own.imag**2) / 2
        # What talks or blinks is no noise: one landmark's leap counts as three standard deviations at most.
        squared = np.minimum(squared, 9 * self._variance)
        share = 1 - math.exp(-step / self._settings.noise_seconds)
        least = (self._settings.min_noise * unit) ** 2
        self._variance = np.maximum(self._variance + share * (squared - self._variance), least)

    def _follow(self, old: ComplexArray, measured: ComplexArray, step: float) -> ComplexArray:
        """Return the new positions (N,), and update the velocity."""
        chosen = self._settings
        ahead = self._ahead(step)
        expected = self._moved_on(old, _arms(old), ahead)
        arms = _arms(expected)
        radius = math.sqrt(max(float(np.vdot(arms, arms).real), 1e-9) / len(arms))
        departure = _split(measured - expected, arms)
        share = min(step / chosen.evidence_seconds, 1.0)
        evidence = _mixed(self._evidence, departure, share)
        steadier = math.sqrt(share / (2 - share))
        noise = chosen.common_share * math.sqrt(sorted(self._variance.tolist())[len(arms) // 2])
        rest = _low_pass_share(chosen.rest_cutoff, step)

        far = max(departure.length(radius), evidence.length(radius) / steadier) / noise
        gain = rest + (1 - rest) * _rise((far - chosen.low) / (chosen.high - chosen.low))
        own = np.maximum(np.abs(departure.own), np.abs(evidence.own) / np.float32(steadier))
        own_far = np.asarray(own / np.sqrt(self._variance), np.float32)
        own_gain = rest + (1 - rest) * _rises((own_far - chosen.own_low) / (chosen.own_high - chosen.own_low))

        self._evidence = _Motion(
            (1 - gain) * evidence.shift, (1 - gain) * evidence.factor, (1 - own_gain) * evidence.own
        )
        shift, factor = gain * departure.shift, gain * departure.factor
        moved = _Motion(ahead * self._velocity.shift + shift, ahead * self._velocity.factor + factor, departure.own)
        self._take_velocity(moved, step, noise, radius)
        return np.asarray(expected + shift + factor * arms + own_gain * departure.own, np.complex64)

    def _take_velocity(self, moved: _Motion, step: float, noise: float, radius: float) -> None:
        share = 1 - math.exp(-step / self._settings.velocity_seconds)
        old = self._velocity
        self._velocity = _Motion(
            old.shift + share * (moved.shift / step - old.shift),
            old.factor + share * (moved.factor / step - old.factor),
            old.own,
        )
        # How far a frame's noise alone would have moved the velocity.
        self._certainty = _rise(self._velocity.length(radius) * step / (noise * math.sqrt(share)) - 0.5)

    def _ahead(self, step: float) -> float:
        """Return for how many seconds of the next `step` the velocity is reliable."""
        return self._certainty * min(step, self._settings.max_step_seconds)

    def _moved_on(self, places: ComplexArray, arms: ComplexArray, ahead: float) -> ComplexArray:
        """Return (N,): the landmarks as the common velocity moves them in `ahead` seconds."""
        if ahead <= 0:
            return places
        return np.asarray(places + ahead * (self._velocity.shift + self._velocity.factor * arms), np.complex64)


def smooth_between(
    times: Sequence[float], landmarks: Sequence[FloatArray], index: int, noise: FloatArray
) -> FloatArray:
    """Return the landmarks of one frame, moved to the parabola that fits them and their neighbours in time.

    A landmark that departs from the parabola by more than noise has changed its motion there, and stays.

    Args:
        times: seconds, rising.
        landmarks: (N, 2) for each time.
        index: of the frame.
        noise: (N,), see LandmarkSmoother.noise.

    Returns:
        (N, 2) float32; as given where three frames or fewer are known, which lie on a parabola anyhow.
    """
    here = landmarks[index]
    if len(times) <= 3:
        return here
    apart = np.array(times) - times[index]
    weights = np.linalg.pinv(np.stack([np.ones_like(apart), apart, apart**2], axis=1))[0]
    departure = here - np.tensordot(weights, np.stack(landmarks), axes=1)
    far = np.asarray(np.hypot(departure[:, 0], departure[:, 1]) / noise, np.float32)
    kept = _rises((far - _NOISE_LOW) / (_NOISE_HIGH - _NOISE_LOW))[:, None]
    return np.asarray(here - (1 - kept) * departure, np.float32)


def _arms(places: ComplexArray) -> ComplexArray:
    """Return the positions (N,) relative to their centre."""
    # A sum: numpy's mean takes five times as long.
    return np.asarray(places - places.sum() / len(places), np.complex64)


def _split(moved: ComplexArray, arms: ComplexArray) -> _Motion:
    """Return the shift, rotation and scaling that fit `moved` (N,) best, and the rest."""
    shift = complex(moved.sum()) / len(moved)
    factor = complex(np.vdot(arms, moved)) / max(float(np.vdot(arms, arms).real), 1e-9)
    return _Motion(shift, factor, moved - (shift + factor * arms))


def _mixed(old: _Motion, new: _Motion, share: float) -> _Motion:
    """Return the running mean of motions, of which `new` is `share`."""
    keep = 1 - share
    return _Motion(
        keep * old.shift + share * new.shift,
        keep * old.factor + share * new.factor,
        keep * old.own + share * new.own,
    )


def _rise(share: float) -> float:
    """Return 0 below 0, 1 above 1, and a smooth rise between them."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _rises(shares: FloatArray) -> FloatArray:
    """Return `_rise` of each, (N,)."""
    shares = np.minimum(np.maximum(shares, 0.0), 1.0)
    return shares * shares * (3 - 2 * shares)


def _low_pass_share(cutoff: float, step: float) -> float:
    """Return the share of the new value in a low-pass filter with `cutoff` hertz and a step in seconds."""
    ratio = cutoff * (2 * math.pi * step)
    return ratio / (ratio + 1)


def _complex(points: FloatArray) -> ComplexArray:
    """Return points (N, 2) as complex numbers x + iy, (N,)."""
    return np.ascontiguousarray(points, np.float32).view(np.complex64)[:, 0]


def _points(places: ComplexArray) -> FloatArray:
    """Return complex numbers x + iy, (N,), as points (N, 2)."""
    return np.ascontiguousarray(places, np.complex64).view(np.float32).reshape(-1, 2)
