"""Puts transparent images on white: lay_on_white."""

import numpy as np

from masquerade.values import ByteArray


def lay_on_white(pixels: ByteArray) -> ByteArray:
    """Return (H, W, 4) BGRA with alpha 255, the transparent parts of `pixels` (H, W, 4) white."""
    alpha = pixels[:, :, 3:]
    if int(alpha.min()) == 255:
        return np.ascontiguousarray(pixels)
    mixed = (pixels.astype(np.uint16) * alpha + (255 - alpha.astype(np.uint16)) * 255 + 127) // 255
    mixed[:, :, 3] = 255
    return mixed.astype(np.uint8)
