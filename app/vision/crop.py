"""Cuts the upright square out of a frame that the landmarker sees; training uses the same code."""

import math
from typing import cast

import cv2
import numpy as np

from app.geometry.similarity import fit_similarity, invert_similarity, scale_of, transform_points
from app.values import ByteArray, FloatArray

# Where left eye, right eye and mouth lie in the crop, as shares of its side: left and
# right are the person's own, so the left eye is on the right. Chosen so that the 15
# points (about 1.8 eye distances wide or high) fill 55 % of the side, their middle is the
# crop's, and a face that has moved or was badly found is still whole; 1.1 eye distances
# from eyes to mouth is the median of the training faces.
ANCHOR_PLACES = np.array([[0.65, 0.36], [0.35, 0.36], [0.5, 0.69]], np.float32)


def crop_matrix(anchors: FloatArray, side: int) -> FloatArray:
    """Returns the similarity from the frame to the crop, made upright by eyes and mouth.

    The mouth takes part because the line between the eyes alone shrinks and wavers when
    the head is turned to the side.

    Args:
        anchors: (3, 2) float32, pixels of the frame: left eye, right eye, middle of the mouth.
        side: pixels of the square crop.

    Returns:
        (2, 3) float32, frame pixels to crop pixels.

    Raises:
        ValueError: the anchors are all one point.
    """
    # Pixel centres: the share 0 is the crop's edge, which lies half a pixel before pixel 0.
    return fit_similarity(anchors, ANCHOR_PLACES * side - 0.5)


def crop_side(anchors: FloatArray) -> float:
    """Returns the side of the crop at `anchors` (3, 2), in pixels of the frame.

    Raises:
        ValueError: the anchors are all one point.
    """
    return 1 / max(scale_of(crop_matrix(anchors, 1)), 1e-9)


def cut_crop(pixels: ByteArray, matrix: FloatArray, side: int) -> ByteArray:
    """Cuts the crop that `matrix` describes.

    What lies outside the frame is black. A face much larger than the crop is halved
    (each pixel the mean of four) first: a bilinear step over many pixels would pick some and
    skip the rest, which shows as noise in the points.

    Args:
        pixels: (H, W, C) uint8 with C = 3 or 4.
        matrix: (2, 3) float32, pixels of `pixels` to crop pixels.
        side: pixels of the square crop.

    Returns:
        (side, side, C) uint8, channels as in `pixels`.
    """
    halvings = max(int(-math.log2(max(scale_of(matrix), 1e-6))), 0)
    if halvings == 0:
        return _warp(pixels, matrix, side)
    factor = 2**halvings
    corners = np.array([[0, 0], [side, 0], [0, side], [side, side]], np.float32) - 0.5
    inside = transform_points(invert_similarity(matrix), corners)
    height, width = pixels.shape[:2]
    left, top = np.clip(np.floor(inside.min(axis=0)), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(inside.max(axis=0)) + 1, 0, (width, height)).astype(int)
    columns, rows = (right - left) // factor, (bottom - top) // factor
    if columns < 1 or rows < 1:
        return np.zeros((side, side, pixels.shape[2]), np.uint8)
    small = _halve(pixels[top : top + rows * factor, left : left + columns * factor], halvings)
    # Pixel s of the small picture is the mean of the pixels factor * s + (factor - 1) / 2 around.
    linear = matrix[:, :2]
    offset = linear @ (np.array([left, top], np.float32) + (factor - 1) / 2) + matrix[:, 2]
    return _warp(small, np.column_stack([linear * factor, offset]).astype(np.float32), side)


def _halve(pixels: ByteArray, halvings: int) -> ByteArray:
    """(H, W, C) -> (H / 2**n, W / 2**n, C); OpenCV is ten times quicker at halves than at any other factor."""
    for _ in range(halvings):
        size_wh = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = cast(ByteArray, cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA))
    return pixels


def _warp(pixels: ByteArray, matrix: FloatArray, side: int) -> ByteArray:
    """(H, W, C) -> (side, side, C), bilinear, black outside."""
    return cast(ByteArray, cv2.warpAffine(pixels, matrix, (side, side), flags=cv2.INTER_LINEAR))
