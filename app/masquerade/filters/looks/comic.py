"""Draws an image as a comic: few shades, and lines where it is dark."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.compositing.scratch import ScratchBuffers
from masquerade.filters.format.image_layers import Colour
from masquerade.values import ByteArray

# Steepness of a step between two shades: a hard one would tremble with the noise.
_STEEP = 4.0
# A ratio of shades is held in a byte, 128 for 1.
_RATIO_ONE = 128
# How much darker a place is than its surroundings where a line begins, and where it is full.
_LINE_FROM, _LINE_FULL = 3.6, 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Shades:
    """Shades of an image without noise, so that steps and lines have clean edges.

    Attributes:
        near: (h, w) uint8, blurred as little as a line is wide.
        wide: (h, w) uint8, blurred more.
    """

    near: ByteArray
    wide: ByteArray


def blurred(grey: ByteArray, scratch: ScratchBuffers) -> Shades:
    """Return the blurred shades of (h, w) uint8, and take single specks out of `grey` itself."""
    near, wide = (scratch.get(use, *grey.shape) for use in ("near", "wide"))
    cv2.medianBlur(grey, 3, dst=grey)
    cv2.blur(grey, (3, 3), dst=near)
    cv2.blur(near, (5, 5), dst=wide)
    return Shades(near, wide)


def step_ratio(shades: Shades, levels: int, scratch: ScratchBuffers) -> ByteArray:
    """Return (h, w) uint8: 128 times the factor that rounds an image's shades to steps.

    Args:
        shades: of the image.
        levels: how many steps.
        scratch: lends memory.
    """
    ratio = scratch.get("ratio", *shades.wide.shape)
    cv2.LUT(shades.wide, _ratio_table(levels), dst=ratio)
    return ratio


def posterise(channels: Sequence[ByteArray], grey: ByteArray, ratio: ByteArray, scratch: ScratchBuffers) -> None:
    """Put an image's brightness in steps, in place.

    All channels by the same ratio: colours keep their hue, so that skin stays skin.

    Args:
        channels: (h, w) uint8 each; one at a time they are quicker than together. May be none.
        grey: (h, w) uint8, their shades.
        ratio: (h, w) uint8, from `step_ratio`.
        scratch: lends memory.
    """
    smooth = scratch.get("smooth", *grey.shape)
    for channel in channels:
        cv2.medianBlur(channel, 3, dst=smooth)
        cv2.multiply(smooth, ratio, dst=channel, scale=1 / _RATIO_ONE)
    cv2.multiply(grey, ratio, dst=grey, scale=1 / _RATIO_ONE)


def line_shades(shades: Shades, scratch: ScratchBuffers) -> ByteArray:
    """Return (h, w) uint8: how much darker an image is than its surroundings."""
    far = scratch.get("far", *shades.wide.shape)
    # Twice 5 is as wide as 7: OpenCV has a quick way for 3 and 5 alone.
    cv2.blur(shades.wide, (5, 5), dst=far)
    cv2.subtract(far, shades.near, dst=far)
    return far


def line_gaps(shades: Shades, strength: float, scratch: ScratchBuffers) -> ByteArray:
    """Return (h, w) uint8: 255 between the lines, and 255 * (1 - strength) on them."""
    gaps = scratch.get("gaps", *shades.near.shape)
    cv2.LUT(line_shades(shades, scratch), _gap_table(strength), dst=gaps)
    return gaps


def light_lines(
    channels: Sequence[ByteArray], gaps: ByteArray, light_bgr: Sequence[float], scratch: ScratchBuffers
) -> None:
    """Give lines that are black their colour, in place.

    Args:
        channels: blue, green and red, (h, w) uint8 each.
        gaps: (h, w), from `line_gaps`.
        light_bgr: how much brighter than that black they are, 0 to 255.
        scratch: lends memory.
    """
    for channel, light in zip(channels, light_bgr, strict=True):
        if light > 0.0:
            line = scratch.get("line", *gaps.shape)
            cv2.convertScaleAbs(gaps, line, -light / 255, light)
            cv2.add(channel, line, dst=channel)


@cache
def line_table(strength: float, colour: Colour) -> ByteArray:
    """Return (256, 4) premultiplied BGRA: the line for each of the shades of `line_shades`.

    Args:
        strength: 0 to 1.
        colour: red, green, blue.
    """
    red, green, blue = colour
    return as_bytes(np.round(_line_alpha(strength)[:, None] * np.array([blue, green, red, 255.0])))


@cache
def _gap_table(strength: float) -> ByteArray:
    return as_bytes(np.round(255.0 * (1.0 - _line_alpha(strength))))


def _line_alpha(strength: float) -> NDArray[np.float64]:
    """Return (256,), 0 to 1, for the shades of `line_shades`."""
    share = np.clip((np.arange(256) - _LINE_FROM) / (_LINE_FULL - _LINE_FROM), 0.0, 1.0)
    return np.asarray(strength * share * share * (3.0 - 2.0 * share), np.float64)


@cache
def _ratio_table(levels: int) -> ByteArray:
    shades = np.arange(256) / 255.0
    step = np.floor(shades * levels)
    share = np.clip((shades * levels - step - 0.5) * _STEEP + 0.5, 0.0, 1.0)
    wanted = (step + share * share * (3.0 - 2.0 * share)) / levels
    return as_bytes(np.clip(np.round(_RATIO_ONE * wanted / np.maximum(shades, 1 / 255)), 0, 255))
