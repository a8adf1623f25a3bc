"""Lets a layer trail the head and settle: a critically damped spring, the same at any frame rate."""

import math
from dataclasses import dataclass

import numpy as np

from masquerade.filters.compositing.placement import smoothstep
from masquerade.values import Matrix

_MAX_OFFSET = 0.45
_MAX_LEAN = math.radians(25)
# Art whose middle lies this far from its anchors (in eye distances) leans about them
# instead of leaving them: an ear stays on the head.
_LEANS_FROM, _LEANS_FULLY = 0.15, 0.45


@dataclass(frozen=True, slots=True, eq=False)
class Spring:
    """A point that is pulled after another one.

    Attributes:
        xy: (2,), where it is, pixels of the frame.
        velocity: (2,), pixels a second.
        target_xy: (2,), where it was pulled to.
    """

    xy: Matrix
    velocity: Matrix
    target_xy: Matrix


def rest_at(target_xy: Matrix) -> Spring:
    """Return a spring at rest."""
    return Spring(target_xy, np.zeros(2), target_xy)


def pull(spring: Spring, target_xy: Matrix, lag: float, seconds: float) -> Spring:
    """Return the spring after some time in which its target moved evenly to a new place.

    This is the exact solution, so two steps of 10 ms end where one of 20 ms does. A target
    that moves evenly is trailed by `lag` seconds.

    Args:
        spring: as it was.
        target_xy: (2,), the target's new place, pixels of the frame.
        lag: seconds, above 0.
        seconds: since then; 0 leaves all as it was.
    """
    if seconds <= 0.0:
        return spring
    stiffness = 2.0 / lag
    target_velocity = (target_xy - spring.target_xy) / seconds
    # Apart from the even motion that it settles into, x = target - lag * velocity.
    offset = spring.xy - spring.target_xy + lag * target_velocity
    drift = spring.velocity - target_velocity
    decay = math.exp(-stiffness * seconds)
    pulled = drift + stiffness * offset
    xy = target_xy - lag * target_velocity + (offset + pulled * seconds) * decay
    return Spring(xy, target_velocity + (drift - stiffness * pulled * seconds) * decay, target_xy)


def lean(spring: Spring, anchor_xy: Matrix, scale: float) -> Matrix:
    """Return the (3, 3) motion of the image that brings a layer to where its spring is.

    Args:
        spring: whose target is the middle of the art.
        anchor_xy: (2,), where the layer is fixed to the head, pixels of the frame.
        scale: pixels for one eye distance.
    """
    offset = spring.xy - spring.target_xy
    length = float(np.hypot(*offset))
    offset = offset * min(1.0, _MAX_OFFSET * scale / max(length, 1e-9))
    arm = spring.target_xy - anchor_xy
    reach = float(np.hypot(*arm))
    leaning = smoothstep((reach / scale - _LEANS_FROM) / (_LEANS_FULLY - _LEANS_FROM))
    turned = arm + offset
    angle = math.atan2(arm[0] * turned[1] - arm[1] * turned[0], float(arm @ turned)) if reach > 1e-6 else 0.0
    angle = leaning * min(max(angle, -_MAX_LEAN), _MAX_LEAN)
    cosine, sine = math.cos(angle), math.sin(angle)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    shift = anchor_xy - turn @ anchor_xy + (1.0 - leaning) * offset
    return np.array([[cosine, -sine, shift[0]], [sine, cosine, shift[1]], [0.0, 0.0, 1.0]])
