"""Reduces images to the size on which looks redraw them, and enlarges small ones."""

import cv2
import numpy as np

from masquerade.filters.compositing.scratch import ScratchBuffers
from masquerade.values import ByteArray

# Strokes keep their share of the image, and a large image costs hardly more.
_ROWS_WANTED = 360
_MAX_FACTOR = 3


def reduced(pixels: ByteArray, scratch: ScratchBuffers) -> ByteArray:
    """Return an image (h, w, 4) at the size on which it is redrawn; never the same memory."""
    rows, columns = pixels.shape[:2]
    factor = min(max(round(min(rows, columns) / _ROWS_WANTED), 1), _MAX_FACTOR)
    small = scratch.get("reduced", max(rows // factor, 1), max(columns // factor, 1), 4)
    # To the half is the mean of four pixels and quick; a third at once, by areas, takes eight times as long.
    if factor > 2:
        half = scratch.get("half", rows // 2, columns // 2, 4)
        cv2.resize(pixels, (columns // 2, rows // 2), dst=half, interpolation=cv2.INTER_LINEAR)
        pixels = half
    if pixels.shape == small.shape:
        np.copyto(small, pixels)
    else:
        cv2.resize(pixels, (small.shape[1], small.shape[0]), dst=small, interpolation=cv2.INTER_LINEAR)
    return small


def enlarge(small: ByteArray, target: ByteArray) -> None:
    """Fill (h, w, 4) with an image (n, m, 4), smooth between its pixels."""
    rows, columns = target.shape[:2]
    cv2.resize(small, (columns, rows), dst=target, interpolation=cv2.INTER_LINEAR)
