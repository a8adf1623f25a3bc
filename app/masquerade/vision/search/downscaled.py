"""Runs the detector on parts of an image, in which small faces are larger."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from masquerade.values import Box, ByteArray, Detection, FloatArray
from masquerade.vision.crop import crop_side
from masquerade.vision.detector import Detector

_OVERLAP = 0.25  # of a part: a face as wide as this is whole in at least one
_SAME_FACE = 0.25  # two finds nearer than this share of the crop's side are one face


def split_image(width: int, height: int, count: int) -> list[Box]:
    """Return `count` times `count` parts of an image, row by row, in pixels; neighbours overlap."""
    part_width, part_height = (
        max(round(length * (1 + _OVERLAP * (count - 1) / count) / count), 1) for length in (width, height)
    )
    return [
        Box(_begin(column, count, width, part_width), _begin(row, count, height, part_height), part_width, part_height)
        for row in range(count)
        for column in range(count)
    ]


def detect_in(detector: Detector, pixels: ByteArray, part: Box) -> list[Detection]:
    """Return the faces detected in a part, in pixels of the whole image."""
    left, top = int(part.left), int(part.top)
    seen = detector.detect(pixels[top : top + int(part.height), left : left + int(part.width)])
    return [_shift(detection, left, top) for detection in seen]


def add_new(found: list[Detection], more: Sequence[Detection]) -> None:
    """Add to `found` those of `more` that are not in it yet."""
    for detection in more:
        if not any(is_same_face(detection.anchors, other.anchors) for other in found):
            found.append(detection)


def is_same_face(first: FloatArray, second: FloatArray) -> bool:
    """Return whether two sets of anchors (3, 2) belong to the same face."""
    gap = np.abs(first.mean(axis=0) - second.mean(axis=0)).max()
    return bool(gap < _SAME_FACE * max(crop_side(first), crop_side(second)))


def is_whole(detection: Detection, part: Box) -> bool:
    """Return whether a part shows a face completely: at its edge, a face may be cut and misplaced."""
    return max(detection.box.width, detection.box.height) <= _OVERLAP * max(part.width, part.height)


def _begin(place: int, count: int, length: int, part: int) -> int:
    return round(place * (length - part) / max(count - 1, 1))


def _shift(detection: Detection, left: int, top: int) -> Detection:
    """Return the detection in pixels of the whole image."""
    box = replace(detection.box, left=detection.box.left + left, top=detection.box.top + top)
    return Detection(box, detection.anchors + np.array([left, top], np.float32), detection.score)
