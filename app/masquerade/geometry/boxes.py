"""Compares and joins boxes."""

from masquerade.values import Box


def overlap(first: Box, second: Box) -> float:
    """Return the area that two boxes share as a part of the area they cover together, 0 to 1."""
    width = min(first.left + first.width, second.left + second.width) - max(first.left, second.left)
    height = min(first.top + first.height, second.top + second.height) - max(first.top, second.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (first.width * first.height + second.width * second.height - shared)
