"""Creates and combines the affine maps (2, 3) for training images and their landmarks."""

import numpy as np
from masquerade.values import FloatArray


def about_centre(side: int, scale: float, degrees: float, stretch: float, shift: FloatArray) -> FloatArray:
    """Rotate and scale about the centre of a square image, then shift.

    Args:
        side: pixels of the square.
        scale: factor of width and height.
        degrees: above 0 turns clockwise as seen, since y points down.
        stretch: factor of the width; the height is divided by it.
        shift: (2,) pixels, right and down.

    Returns:
        (2, 3) float32.
    """
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = scale * turn @ np.diag([stretch, 1 / stretch])
    centre = np.full(2, side / 2 - 0.5)
    return np.column_stack([linear, centre - linear @ centre + shift]).astype(np.float32)


def mirroring(side: int) -> FloatArray:
    """Return the map (2, 3) that exchanges left and right of a square image."""
    return np.array([[-1, 0, side - 1], [0, 1, 0]], np.float32)


def resizing(size_wh: tuple[int, int], side: int) -> FloatArray:
    """Return the map (2, 3) from an image of `size_wh` to one of `side`, edge to edge."""
    factors = side / np.array(size_wh, np.float64)
    # Pixel 0 reaches from -0.5 to 0.5: edges meet, not the middles of the corner pixels.
    return np.column_stack([np.diag(factors), (factors - 1) / 2]).astype(np.float32)


def compose(after: FloatArray, before: FloatArray) -> FloatArray:
    """Return the one map (2, 3) that does `before`, then `after`."""
    linear = after[:, :2] @ before[:, :2]
    return np.column_stack([linear, after[:, :2] @ before[:, 2] + after[:, 2]]).astype(np.float32)
