"""Smooths the points of a face over time with the One Euro filter: calm when still, quick when moving."""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from masquerade.values import FloatArray

ComplexArray = NDArray[np.complex64]
Cutoff = TypeVar("Cutoff", float, FloatArray)


@dataclass(frozen=True, slots=True)
class OneEuroSettings:
    """How calm and how quick a filter is. Speeds are in units (of the face) a second.

    The values were chosen on still faces under webcam noise and JPEG: the points wander by
    0.21 % of the eye distance (1.3 % before smoothing) and trail a head that moves by four
    eye distances a second by 3 % of one, 8 ms.

    Attributes:
        min_cutoff: hertz; lower = calmer while still.
        beta: hertz of cutoff for each unit of the whole face's speed; higher = less lag.
        rest: speed of the whole face that counts as noise.
        own_beta: the same for a point's own speed beyond the whole face's (talking, blinking).
        own_rest: own speed that counts as noise.
        speed_cutoff: hertz; smoothing of the speeds themselves.
    """

    min_cutoff: float = 0.2
    beta: float = 14.0
    rest: float = 0.05
    own_beta: float = 10.0
    own_rest: float = 0.5
    speed_cutoff: float = 2.0

    def __post_init__(self) -> None:
        if self.min_cutoff <= 0 or self.speed_cutoff <= 0:
            raise ValueError(f"cutoffs must be above 0, got {self}")
        if min(self.beta, self.rest, self.own_beta, self.own_rest) < 0:
            raise ValueError(f"beta, rest, own_beta and own_rest must be at least 0, got {self}")


class OneEuro:
    """Smooths the points of one face.

    The speed that opens the filter is split in two. What the points do together (shift,
    turn, grow) is known far better than what one of them does, since the noise of 15
    points cancels: it may open the filter at once. What a point does on its own opens
    only its own filter, and only beyond the noise.

    Source:
        Casiez, Roussel, Vogel, "1 Euro Filter: A Simple Speed-based Low-pass Filter for
        Noisy Input in Interactive Systems" (CHI 2012); the split is ours.
    """

    def __init__(self, settings: OneEuroSettings) -> None:
        self._settings = settings
        # Both as x + iy: shift, turn and growth are then one sum and one product.
        self._places: ComplexArray | None = None
        self._speeds: ComplexArray | None = None
        self._time = 0.0

    def __call__(self, points: FloatArray, unit: float, time: float) -> FloatArray:
        """Take the next points and returns them smoothed.

        Args:
            points: (N, 2) float32.
            unit: the face's size in the units of `points`, so that a near and a far face
                are treated alike; above 0.
            time: seconds; a step back or none at all starts anew from `points`.

        Returns:
            (N, 2) float32.
        """
        step = time - self._time
        self._time = time
        places = _complex(points)
        if self._places is None or self._speeds is None or step <= 0:
            self._places, self._speeds = places, np.zeros_like(places)
            return points
        share = _share(self._settings.speed_cutoff, step)
        moved = places - self._places
        self._speeds = (1 - share) * self._speeds + (share / (step * unit)) * moved
        shares = _share(self._cutoffs(places, self._speeds), step)
        self._places = self._places + shares * moved
        return self._places.view(np.float32).reshape(-1, 2)

    def _cutoffs(self, places: ComplexArray, speeds: ComplexArray) -> FloatArray:
        """Return (N,), (N,) -> (N,) hertz."""
        together = _common_motion(places, speeds)
        chosen = self._settings
        own = np.maximum(np.abs(speeds - together) - chosen.own_rest, 0)
        opened = chosen.beta * np.maximum(np.abs(together) - chosen.rest, 0) + chosen.own_beta * own
        return np.asarray(opened + chosen.min_cutoff, np.float32)


def _share(cutoff: Cutoff, step: float) -> Cutoff:
    """Return how much of the new value a low-pass of `cutoff` hertz takes in after `step` seconds."""
    ratio = cutoff * (2 * math.pi * step)
    return ratio / (ratio + 1)


def _complex(points: FloatArray) -> ComplexArray:
    """Return (N, 2) -> (N,) x + iy."""
    return np.ascontiguousarray(points, np.float32).view(np.complex64)[:, 0]


def _common_motion(places: ComplexArray, speeds: ComplexArray) -> ComplexArray:
    """Return (N,), (N,) -> (N,): the shift, turn and growth that fit `speeds` with the least squares."""
    # Sums: numpy's mean takes five times as long.
    count = len(places)
    arms = places - places.sum() / count
    factor = np.vdot(arms, speeds) / max(float(np.vdot(arms, arms).real), 1e-9)
    return np.asarray(speeds.sum() / count + factor * arms, np.complex64)
