"""Draws a picture as a comic at a reduced size: few shades, and lines where it is dark."""

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

from app.filters.painting import as_bytes
from app.filters.picture_layers import Colour
from app.filters.scratch import Scratch
from app.values import ByteArray

# Strokes keep their share of the picture, and a large picture costs hardly more.
_ROWS_WANTED = 360
_FACTOR_MOST = 3
# Steepness of a step between two shades: a hard one would tremble with the noise.
_STEEP = 4.0
# A ratio of shades is held in a byte, 128 for 1.
_RATIO_ONE = 128
# How much darker a place is than its surroundings where a line begins, and where it is full.
_LINE_FROM, _LINE_FULL = 4.0, 13.0


def reduced(pixels: ByteArray, scratch: Scratch) -> ByteArray:
    """Returns a picture (h, w, 4) at the size on which it is redrawn; never the same memory."""
    rows, columns = pixels.shape[:2]
    factor = min(max(round(min(rows, columns) / _ROWS_WANTED), 1), _FACTOR_MOST)
    small = scratch.lend("reduced", max(rows // factor, 1), max(columns // factor, 1), 4)
    if factor == 1:
        np.copyto(small, pixels)
    else:
        cv2.resize(pixels, (small.shape[1], small.shape[0]), dst=small, interpolation=cv2.INTER_AREA)
    return small


def posterise(channels: Sequence[ByteArray], grey: ByteArray, levels: int, scratch: Scratch) -> None:
    """Puts a picture's brightness in steps, in place.

    All channels by the same ratio: colours keep their hue, so that skin stays skin.

    Args:
        channels: (h, w) uint8 each; one at a time they are quicker than together. May be none.
        grey: (h, w) uint8, their shades.
        levels: how many steps.
        scratch: lends memory.
    """
    smooth, ratio = (scratch.lend(use, *grey.shape) for use in ("smooth", "ratio"))
    # Shades alone are to be coloured: noise in them shows more.
    for _ in range(1 if channels else 2):
        cv2.medianBlur(grey, 3, dst=grey)
    # The borders between steps follow a blurred picture: noise must not fray them.
    cv2.blur(grey, (5, 5), dst=ratio)
    cv2.LUT(ratio, _ratio_table(levels), dst=ratio)
    for channel in channels:
        cv2.medianBlur(channel, 3, dst=smooth)
        cv2.multiply(smooth, ratio, dst=channel, scale=1 / _RATIO_ONE)
    cv2.multiply(grey, ratio, dst=grey, scale=1 / _RATIO_ONE)


def line_shades(grey: ByteArray, scratch: Scratch) -> ByteArray:
    """Returns (h, w) uint8: how much darker than round about a picture is, whose shades are (h, w)."""
    near, far = (scratch.lend(use, *grey.shape) for use in ("near", "far"))
    cv2.GaussianBlur(grey, (5, 5), 0, dst=near)
    cv2.blur(near, (7, 7), dst=far)
    cv2.subtract(far, near, dst=far)
    return far


@cache
def line_table(strength: float, colour: Colour) -> ByteArray:
    """Returns (256, 4) premultiplied BGRA: the line for each of the shades of `line_shades`.

    Args:
        strength: 0 to 1.
        colour: red, green, blue.
    """
    share = np.clip((np.arange(256) - _LINE_FROM) / (_LINE_FULL - _LINE_FROM), 0.0, 1.0)
    alpha = strength * share * share * (3.0 - 2.0 * share)
    red, green, blue = colour
    return as_bytes(np.round(alpha[:, None] * np.array([blue, green, red, 255.0])))


@cache
def _ratio_table(levels: int) -> ByteArray:
    shades = np.arange(256) / 255.0
    step = np.floor(shades * levels)
    share = np.clip((shades * levels - step - 0.5) * _STEEP + 0.5, 0.0, 1.0)
    wanted = (step + share * share * (3.0 - 2.0 * share)) / levels
    return as_bytes(np.clip(np.round(_RATIO_ONE * wanted / np.maximum(shades, 1 / 255)), 0, 255))
