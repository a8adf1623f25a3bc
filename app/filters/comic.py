"""Draws a picture as a comic: few shades, and lines where they meet, worked out at a reduced size."""

from functools import cache

import cv2
import numpy as np

from app.filters.grading import Colour, words_of
from app.filters.layers import Blend
from app.filters.painting import as_bytes, blend_patch
from app.values import ByteArray

# Strokes keep their share of the picture, and a large picture costs hardly more.
_ROWS_WANTED = 360
_FACTOR_MOST = 3
# Steepness of a step between two shades: a hard one would tremble with the noise.
_STEEP = 5.0
# A ratio of shades is held in a byte, 128 for 1.
_RATIO_ONE = 128
# How much darker a place is than its surroundings where a line begins, and where it is full.
_LINE_FROM, _LINE_FULL = 4.0, 16.0


def draw_comic(pixels: ByteArray, levels: int, lines: float, line_colour: Colour) -> None:
    """Redraws a picture in place.

    Args:
        pixels: (h, w, 4) uint8 BGRA, contiguous.
        levels: of brightness that are left; 0 leaves all.
        lines: 0 to 1, how strong dark edges are drawn over.
        line_colour: red, green, blue.
    """
    rows, columns = pixels.shape[:2]
    factor = min(max(round(min(rows, columns) / _ROWS_WANTED), 1), _FACTOR_MOST)
    small_wh = (max(columns // factor, 1), max(rows // factor, 1))
    small = as_bytes(cv2.resize(pixels, small_wh, interpolation=cv2.INTER_AREA)) if factor > 1 else pixels.copy()
    overlay = _lines(small, lines, line_colour) if lines > 0.0 else None
    if levels == 0 and overlay is not None:
        whole = as_bytes(cv2.resize(overlay, (columns, rows), interpolation=cv2.INTER_LINEAR))
        blend_patch(pixels, whole, (0, 0), Blend.NORMAL, 1.0)
        return
    if levels > 0:
        small = _posterised(small, levels)
    if overlay is not None:
        blend_patch(small, overlay, (0, 0), Blend.NORMAL, 1.0)
    cv2.resize(small, (columns, rows), dst=pixels, interpolation=cv2.INTER_LINEAR)


def _posterised(pixels: ByteArray, levels: int) -> ByteArray:
    """Steps the brightness alone: colours keep their hue, so that skin stays skin."""
    smooth = cv2.medianBlur(cv2.medianBlur(pixels, 3), 3)
    ratio = cv2.LUT(cv2.cvtColor(smooth, cv2.COLOR_BGRA2GRAY), _ratio_table(levels))
    return as_bytes(cv2.multiply(smooth, cv2.cvtColor(ratio, cv2.COLOR_GRAY2BGRA), scale=1 / _RATIO_ONE))


def _lines(pixels: ByteArray, strength: float, colour: Colour) -> ByteArray:
    """(h, w, 4) premultiplied: the colour where a place is darker than round it."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY)
    near, far = cv2.GaussianBlur(grey, (5, 5), 0), cv2.GaussianBlur(grey, (11, 11), 0)
    darker = as_bytes(cv2.subtract(far, near))
    return np.take(words_of(_line_table(strength, colour)), darker).view(np.uint8).reshape(pixels.shape)


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
