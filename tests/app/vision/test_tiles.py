"""A face too small for one look at the whole picture is found part by part, the first time at once."""

import cv2
import numpy as np
import pytest

from app.resources import bundled
from app.values import ByteArray, Detection
from app.vision.card import read_card
from app.vision.detector import BlazeFace
from app.vision.tiles import CloserLook, split_picture

# Of the portrait in a picture 1920 pixels wide: its eyes are then 22 pixels apart.
SIDE = 280
PARTS = 9


class CountedLooks:
    """The real detector, and how often it looked."""

    def __init__(self) -> None:
        self._detector = BlazeFace(read_card(bundled("model") / "blazeface_full_range"))
        self.count = 0

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        self.count += 1
        return self._detector.detect(pixels)


@pytest.fixture
def detector() -> CountedLooks:
    return CountedLooks()


def picture(left: int, top: int) -> ByteArray:
    portrait = cv2.imread(str(bundled("assets") / "demo" / "eileen_collins.jpg"))
    small = cv2.resize(portrait, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    pixels = np.full((1080, 1920, 4), 90, np.uint8)
    pixels[top : top + SIDE, left : left + SIDE, :3] = small
    return pixels


@pytest.mark.parametrize(("left", "top"), [(60, 40), (880, 460), (1600, 780)])
def test_a_small_face_is_found_at_once_and_told_once(detector: CountedLooks, left: int, top: int) -> None:
    pixels = picture(left, top)
    assert detector.detect(pixels) == ()
    (found,) = CloserLook(detector).detect(pixels)
    middle = found.anchors[:2].mean(axis=0)
    np.testing.assert_allclose(middle, [left + 224 * SIDE / 512, top + 104 * SIDE / 512], atol=8)


def test_a_newcomer_is_found_while_the_parts_go_round(detector: CountedLooks) -> None:
    look = CloserLook(detector)
    assert look.detect(np.full((1080, 1920, 4), 90, np.uint8)) == ()
    assert any(look.detect(picture(880, 460)) for _ in range(PARTS))


def test_only_the_first_look_is_at_all_parts(detector: CountedLooks) -> None:
    look, pixels = CloserLook(detector), np.full((1080, 1920, 4), 90, np.uint8)
    counts = []
    for _ in range(3):
        before = detector.count
        look.detect(pixels)
        counts.append(detector.count - before)
    look.begin_anew()
    look.detect(pixels)
    assert counts == [1 + PARTS, 2, 2]
    assert detector.count == sum(counts) + 1 + PARTS


@pytest.mark.parametrize("size_wh", [(1920, 1080), (101, 57), (480, 640)])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_parts_cover_the_picture_and_stay_in_it(size_wh: tuple[int, int], count: int) -> None:
    width, height = size_wh
    covered = np.zeros((height, width), bool)
    for part in split_picture(width, height, count):
        left, top = int(part.left), int(part.top)
        assert min(left, top) >= 0
        assert left + part.width <= width
        assert top + part.height <= height
        covered[top : top + int(part.height), left : left + int(part.width)] = True
    assert covered.all()
