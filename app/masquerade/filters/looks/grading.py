"""Makes tables of 256 entries from curves and gradients, and grades images with them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.compositing.scratch import ScratchBuffers
from masquerade.filters.format.image_layers import Colour, Curve
from masquerade.values import ByteArray

# Slope and start.
Line: TypeAlias = tuple[float, float]

_SHADES = np.arange(256, dtype=np.float64)
# Two curves one after the other are each rounded to whole shades.
_ROUNDING = 1.2
_IDENTITY: Line = (1.0, 0.0)
# What this many become stays in the processor's cache until it is copied.
_LOOKED_UP_AT_ONCE = 120_000
_MAX_SLOPES_APART = 0.12
# Shares of blue, green and red in a shade of grey, as OpenCV mixes them (ITU-R BT.601).
_GREY_BGR = (0.114, 0.587, 0.299)


def curve_table(points: Curve) -> ByteArray:
    """Return (256,) uint8: a smooth curve through points, without overshoot.

    Args:
        points: at least two, shade before and after, 0 to 255; rising in the first.

    Source:
        Fritsch, Carlson, "Monotone Piecewise Cubic Interpolation" (1980), with the harmonic
        mean of the neighbouring slopes as the tangent.
    """
    x, y = np.array(points, np.float64).T
    slopes = np.diff(y) / np.diff(x)
    tangents = np.concatenate([slopes[:1], _between(slopes), slopes[-1:]])
    index = np.clip(np.searchsorted(x, _SHADES, side="right") - 1, 0, len(slopes) - 1)
    width = np.diff(x)[index]
    t = np.clip((_SHADES - x[index]) / width, 0.0, 1.0)
    shades = (
        (1 + 2 * t) * (1 - t) ** 2 * y[index]
        + t * (1 - t) ** 2 * width * tangents[index]
        + t * t * (3 - 2 * t) * y[index + 1]
        - t * t * (1 - t) * width * tangents[index + 1]
    )
    return _rounded(shades)


def gradient_table(colours: tuple[Colour, ...]) -> ByteArray:
    """Return (256, 4) uint8 BGRA, opaque: evenly spaced colours (red, green, blue) from dark to bright."""
    stops = np.linspace(0, 255, len(colours))
    red, green, blue = (_rounded(np.interp(_SHADES, stops, channel)) for channel in zip(*colours, strict=True))
    return np.stack([blue, green, red, np.full(256, 255, np.uint8)], axis=1)


def grade(pixels: ByteArray, saturation: float, tables: ByteArray | None, scratch: ScratchBuffers) -> None:
    """Change the colours of (h, w, 4) BGRA in place.

    Args:
        pixels: contiguous and writable.
        saturation: 0 grey, 1 as they are, 2 twice as far from grey.
        tables: (3, 256), new shades of blue, green and red; None leaves them.
        scratch: lends memory.
    """
    lines = straight_lines(tables)
    if lines is not None:
        _mix(pixels, saturation, lines, scratch)
        return
    channels = scratch.split(pixels)
    grey = grey_of(pixels, scratch) if saturation != 1.0 else None
    grade_channels(channels[:3], grey, saturation, tables)
    np.copyto(pixels, scratch.merged(channels))


def grey_of(pixels: ByteArray, scratch: ScratchBuffers) -> ByteArray:
    """Return the shades (h, w) of (h, w, 4) BGRA, good until the next ones."""
    grey = scratch.get("grey", *pixels.shape[:2])
    cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY, dst=grey)
    return grey


def grade_channels(
    channels: Sequence[ByteArray], grey: ByteArray | None, saturation: float, tables: ByteArray | None
) -> None:
    """Change blue, green and red (h, w) in place; one at a time, since cv2.LUT on all at once takes twice as long.

    Args:
        channels: three of them.
        grey: (h, w), their shades; not needed for a saturation of 1.
        saturation: as above.
        tables: as above.
    """
    for index, channel in enumerate(channels):
        line, table = _IDENTITY, None if tables is None else tables[index]
        if table is not None:
            line = _straight(table.tobytes()) or _IDENTITY
        # A straight curve needs no table, and is done together with the saturation.
        if grey is not None and saturation != 1.0:
            slope, start = line
            cv2.addWeighted(channel, slope * saturation, grey, slope * (1.0 - saturation), start, dst=channel)
        elif line != _IDENTITY:
            cv2.convertScaleAbs(channel, channel, *line)
        if table is not None and line == _IDENTITY:
            cv2.LUT(channel, table, dst=channel)


def straight_lines(tables: ByteArray | None) -> tuple[Line, Line, Line] | None:
    """Return the straight lines that the curves of blue, green and red are, up to rounding; None if any is bent.

    Args:
        tables: (3, 256), or None for no curves.
    """
    if tables is None:
        return _IDENTITY, _IDENTITY, _IDENTITY
    blue, green, red = (_straight(table.tobytes()) for table in tables)
    return (blue, green, red) if blue and green and red else None


def common_slope(tables: ByteArray | None) -> float | None:
    """Return the slope of the flattest of three straight curves; None where one is bent, falls or runs out of range.

    Args:
        tables: as above.
    """
    lines = straight_lines(tables)
    if lines is None or any(slope < 0.0 or start < -0.5 or start + 255.0 * slope > 255.5 for slope, start in lines):
        return None
    flattest = min(slope for slope, _ in lines)
    # Fine detail of all channels gets this slope: it must not lack colour.
    return flattest if max(slope for slope, _ in lines) - flattest <= _MAX_SLOPES_APART else None


def _mix(pixels: ByteArray, saturation: float, lines: tuple[Line, Line, Line], scratch: ScratchBuffers) -> None:
    """Grade in one step: saturation and straight curves together are a matrix."""
    grey = np.tile(np.array(_GREY_BGR), (3, 1))
    slopes, starts = np.array(lines).T
    matrix = np.column_stack([slopes[:, None] * (saturation * np.eye(3) + (1.0 - saturation) * grey), starts])
    before, after = (scratch.get(use, *pixels.shape[:2], 3) for use in ("colours", "mixed colours"))
    cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR, dst=before)
    cv2.transform(before, matrix, dst=after)
    cv2.cvtColor(after, cv2.COLOR_BGR2BGRA, dst=pixels)


def apply_gradient(pixels: ByteArray, table: ByteArray, scratch: ScratchBuffers) -> None:
    """Give every shade of (h, w, 4), contiguous, the colour of `table` (256, 4), opaque, in place."""
    colour_shades(grey_of(pixels, scratch), table, pixels)


def colour_shades(grey: ByteArray, table: ByteArray, target: ByteArray) -> None:
    """Write the colour that `table` (256, 4), opaque, has for each shade of (h, w) into (h, w, 4); spoils `grey`."""
    if (table[:, :1] == table[:, :3]).all():
        cv2.LUT(grey, np.ascontiguousarray(table[:, 0]), dst=grey)
        cv2.cvtColor(grey, cv2.COLOR_GRAY2BGRA, dst=target)
        return
    look_up(grey, table, target)


def look_up(shades: ByteArray, table: ByteArray, target: ByteArray) -> None:
    """Write the entry that `table` (256, 4) has for each shade of (h, w), contiguous, into (h, w, 4)."""
    rows, columns = shades.shape
    words = _words(np.ascontiguousarray(table).tobytes())
    at_once = max(_LOOKED_UP_AT_ONCE // columns, 1)
    for first in range(0, rows, at_once):
        part = shades[first : first + at_once]
        image = QImage(part.data, columns, len(part), columns, QImage.Format.Format_Indexed8)
        image.setColorTable(words)
        # Not the premultiplied format: Qt would multiply once more.
        found = image.convertToFormat(QImage.Format.Format_ARGB32)
        target[first : first + at_once] = np.frombuffer(found.constBits(), np.uint8).reshape(*part.shape, 4)


@lru_cache(maxsize=64)
def _words(table: bytes) -> list[int]:
    """Return the entries of a table (256, 4) as Qt's colours."""
    return list(np.frombuffer(table, np.uint32).tolist())


@lru_cache(maxsize=64)
def _straight(table: bytes) -> Line | None:
    """Return slope and start of a table that is a straight line, but for rounding; None if it is not."""
    shades = np.frombuffer(table, np.uint8).astype(np.float64)
    slope, start = np.polyfit(_SHADES, shades, 1)
    return (float(slope), float(start)) if np.abs(slope * _SHADES + start - shades).max() <= _ROUNDING else None


def _between(slopes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the tangents between N slopes, (N - 1,); 0 at a peak."""
    before, after = slopes[:-1], slopes[1:]
    same_way = before * after > 0
    total = np.where(same_way, before + after, 1.0)
    return np.where(same_way, 2.0 * before * after / total, 0.0)


def _rounded(shades: NDArray[np.float64]) -> ByteArray:
    return as_bytes(np.clip(np.round(shades), 0, 255))
