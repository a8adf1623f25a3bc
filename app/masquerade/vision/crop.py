"""Cuts the upright square crop for the landmarker out of a frame; training uses the same code."""

import math
from typing import cast

import cv2
import numpy as np

from masquerade.geometry.similarity import Similarity
from masquerade.values import ByteArray, FloatArray

# Where left eye, right eye and mouth lie in the crop, as shares of its side: left and
# right are the person's own, so the left eye is on the right. Chosen so that the 15
# landmarks (about 1.8 eye distances wide or high) fill 55 % of the side, their middle is the
# crop's, and a face that has moved or was badly found is still whole; 1.1 eye distances
# from eyes to mouth is the median of the training faces.
ANCHOR_PLACES = np.array([[0.65, 0.36], [0.35, 0.36], [0.5, 0.69]], np.float32)


def crop_similarity(anchors: FloatArray, side: int) -> Similarity:
    """Return the similarity from the frame to the crop, made upright by eyes and mouth.

    The mouth takes part because the line between the eyes alone shrinks and wavers when
    the head is turned to the side.

    Args:
        anchors: (3, 2) float32, pixels of the frame: left eye, right eye, middle of the mouth.
        side: pixels of the square crop.

    Returns:
        Frame pixels to crop pixels.

    Raises:
        ValueError: the anchors are all one point.
    """
    # Pixel centres: the share 0 is the crop's edge, which lies half a pixel before pixel 0.
    return Similarity.fit(anchors, ANCHOR_PLACES * side - 0.5)


def crop_side(anchors: FloatArray) -> float:
    """Return the side of the crop at `anchors` (3, 2), in pixels of the frame.

    Raises:
        ValueError: the anchors are all one point.
    """
    return 1 / max(crop_similarity(anchors, 1).scale, 1e-9)


def cut_crop(pixels: ByteArray, matrix: FloatArray, side: int) -> ByteArray:
    """Cut the crop that `matrix` describes.

    What lies outside the frame is black. A face much larger than the crop is halved
    (each pixel the mean of four) first: a bilinear step over many pixels would pick some and
    skip the rest, which shows as noise in the landmarks.

    Args:
        pixels: (H, W, C) uint8 with C = 3 or 4.
        matrix: (2, 3) float32, pixels of `pixels` to crop pixels; nearly a similarity, as in `crop_similarity`.
        side: pixels of the square crop.

    Returns:
        (side, side, C) uint8, channels as in `pixels`.
    """
    halvings = max(int(-math.log2(max(Similarity.from_matrix(matrix).scale, 1e-6))), 0)
    if halvings == 0:
        return _warp(pixels, matrix, side)
    factor = 2**halvings
    left, top, right, bottom = _bounds(pixels, matrix, side)
    columns, rows = (right - left) // factor, (bottom - top) // factor
    if columns < 1 or rows < 1:
        return np.zeros((side, side, pixels.shape[2]), np.uint8)
    small = _halve(pixels[top : top + rows * factor, left : left + columns * factor], halvings)
    # Pixel s of the small image is the mean of the pixels factor * s + (factor - 1) / 2 around.
    (a, b, x), (c, d, y) = matrix.tolist()
    u, v = left + (factor - 1) / 2, top + (factor - 1) / 2
    moved = ((a * factor, b * factor, a * u + b * v + x), (c * factor, d * factor, c * u + d * v + y))
    return _warp(small, np.array(moved, np.float32), side)


def every_nth(pixels: ByteArray, step: int) -> ByteArray:
    """Return every `step`-th pixel of every `step`-th row of (H, W, 4), contiguous."""
    # A pixel at a time, not a byte.
    kept = np.ascontiguousarray(pixels.view(np.uint32)[::step, ::step, 0])
    return kept.view(np.uint8).reshape(*kept.shape, 4)


def _bounds(pixels: ByteArray, matrix: FloatArray, side: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the part of `pixels` that the crop shows."""
    # Plain numbers: a dozen calls of numpy's took as long as halving the part does.
    back = Similarity.from_matrix(matrix).inverse()
    (a, b), x, y = (back.factor.real, -back.factor.imag), back.shift.real, back.shift.imag
    c, d = -b, a
    middle, half = side / 2 - 0.5, side / 2
    middle_x, reach_x = a * middle + b * middle + x, (abs(a) + abs(b)) * half
    middle_y, reach_y = c * middle + d * middle + y, (abs(c) + abs(d)) * half
    height, width = pixels.shape[:2]
    left, top = math.floor(middle_x - reach_x), math.floor(middle_y - reach_y)
    right, bottom = math.ceil(middle_x + reach_x) + 1, math.ceil(middle_y + reach_y) + 1
    return (
        min(max(left, 0), width),
        min(max(top, 0), height),
        min(max(right, 0), width),
        min(max(bottom, 0), height),
    )


def _halve(pixels: ByteArray, halvings: int) -> ByteArray:
    """Return (H, W, C) -> (H / 2**n, W / 2**n, C); OpenCV is ten times quicker at halves than at any other factor."""
    for _ in range(halvings):
        size_wh = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = cast(ByteArray, cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA))
    return pixels


def _warp(pixels: ByteArray, matrix: FloatArray, side: int) -> ByteArray:
    """Return (H, W, C) -> (side, side, C), bilinear, black outside."""
    return cast(ByteArray, cv2.warpAffine(pixels, matrix, (side, side), flags=cv2.INTER_LINEAR))
