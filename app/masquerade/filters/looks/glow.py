"""Makes the light that bright parts of an image throw over their surroundings."""

from functools import cache

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.values import ByteArray

# What glows is worked out on an image of about so many rows.
_GLOW_ROWS = 60
# Two box filters look as smooth as a Gaussian, and take a third of the time.
_GLOW_BOX_WH = (7, 7)
# Dark parts glow less than in proportion.
_GLOW_POWER = 1.6


def shrunk(pixels: ByteArray) -> ByteArray:
    """Return an image (h, w, 4) shrunk to the size for a glow: fewer than 120 rows or columns."""
    small = pixels.copy() if min(pixels.shape[:2]) < 2 * _GLOW_ROWS else pixels
    # By quarters, of which the four middle pixels do, and at last by half.
    while min(small.shape[:2]) >= 4 * _GLOW_ROWS:
        small = _reduced(small, 4)
    return _reduced(small, 2) if min(small.shape[:2]) >= 2 * _GLOW_ROWS else small


def glow_of(small: ByteArray, strength: float) -> ByteArray:
    """Return the glow of an image, to be enlarged and laid on it.

    Args:
        small: (n, m, 4) uint8 BGRA, the image shrunk.
        strength: 0 to 1.

    Returns:
        (n, m, 4), premultiplied.
    """
    table = _glow_table(round(100 * strength))
    light = cv2.blur(cv2.blur(cv2.LUT(small, table), _GLOW_BOX_WH), _GLOW_BOX_WH)
    # Premultiplied, it lies over the image as light does: it adds, and white stays white.
    blue, green, red, _ = cv2.split(light)
    return as_bytes(cv2.merge([blue, green, red, cv2.max(cv2.max(blue, green), red)]))


def grading_glow(small: ByteArray, graded: ByteArray, glow: ByteArray, slope: float) -> ByteArray:
    """Return a glow that grades the image on which it is laid, too.

    Laid over a pixel p it makes `glow over (graded + slope * (p - small))`: the grade is exact
    where the image is even, and fine detail has the same slope in all channels.

    Args:
        small: (n, m, 4) uint8 BGRA, the image shrunk.
        graded: the same, graded by curves no flatter than `slope`.
        glow: of `graded`.
        slope: 0 to 1.

    Returns:
        (n, m, 4), premultiplied.
    """
    alpha = cv2.split(glow)[3]
    passes = cv2.merge([cv2.bitwise_not(alpha)] * 4)
    base = cv2.addWeighted(graded, 1.0, small, -slope, 0.0)
    laid = as_bytes(cv2.add(glow, cv2.multiply(base, passes, scale=1 / 255)))
    laid[..., 3] = np.round(255 - slope * (255.0 - alpha))
    # Rounding may leave a shade more colour than that covers: over white it would run over, to black.
    np.minimum(laid[..., :3], laid[..., 3:], out=laid[..., :3])
    return laid


def _reduced(pixels: ByteArray, factor: int) -> ByteArray:
    size_wh = (pixels.shape[1] // factor, pixels.shape[0] // factor)
    return as_bytes(cv2.resize(pixels, size_wh, interpolation=cv2.INTER_LINEAR))


@cache
def _glow_table(percent: int) -> ByteArray:
    return as_bytes(np.round(255 * percent / 100 * (np.arange(256) / 255) ** _GLOW_POWER))
