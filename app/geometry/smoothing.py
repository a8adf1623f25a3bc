"""Smooths points over time with the One Euro filter: calm when still, quick when moving."""

import math
from dataclasses import dataclass

import numpy as np

from app.values import FloatArray


@dataclass(frozen=True, slots=True)
class OneEuroSettings:
    """How calm and how quick a One Euro filter is.

    Attributes:
        min_cutoff: hertz; lower = calmer while still.
        beta: how much of the speed (units a second) is added to the cutoff; higher = less lag.
        derivative_cutoff: hertz; smoothing of the speed itself.
    """

    min_cutoff: float
    beta: float
    derivative_cutoff: float

    def __post_init__(self) -> None:
        if self.min_cutoff <= 0 or self.beta < 0 or self.derivative_cutoff <= 0:
            raise ValueError(f"cutoffs must be above 0 and beta at least 0, got {self}")


class OneEuro:
    """Smooths one set of points; one filter for each face.

    All points share one cutoff, taken from the speed of the whole set: a head moves as
    one, and noise of a single point must not open its own filter.

    Source:
        Casiez, Roussel, Vogel, "1 Euro Filter: A Simple Speed-based Low-pass Filter for
        Noisy Input in Interactive Systems" (CHI 2012).
    """

    def __init__(self, settings: OneEuroSettings) -> None:
        self._settings = settings
        self._value: FloatArray | None = None
        self._speed: FloatArray | None = None
        self._time = 0.0

    def __call__(self, value: FloatArray, unit: float, time: float) -> FloatArray:
        """Takes the next points and returns them smoothed.

        Args:
            value: (N, 2) float32.
            unit: what speed is measured in, in the units of `value` (the face's size, so
                that a near and a far face are treated alike); above 0.
            time: seconds; a step back or none at all gives `value` itself.

        Returns:
            (N, 2) float32.
        """
        step = time - self._time
        self._time = time
        if self._value is None or self._speed is None or step <= 0:
            self._value, self._speed = value, np.zeros_like(value)
            return value
        share = _share(self._settings.derivative_cutoff, step)
        self._speed = self._speed + share * ((value - self._value) / (step * unit) - self._speed)
        cutoff = self._settings.min_cutoff + self._settings.beta * _typical_speed(self._speed)
        self._value = (self._value + _share(cutoff, step) * (value - self._value)).astype(np.float32)
        return self._value


def _share(cutoff: float, step: float) -> float:
    """How much of the new value a low-pass of `cutoff` hertz takes in after `step` seconds."""
    ratio = 2 * math.pi * cutoff * step
    return ratio / (ratio + 1)


def _typical_speed(speed: FloatArray) -> float:
    """The speed of the set as a whole, plus what its points do alike beyond that (roll, scale)."""
    squared = np.einsum("ij,ij->i", speed, speed)
    return math.sqrt(float(np.sort(squared)[len(squared) // 2]))
