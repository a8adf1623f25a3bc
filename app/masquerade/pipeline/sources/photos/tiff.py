"""Decodes the TIFF files that Pillow does not know, such as floating point in colour, with OpenCV."""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from masquerade.pipeline.sources.opaque import lay_on_white
from masquerade.values import ByteArray

_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_STRIP_ROWS = 256


def decode_tiff(content: bytes) -> ByteArray | None:
    """Return (H, W, 4) BGRA, opaque; None where the file is not a TIFF that OpenCV can read.

    16 bits are reduced to 8; floating point is read as 0 to 1.
    """
    if not content.startswith(_STARTS):
        return None
    try:
        decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if decoded is None or decoded.ndim not in (2, 3):
        return None
    pixels = np.empty((*decoded.shape[:2], 4), np.uint8)
    for top in range(0, decoded.shape[0], _STRIP_ROWS):
        strip = _to_eight_bits(decoded[top : top + _STRIP_ROWS])
        pixels[top : top + _STRIP_ROWS] = _to_bgra(strip)
    return pixels


def _to_eight_bits(image: NDArray[np.generic]) -> ByteArray:
    if image.dtype == np.uint8:
        return cast(ByteArray, image)
    scale = 255.0
    if np.issubdtype(image.dtype, np.integer):
        scale /= np.iinfo(cast(np.dtype[np.uint16], image.dtype)).max
    return cast(ByteArray, np.clip(np.nan_to_num(image.astype(np.float32)) * scale + 0.5, 0, 255).astype(np.uint8))


def _to_bgra(image: ByteArray) -> ByteArray:
    """(H, W), (H, W, 3) or (H, W, 4) -> (H, W, 4)."""
    if image.ndim == 3 and image.shape[2] == 4:
        return lay_on_white(image)
    return cast(ByteArray, cv2.cvtColor(image, cv2.COLOR_GRAY2BGRA if image.ndim == 2 else cv2.COLOR_BGR2BGRA))
