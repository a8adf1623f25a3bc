"""Fits images into the frame size of a file."""

from typing import TypeVar, cast

import cv2
import numpy as np

from masquerade.values import ByteArray, DeepArray

Pixels = TypeVar("Pixels", bound=ByteArray | DeepArray)


def fit_into(pixels: Pixels, size_wh: tuple[int, int]) -> Pixels:
    """Scale an image to another size, proportions kept, with black bars where they differ.

    Args:
        pixels: (H, W, 4) uint8 BGRA, or (H, W, 3) uint16.
        size_wh: the size wanted, pixels.

    Returns:
        (height, width, C); `pixels` itself where the size is right already.
    """
    height, width = pixels.shape[:2]
    if (width, height) == size_wh:
        return pixels
    scale = min(size_wh[0] / width, size_wh[1] / height)
    inner_wh = (max(round(width * scale), 1), max(round(height * scale), 1))
    left, top = (size_wh[0] - inner_wh[0]) // 2, (size_wh[1] - inner_wh[1]) // 2
    canvas = np.zeros((size_wh[1], size_wh[0], pixels.shape[2]), pixels.dtype)
    canvas[..., 3:] = 255
    resized = cv2.resize(pixels, inner_wh, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    canvas[top : top + inner_wh[1], left : left + inner_wh[0]] = resized
    return cast(Pixels, canvas)


def pad_to_even(pixels: Pixels) -> Pixels:
    """Repeat the last column or row where a side is odd: H.264 with 4:2:0 needs even sides.

    Args:
        pixels: (H, W, C).

    Returns:
        (H + 0 or 1, W + 0 or 1, C); `pixels` itself where both sides are even.
    """
    height, width = pixels.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return pixels
    return cast(Pixels, np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge"))
