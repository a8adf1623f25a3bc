"""Lays several photos out as the strip of a photo booth."""

from collections.abc import Sequence

import cv2
import numpy as np

from masquerade.studio.framing import fit_into
from masquerade.values import ByteArray

_PAPER = 250
_MARGIN = 0.04  # of a photo's width
_MAX_WIDTH = 1280


def make_strip(photos: Sequence[ByteArray], mirrored: bool = False) -> ByteArray:
    """Return the photos one under the other on white paper.

    Args:
        photos: (H, W, 4) uint8, BGRA, in their order; the first one's size is that of all, up to 1280 pixels wide.
        mirrored: True swaps left and right in each photo.

    Raises:
        ValueError: there is none.
    """
    if not photos:
        raise ValueError("a strip needs at least one photo")
    height, width = photos[0].shape[:2]
    scale = min(_MAX_WIDTH / width, 1.0)
    inner_wh = (max(round(width * scale), 1), max(round(height * scale), 1))
    margin = max(round(inner_wh[0] * _MARGIN), 1)
    paper = np.full((len(photos) * (inner_wh[1] + margin) + margin * 2, inner_wh[0] + 2 * margin, 4), _PAPER, np.uint8)
    paper[..., 3] = 255
    for place, photo in enumerate(photos):
        top = margin + place * (inner_wh[1] + margin)
        fitted = fit_into(photo, inner_wh)
        if mirrored:
            fitted = np.asarray(cv2.flip(fitted, 1), np.uint8)
        paper[top : top + inner_wh[1], margin : margin + inner_wh[0]] = fitted
    return paper
