"""Shades art by the direction of the light: curved art by its normals, flat art as if slightly curved."""

import math

import numpy as np

from masquerade.filters.compositing.painting import darken_patch
from masquerade.filters.lighting.direction import Direction
from masquerade.values import ByteArray, FloatArray

# How much of the light's direction on skin art shows: skin has no gloss, and its measured side is a mean.
_CURVED, _FLAT = 1.15, 0.9
# From this share of the way towards the light on, art is as bright as in even light.
_FULL = 0.2
# Below this nothing is seen of it.
_SEEN = 0.05
# Eye distances from the middle of the face to where flat art is taken to face the side.
_BULGE = 1.3
# A ramp is drawn in so many straight pieces.
_STOPS = 4


def shades(direction: Direction) -> bool:
    """Return whether light from this direction is seen on art."""
    return math.hypot(*direction) >= _SEEN


def shade_normals(direction: Direction, normals: FloatArray) -> FloatArray:
    """Return the brightness (N,) of surfaces, 1 where they face the light; art is lit for its brightest place.

    Args:
        direction: of the light.
        normals: (N, 2) or (N, 3), along the image's x and y, of length 1.
    """
    right, down = direction
    along = right * normals[:, 0] + down * normals[:, 1]
    gain = np.exp(_CURVED * (along - np.float32(_FULL * math.hypot(right, down))))
    return np.asarray(np.minimum(gain, 1.0), np.float32)


def shade_flat(
    patch: ByteArray, left_top: tuple[int, int], middle_xy: tuple[float, float], scale: float, direction: Direction
) -> None:
    """Darken a premultiplied patch (h, w, 4) away from the light, in place.

    Args:
        patch: flat art as it lies in the frame.
        left_top: column and row of the frame under its first pixel.
        middle_xy: of the face, pixels of the frame.
        scale: pixels of an eye distance.
        direction: of the light.
    """
    strength = math.hypot(*direction)
    along = _BULGE * scale / max(strength, 1e-9)
    x, y = middle_xy[0] - left_top[0], middle_xy[1] - left_top[1]
    right, down = direction[0] * along, direction[1] * along
    gains = tuple(math.exp(_FLAT * strength * (1.0 + _FULL) * (step / _STOPS - 1.0)) for step in range(_STOPS + 1))
    darken_patch(patch, (x - right, y - down), (x + _FULL * right, y + _FULL * down), gains)
