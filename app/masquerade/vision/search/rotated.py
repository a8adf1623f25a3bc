"""Runs the detector on a smaller or rotated image, for faces that fill the image or lie on their side."""

from dataclasses import replace

import numpy as np

from masquerade.values import ByteArray, Detection, FloatArray
from masquerade.vision.crop import every_nth
from masquerade.vision.detector import Detector
from masquerade.vision.search.downscaled import detect_in, split_image

QUARTER_TURNS = (1, 2, 3)
# Twice the detector's input.
_KEPT_PIXELS = 384


def turn_image(pixels: ByteArray, quarter_turns: int) -> ByteArray:
    """Return (H, W, 4) turned anticlockwise by so many quarters, in a buffer of its own."""
    # A pixel at a time, not a byte.
    turned = np.ascontiguousarray(np.rot90(pixels.view(np.uint32)[..., 0], quarter_turns))
    return turned.view(np.uint8).reshape(*turned.shape, 4)


def turn_back(points: FloatArray, quarter_turns: int, size_wh: tuple[int, int]) -> FloatArray:
    """Map points (N, 2) of the turned image into the image itself.

    Args:
        points: (N, 2) float32, pixels of the turned image.
        quarter_turns: 1 to 3, as in `turn_image`.
        size_wh: of the image itself.
    """
    width, height = size_wh
    x, y = points[:, 0], points[:, 1]
    places = {1: (width - 1 - y, x), 2: (width - 1 - x, height - 1 - y), 3: (y, height - 1 - x)}
    return np.stack(places[quarter_turns], axis=1).astype(np.float32)


def detect_rotated(detector: Detector, pixels: ByteArray, quarter_turns: int, parts_a_side: int = 1) -> list[Detection]:
    """Return the faces detected in the rotated image, in coordinates of the image itself.

    The boxes stay those of the turned image.

    Args:
        detector: looks once a part.
        pixels: (H, W, 4) uint8, BGRA.
        quarter_turns: 1 to 3, as in `turn_image`.
        parts_a_side: more than 1 looks at the turned image part by part, with repeats.
    """
    # Turning a whole frame takes longer than the detector, which would leave out these pixels anyway.
    step = max(max(pixels.shape[:2]) // (parts_a_side * _KEPT_PIXELS), 1)
    kept = every_nth(pixels, step)
    size_wh = (kept.shape[1], kept.shape[0])
    turned = turn_image(kept, quarter_turns)
    parts = split_image(turned.shape[1], turned.shape[0], parts_a_side)
    seen = [each for part in parts for each in detect_in(detector, turned, part)]
    return [replace(each, anchors=step * turn_back(each.anchors, quarter_turns, size_wh)) for each in seen]


def detect_downscaled(detector: Detector, pixels: ByteArray) -> list[Detection]:
    """Return faces about as large as the image, which the detector only finds with some room around them.

    Smaller ones are left out: the look at the image itself sees them better.
    """
    height, width = pixels.shape[:2]
    margin = max(height, width) // 2
    padded = np.zeros((height + 2 * margin, width + 2 * margin, pixels.shape[2]), np.uint8)
    padded[margin : margin + height, margin : margin + width] = pixels
    seen = detector.detect(padded)
    large = [each for each in seen if 2 * max(each.box.width, each.box.height) >= min(height, width)]
    return [
        replace(
            each,
            box=replace(each.box, left=each.box.left - margin, top=each.box.top - margin),
            anchors=each.anchors - np.float32(margin),
        )
        for each in large
    ]
