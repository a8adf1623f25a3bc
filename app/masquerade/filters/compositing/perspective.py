"""Draws flat art in perspective, by a homography."""

import math

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.compositing.rasters import Raster
from masquerade.filters.format.art.svg import ArtBox
from masquerade.values import ByteArray, Matrix

# Beyond this the plane comes so near to the camera that perspective tears it apart.
_MIN_DIVISOR = 0.2


def seen_middle(matrix: Matrix, box: ArtBox) -> Matrix:
    """Return (2,) where the middle of the art lies in the frame, by a matrix (3, 3) from its units to pixels."""
    middle = matrix @ [box.left + box.width / 2, box.top + box.height / 2, 1.0]
    return np.asarray(middle[:2] / max(float(middle[2]), _MIN_DIVISOR), np.float64)


def pixels_per_unit(matrix: Matrix, box: ArtBox) -> float:
    """Return how many pixels of the frame one unit of the art covers in the art's middle, by a matrix as above."""
    x, y = box.left + box.width / 2, box.top + box.height / 2
    (a, b, c), (d, e, f), (g, h, k) = matrix.tolist()
    divisor = max(g * x + h * y + k, _MIN_DIVISOR)
    # A homography enlarges areas by its determinant over the third power of its divisor.
    determinant = a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g)
    return math.sqrt(abs(determinant) / divisor**3)


def cut_patch(raster: Raster, matrix: Matrix, size_wh: tuple[int, int]) -> tuple[ByteArray, int, int] | None:
    """Return the art as it is seen, premultiplied, with the patch's left and top; None outside the frame.

    Args:
        raster: the art.
        matrix: (3, 3), art units to pixels of the frame.
        size_wh: of the frame.
    """
    # Pixel i of the raster has its centre half a pixel from its own left edge.
    half, step = 0.5 / raster.scale, 1.0 / raster.scale
    x, y = raster.left + half, raster.top + half
    rows = [(a * step, b * step, a * x + b * y + c) for a, b, c in matrix.tolist()]
    bounds = _bounds_of(rows, raster.pixels.shape[1] - 1, raster.pixels.shape[0] - 1)
    if bounds is None:
        return None
    left, top = max(math.floor(bounds[0]), 0), max(math.floor(bounds[1]), 0)
    right, bottom = min(math.ceil(bounds[2]) + 1, size_wh[0]), min(math.ceil(bounds[3]) + 1, size_wh[1])
    if right <= left or bottom <= top:
        return None
    across, down, divisor = rows
    shifted = [u - left * w for u, w in zip(across, divisor, strict=True)]
    lifted = [v - top * w for v, w in zip(down, divisor, strict=True)]
    seen = np.array((shifted, lifted, divisor))
    patch_wh = (right - left, bottom - top)
    if divisor == (0.0, 0.0, 1.0):
        # The same of what lies flat on the image, a sixth quicker.
        return as_bytes(cv2.warpAffine(raster.pixels, seen[:2], patch_wh, flags=cv2.INTER_LINEAR)), left, top
    return as_bytes(cv2.warpPerspective(raster.pixels, seen, patch_wh, flags=cv2.INTER_LINEAR)), left, top


def _bounds_of(
    rows: list[tuple[float, float, float]], last_column: int, last_row: int
) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom of a raster as the homography shows it; None where perspective tears it apart."""
    (a, b, c), (d, e, f), (g, h, k) = rows
    seen = []
    for x, y in ((0, 0), (last_column, 0), (0, last_row), (last_column, last_row)):
        divisor = g * x + h * y + k
        if divisor < _MIN_DIVISOR:
            return None
        seen.append(((a * x + b * y + c) / divisor, (d * x + e * y + f) / divisor))
    across, down = zip(*seen, strict=True)
    return min(across), min(down), max(across), max(down)
