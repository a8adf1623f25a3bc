"""Looks for faces too small for one look at the whole image: TiledDetector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from masquerade.values import Box, ByteArray, Detection, FloatArray
from masquerade.vision.crop import crop_side
from masquerade.vision.detector import Detector
from masquerade.vision.search.downscaled import add_new, detect_in, is_same_face, is_whole, split_image

# So near, the detector sees faces in folds and badges, hardly ever surer than this.
_SURE_SCORE = 0.6
# Parts about this wide show the detector, whose input is 192 pixels wide, faces with eyes 10 pixels apart ...
_PART_PIXELS = 480
# ... and smaller ones than its input show it nothing new.
_PART_PIXELS_LEAST = 192
_PARTS_A_SIDE_MOST = 4
_THOROUGH_PARTS_A_SIDE = (2, 3, 4, 6)
# Of 255, between two images of one place, shrunk to a few pixels: a cut of a film changes more.
_CUT = 24.0
_CUT_SIZE_WH = (16, 9)

# How many faces that are missing are looked for where they were last, a frame, and for how many frames.
_AGAIN_MOST = 2
_MISSING_MOST = 15
# Of the face's crop: so wide and high is its neighbourhood.
_NEIGHBOURHOOD = 6.0

Believe = Callable[[ByteArray, FloatArray], bool]


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where a face was seen last; for how many frames it is missing, and waits to be looked for."""

    anchors: FloatArray
    missing: int = 0
    waiting: int = 0

    def is_among(self, found: Sequence[Detection]) -> bool:
        return any(is_same_face(self.anchors, each.anchors) for each in found)


class TiledDetector:
    """Looks at the whole image and at parts of it in turn, a column each time; first, and after a cut, at all.

    So a face too small for the look at the whole image is found within a few frames.
    Called on one thread at a time.
    """

    def __init__(self, detector: Detector, believe: Believe) -> None:
        """Use the nets of the live line.

        Args:
            detector: looks at a part at a time.
            believe: tells whether a doubtful find (anchors in pixels) is a face.
        """
        self._detector = detector
        self._believe = believe
        self._count = 1
        self._next: int | None = None
        self._places: list[_Place] = []
        self._last: ByteArray | None = None

    @property
    def passes_per_scan(self) -> int:
        """After how many looks every part was looked at."""
        return self._count

    def begin_anew(self) -> None:
        """Return the next time looks at all parts again."""
        self._next = None

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        """Return the faces in `pixels` (H, W, 4) uint8 BGRA, each once."""
        count = self._count = parts_a_side(pixels.shape[1], pixels.shape[0])
        parts = split_image(pixels.shape[1], pixels.shape[0], count)
        if not self._is_cut(pixels) and self._next is not None:
            column = self._next % count
            parts = parts[column::count]
        self._next = 0 if self._next is None else (self._next + 1) % count
        found = self._look(pixels, parts)
        self._look_again(pixels, found)
        return tuple(found)

    def detect_all(self, pixels: ByteArray) -> tuple[Detection, ...]:
        """Return the faces as `detect` does, from up to 66 looks, down to parts a sixth of the image wide."""
        width, height = pixels.shape[1], pixels.shape[0]
        splits = (split_image(width, height, count) for count in _THOROUGH_PARTS_A_SIDE)
        near_enough = [parts for parts in splits if max(parts[0].width, parts[0].height) >= _PART_PIXELS_LEAST]
        return tuple(self._look(pixels, [part for parts in near_enough for part in parts]))

    def _look(self, pixels: ByteArray, parts: Sequence[Box]) -> list[Detection]:
        found = list(self._detector.detect(pixels))
        for part in parts:
            self._look_in(pixels, part, found)
        return found

    def _look_in(self, pixels: ByteArray, part: Box, found: list[Detection]) -> None:
        """Add what is new in a part to `found`."""
        seen = [each for each in detect_in(self._detector, pixels, part) if is_whole(each, part)]
        add_new(found, [each for each in seen if self._is_sure(pixels, each)])

    def _look_again(self, pixels: ByteArray, found: list[Detection]) -> None:
        """Add to `found` those that were seen lately and are not in it, from a look at their neighbourhood."""
        missed = [place for place in self._places if not place.is_among(found)]
        # Those that have waited longest for such a look come first.
        missed.sort(key=lambda place: -place.waiting)
        for place in missed[:_AGAIN_MOST]:
            self._look_in(pixels, _round(place.anchors, pixels), found)
        again = [
            replace(place, missing=place.missing + 1, waiting=0 if index < _AGAIN_MOST else place.waiting + 1)
            for index, place in enumerate(missed)
            if place.missing < _MISSING_MOST and not place.is_among(found)
        ]
        self._places = [*(_Place(each.anchors) for each in found), *again]

    def _is_sure(self, pixels: ByteArray, found: Detection) -> bool:
        return found.score >= _SURE_SCORE or self._believe(pixels, found.anchors)

    def _is_cut(self, pixels: ByteArray) -> bool:
        """Return whether this is another scene than the last frame's."""
        small = cv2.resize(pixels[::8, ::8, :3], _CUT_SIZE_WH, interpolation=cv2.INTER_AREA)
        last, self._last = self._last, np.asarray(small, np.uint8)
        return last is not None and float(np.abs(small.astype(np.int16) - last).mean()) > _CUT


def parts_a_side(width: int, height: int) -> int:
    """Return into how many columns and rows an image of this size is parted."""
    return min(max(round(max(width, height) / _PART_PIXELS), 2), _PARTS_A_SIDE_MOST)


def _round(anchors: FloatArray, pixels: ByteArray) -> Box:
    """Return the neighbourhood of a face, moved into the image."""
    height, width = pixels.shape[:2]
    side = max(_NEIGHBOURHOOD * crop_side(anchors), _PART_PIXELS_LEAST)
    side_wh = (min(side, width), min(side, height))
    middle = anchors.mean(axis=0)
    left = min(max(float(middle[0]) - side_wh[0] / 2, 0.0), width - side_wh[0])
    top = min(max(float(middle[1]) - side_wh[1] / 2, 0.0), height - side_wh[1])
    return Box(left, top, *side_wh)
