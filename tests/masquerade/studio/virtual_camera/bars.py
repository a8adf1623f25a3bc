"""Draws colour bars with a running number in them, and reads both again from what a reader got."""

import numpy as np
from masquerade.values import ByteArray
from numpy.typing import NDArray

# White, yellow, cyan, green, magenta, red, blue, black; BGR.
COLOURS = (
    (255, 255, 255),
    (0, 255, 255),
    (255, 255, 0),
    (0, 255, 0),
    (255, 0, 255),
    (0, 0, 255),
    (255, 0, 0),
    (0, 0, 0),
)
_BITS = 16


def draw_bars(number: int, size_wh: tuple[int, int] = (1280, 720)) -> ByteArray:
    """(H, W, 4) BGRA: eight bars, and in the lowest tenth the number as 16 black or white blocks, lowest bit left."""
    width, height = size_wh
    pixels = np.full((height, width, 4), 255, np.uint8)
    for place, colour in enumerate(COLOURS):
        pixels[:, place * width // 8 : (place + 1) * width // 8, :3] = colour
    for bit in range(_BITS):
        block = slice(bit * width // _BITS, (bit + 1) * width // _BITS)
        pixels[-height // 10 :, block, :3] = 255 if number >> bit & 1 else 0
    return pixels


def read_number(grey: NDArray[np.uint8]) -> int:
    """(H, W) luma -> the number."""
    height, width = grey.shape
    row = grey[height - height // 20]
    return sum(int(row[(2 * bit + 1) * width // (2 * _BITS)] > 128) << bit for bit in range(_BITS))


def read_colours(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) -> (8, 3), the middle of each bar."""
    height, width = bgr.shape[:2]
    return np.stack([bgr[height // 2, (2 * place + 1) * width // 16] for place in range(8)])
