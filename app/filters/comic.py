"""Draws a picture as a comic at a reduced size: few shades, and lines where it is dark."""

from functools import cache

import cv2
import numpy as np

from app.filters.grading import words_of
from app.filters.painting import as_bytes
from app.filters.picture_layers import Colour
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


def reduced(pixels: ByteArray) -> ByteArray:
    """Returns a picture (h, w, 4) at the size on which it is redrawn; always new memory."""
    rows, columns = pixels.shape[:2]
    factor = min(max(round(min(rows, columns) / _ROWS_WANTED), 1), _FACTOR_MOST)
    if factor == 1:
        return pixels.copy()
    small_wh = (max(columns // factor, 1), max(rows // factor, 1))
    return as_bytes(cv2.resize(pixels, small_wh, interpolation=cv2.INTER_AREA))


def posterised(pixels: ByteArray, levels: int) -> ByteArray:
    """Returns a picture (h, w, 4) BGRA with its brightness in steps.

    Colours keep their hue, so that skin stays skin.
    """
    smooth = cv2.medianBlur(pixels, 3)
    ratio = _ratio_to_step(as_bytes(cv2.cvtColor(smooth, cv2.COLOR_BGRA2GRAY)), levels)
    return as_bytes(cv2.multiply(smooth, cv2.cvtColor(ratio, cv2.COLOR_GRAY2BGRA), scale=1 / _RATIO_ONE))


def posterised_grey(grey: ByteArray, levels: int) -> ByteArray:
    """Returns the same of shades (h, w) alone, four times as quick."""
    smooth = as_bytes(cv2.medianBlur(cv2.medianBlur(grey, 3), 3))
    return as_bytes(cv2.multiply(smooth, _ratio_to_step(smooth, levels), scale=1 / _RATIO_ONE))


def lines_of(grey: ByteArray, strength: float, colour: Colour) -> ByteArray:
    """Returns an overlay (h, w, 4), premultiplied: lines where a picture is darker than round about.

    Args:
        grey: (h, w) uint8, its shades.
        strength: 0 to 1.
        colour: red, green, blue.
    """
    near = cv2.GaussianBlur(grey, (5, 5), 0)
    far = cv2.blur(near, (7, 7))
    darker = as_bytes(cv2.subtract(far, near))
    return np.take(words_of(_line_table(strength, colour)), darker).view(np.uint8).reshape(*grey.shape, 4)


def _ratio_to_step(smooth: ByteArray, levels: int) -> ByteArray:
    # The borders between steps follow a blurred picture: noise must not fray them.
    return as_bytes(cv2.LUT(cv2.blur(smooth, (5, 5)), _ratio_table(levels)))


@cache
def _ratio_table(levels: int) -> ByteArray:
    shades = np.arange(256) / 255.0
    step = np.floor(shades * levels)
    share = np.clip((shades * levels - step - 0.5) * _STEEP + 0.5, 0.0, 1.0)
    wanted = (step + share * share * (3.0 - 2.0 * share)) / levels
    return as_bytes(np.clip(np.round(_RATIO_ONE * wanted / np.maximum(shades, 1 / 255)), 0, 255))


@cache
def _line_table(strength: float, colour: Colour) -> ByteArray:
    """(256, 4) premultiplied BGRA for each difference of shades."""
    share = np.clip((np.arange(256) - _LINE_FROM) / (_LINE_FULL - _LINE_FROM), 0.0, 1.0)
    alpha = strength * share * share * (3.0 - 2.0 * share)
    red, green, blue = colour
    return as_bytes(np.round(alpha[:, None] * np.array([blue, green, red, 255.0])))
