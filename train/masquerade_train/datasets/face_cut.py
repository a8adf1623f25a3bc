"""Cuts a face out of a large image, with room around it for augmentation."""

from dataclasses import dataclass

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray

SIDE = 192
# The marked landmarks span 1 / 2.6 of the crop, so that it can be turned and shifted without an edge showing.
_ROOM = 2.6
# Pixels that the landmarks must span: a smaller face says nothing that its enlargement could show.
_SMALLEST = 16.0


@dataclass(frozen=True, slots=True, eq=False)
class FaceCut:
    """A face, cut out.

    Attributes:
        encoded: JPEG, square.
        landmarks: (K, 2) float32, pixels of the crop.
        scale: pixels of the crop for one pixel of the image.
    """

    encoded: bytes
    landmarks: FloatArray
    scale: float


def cut_face(pixels: ByteArray, landmarks: FloatArray, crop_side: int = SIDE) -> FaceCut | None:
    """Cut an upright square about the marked landmarks; None where the face is too small.

    What lies outside the image is black, as in the app.

    Args:
        pixels: (H, W, 3) uint8, BGR.
        landmarks: (K, 2) float32, pixels; NaN = not marked, at least two are.
        crop_side: pixels of the square.
    """
    low, high = np.nanmin(landmarks, axis=0), np.nanmax(landmarks, axis=0)
    if float((high - low).max()) < _SMALLEST:
        return None
    # Whole pixels, so that nothing is resampled twice.
    side = round(_ROOM * float((high - low).max()))
    left, top = (int(value) for value in np.rint((low + high) / 2 + 0.5 - side / 2))
    square = _square(pixels, left, top, side)
    method = cv2.INTER_AREA if side > crop_side else cv2.INTER_CUBIC
    crop = cv2.resize(square, (crop_side, crop_side), interpolation=method)
    scale = crop_side / side
    # Pixel centres: the image's edge lies half a pixel before pixel 0.
    moved = (landmarks - (left, top) + 0.5) * scale - 0.5
    encoded = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    return FaceCut(encoded, moved.astype(np.float32), scale)


def _square(pixels: ByteArray, left: int, top: int, side: int) -> ByteArray:
    """Return (side, side, 3), black where the image has ended."""
    height, width = pixels.shape[:2]
    square = np.zeros((side, side, 3), np.uint8)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    if x0 < x1 and y0 < y1:
        square[y0 - top : y1 - top, x0 - left : x1 - left] = pixels[y0:y1, x0:x1]
    return square
