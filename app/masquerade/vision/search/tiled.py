"""Searches frames for faces to hide: small, rotated, and cut by the border: TiledDetector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from masquerade.geometry.similarity import Similarity
from masquerade.values import Box, ByteArray, Detection, FloatArray
from masquerade.vision.crop import crop_side
from masquerade.vision.detector import Detector
from masquerade.vision.search.changes import ChangeMap
from masquerade.vision.search.downscaled import is_same_face, is_whole, split_image
from masquerade.vision.search.rotated import QUARTER_TURNS, detect_rotated
from masquerade.vision.search.views import detect_over_border, detect_upright

# Below this score the detector sees faces in folds, badges and backs of coats: the landmarks then decide.
_SURE_SCORE = 0.6
# Between both scores a face in the whole image counts where the landmarks agree, below it only at the border.
_MIN_WHOLE_SCORE = 0.5
# Turned images show more that is no face: there both have to be sure, and the eyes so many pixels apart.
_ODD_EYES_PIXELS = 12.0
# Parts about this wide show the detector, whose input is 192 pixels wide, faces with eyes 10 pixels apart ...
_PART_PIXELS = 480
# ... and smaller ones than its input show it nothing new.
_MIN_PART_PIXELS = 192
_MAX_PARTS_A_SIDE = 4
_THOROUGH_PARTS_A_SIDE = (2, 3, 4, 6)
# All parts are searched in so many frames: of a live stream, and of a file, which has more of them.
_LIVE_FRAMES_PER_SCAN, THOROUGH_FRAMES_PER_SCAN = 5, 12
# A part in which nothing has changed is searched after so many frames all the same.
_MAX_WAIT_FRAMES = 45

# How many missing faces are looked for where they were last, a frame, and for how many frames.
_MAX_AGAIN = 2
_MAX_MISSING_FRAMES = 15

# Two finds at one place are one face up to this difference in size, and this cosine of their angle.
_MAX_GROWTH = 1.7
_MIN_COSINE = 0.5

Verify = Callable[[ByteArray, FloatArray], bool]


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where a face was last seen, how many frames it is missing, and since when it waits for a search."""

    anchors: FloatArray
    missing: int = 0
    waiting: int = 0

    def is_among(self, found: Sequence[Detection]) -> bool:
        return any(is_same_face(self.anchors, each.anchors) for each in found)


@dataclass(slots=True, eq=False)
class _Part:
    """A part of the image that is searched in turn.

    Attributes:
        box: whole pixels.
        quarter_turns: 0 = as it is; else all of the image, turned and then parted.
        parts_a_side: of a turned image.
        waited: frames since it was searched.
        grid: the frame when it was, as ChangeMap shrinks it.
    """

    box: Box
    quarter_turns: int = 0
    parts_a_side: int = 1
    waited: int = 0
    grid: ByteArray | None = None


class TiledDetector:
    """Searches the whole image in every frame and parts of it in turn; at first and after a cut, all parts.

    Parts are tiles, in which small faces are larger for the detector, and the image turned by
    quarters. A part in which nothing has changed since it was searched has nothing new and is left out. At
    the image's border half a face is completed by its mirror image. A face that was seen and
    is missing is looked for where it was, upright. Called on one thread at a time.
    """

    def __init__(
        self, detector: Detector, verify: Verify, thorough: bool = False, weak_detector: Detector | None = None
    ) -> None:
        """Use the networks of the live line.

        Args:
            detector: looks at a part at a time.
            verify: returns whether there is a face at a doubtful find (anchors in pixels).
            thorough: True looks for smaller faces, too, and takes more time.
            weak_detector: the same with a lower least score, for half faces at the border.
        """
        self._detector = detector
        self._weak = weak_detector or detector
        self._verify = verify
        self._thorough = thorough
        self._changes = ChangeMap()
        self._parts: list[_Part] = []
        self._places: list[_Place] = []
        self._whole: tuple[tuple[Detection, ...], ByteArray | None] = ((), None)
        self._begins = True

    @property
    def passes_per_scan(self) -> int:
        """The number of frames in which every changed part is searched."""
        return max(ceil(len(self._parts) / self._parts_a_frame()), 1)

    def start_over(self) -> None:
        """Search all parts in the next frame."""
        self._begins = True

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        """Return the faces in `pixels` (H, W, 4) uint8 BGRA, each once."""
        if self._changes.see(pixels) or self._begins:
            self._parts = _parts_of(pixels.shape[1], pixels.shape[0], self._thorough)
            self._whole = ((), None)
            due = self._parts
        else:
            due = self._due_parts()
        self._begins = False
        found = self._search_whole(pixels)
        for part in due:
            self._search_part(pixels, part, found)
        self._look_again(pixels, found)
        return tuple(found)

    def _parts_a_frame(self) -> int:
        return ceil(len(self._parts) / (THOROUGH_FRAMES_PER_SCAN if self._thorough else _LIVE_FRAMES_PER_SCAN))

    def _due_parts(self) -> list[_Part]:
        """Return the parts to search in this frame: changed ones, longest waiting first."""
        for part in self._parts:
            part.waited += 1
        due = [
            part
            for part in self._parts
            if part.waited > _MAX_WAIT_FRAMES or self._changes.has_changed(part.box, part.grid)
        ]
        due.sort(key=lambda part: -part.waited)
        return due[: self._parts_a_frame()]

    def _search_whole(self, pixels: ByteArray) -> list[Detection]:
        image = Box(0, 0, pixels.shape[1], pixels.shape[0])
        before, grid = self._whole
        if not self._changes.has_changed(image, grid):
            return list(before)
        found: list[Detection] = []
        seen = detect_over_border(self._weak, pixels, image)
        _add_new(found, [each for each in seen if self._counts(pixels, each)])
        self._whole = (tuple(found), self._changes.grid)
        return found

    def _counts(self, pixels: ByteArray, seen: Detection) -> bool:
        """Return whether a find in the whole image counts as a face; a weak one only at the border."""
        if seen.score >= _SURE_SCORE:
            return True
        may_be = seen.score >= _MIN_WHOLE_SCORE or is_at_border(seen.anchors, pixels)
        return may_be and self._verify(pixels, seen.anchors)

    def _search_part(self, pixels: ByteArray, part: _Part, found: list[Detection]) -> None:
        """Add what is new in a part to `found`."""
        part.waited, part.grid = 0, self._changes.grid
        if part.quarter_turns:
            seen = detect_rotated(self._detector, pixels, part.quarter_turns, part.parts_a_side)
            _add_new(found, [each for each in seen if _is_clear(each) and self._verify(pixels, each.anchors)])
        else:
            inside = detect_over_border(self._detector, pixels, part.box)
            self._add_sure(pixels, [each for each in inside if is_whole(each, part.box)], found)

    def _add_sure(self, pixels: ByteArray, seen: Sequence[Detection], found: list[Detection]) -> None:
        _add_new(found, [each for each in seen if each.score >= _SURE_SCORE or self._verify(pixels, each.anchors)])

    def _look_again(self, pixels: ByteArray, found: list[Detection]) -> None:
        """Add recently seen faces that are missing in `found`, by searching their neighbourhood."""
        missed = [place for place in self._places if not place.is_among(found)]
        # Those that have waited longest for such a look come first.
        missed.sort(key=lambda place: -place.waiting)
        for place in missed[:_MAX_AGAIN]:
            self._add_sure(pixels, detect_upright(self._detector, pixels, place.anchors), found)
        again = [
            replace(place, missing=place.missing + 1, waiting=0 if index < _MAX_AGAIN else place.waiting + 1)
            for index, place in enumerate(missed)
            if place.missing < _MAX_MISSING_FRAMES and not place.is_among(found)
        ]
        self._places = [*(_Place(each.anchors) for each in found), *again]


def parts_a_side(width: int, height: int) -> int:
    """Return the number of columns and rows of parts for an image of this size."""
    return min(max(round(max(width, height) / _PART_PIXELS), 2), _MAX_PARTS_A_SIDE)


def _parts_of(width: int, height: int, thorough: bool) -> list[_Part]:
    splits = [split_image(width, height, count) for count in _THOROUGH_PARTS_A_SIDE]
    wide_enough = [split for split in splits if max(split[0].width, split[0].height) >= _MIN_PART_PIXELS]
    tiles = wide_enough if thorough else [split_image(width, height, parts_a_side(width, height))]
    image = Box(0, 0, width, height)
    turned = [_Part(image, turns) for turns in QUARTER_TURNS]
    if thorough and wide_enough:
        turned += [_Part(image, turns, parts_a_side=2) for turns in QUARTER_TURNS]
    return [*(_Part(box) for split in tiles for box in split), *turned]


def _add_new(found: list[Detection], more: Sequence[Detection]) -> None:
    """Add to `found` those of `more` that are new; at the same place, another size or roll is new."""
    for each in more:
        if not any(_agree(each.anchors, other.anchors) for other in found):
            found.append(each)


def _agree(first: FloatArray, second: FloatArray) -> bool:
    """Return whether two finds are the same face: similar in place, size and roll."""
    if not is_same_face(first, second):
        return False
    turn = Similarity.fit(first, second)
    alike = 1 / _MAX_GROWTH < turn.scale < _MAX_GROWTH
    return alike and turn.factor.real > _MIN_COSINE * turn.scale


def _is_clear(seen: Detection) -> bool:
    eyes = float(np.hypot(*(seen.anchors[0] - seen.anchors[1])))
    return seen.score >= _SURE_SCORE and eyes >= _ODD_EYES_PIXELS


def is_at_border(anchors: FloatArray, pixels: ByteArray) -> bool:
    """Return whether a face is so close to the border that part of it may be outside."""
    height, width = pixels.shape[:2]
    x, y = anchors.mean(axis=0).tolist()
    return bool(min(x, y, width - 1 - x, height - 1 - y) < 0.6 * crop_side(anchors))
