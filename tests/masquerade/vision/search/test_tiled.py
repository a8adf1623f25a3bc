"""A face too small for one look at the whole image is found part by part, the first time at once."""

import cv2
import numpy as np
import pytest
from masquerade.resources import bundled
from masquerade.values import Box, ByteArray, Detection, FloatArray
from masquerade.vision.card import read_card
from masquerade.vision.detector import BlazeFace
from masquerade.vision.search.tiled import TiledDetector, parts_a_side

# Of the portrait in an image 1920 pixels wide: its eyes are then 22 pixels apart.
SIDE = 280
COLUMNS = 4
# Looks for a face that is missing, at most.
AGAIN = 2


class CountedLooks:
    """The real detector, and how often it looked."""

    def __init__(self) -> None:
        self._detector = BlazeFace(read_card(bundled("model") / "blazeface_full_range"))
        self.count = 0

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        self.count += 1
        return self._detector.detect(pixels)


class Unsure:
    """Sees one doubtful face in the middle of whatever it is shown, but not in the whole image."""

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        if pixels.shape[1] > 1000:
            return ()
        x, y = pixels.shape[1] / 2, pixels.shape[0] / 2
        anchors = np.array([(x + 5, y - 4), (x - 5, y - 4), (x, y + 6)], np.float32)
        return (Detection(Box(x - 12, y - 12, 24, 24), anchors, 0.55),)


@pytest.fixture
def detector() -> CountedLooks:
    return CountedLooks()


def never(pixels: ByteArray, anchors: FloatArray) -> bool:
    return False


def empty() -> ByteArray:
    return np.full((1080, 1920, 4), 90, np.uint8)


def image(left: int, top: int) -> ByteArray:
    portrait = cv2.imread(str(bundled("assets") / "demo" / "eileen_collins.jpg"))
    small = cv2.resize(portrait, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    pixels = empty()
    pixels[top : top + SIDE, left : left + SIDE, :3] = small
    return pixels


@pytest.mark.parametrize(("left", "top"), [(60, 40), (880, 460), (1600, 780)])
def test_a_small_face_is_found_at_once_and_told_once(detector: CountedLooks, left: int, top: int) -> None:
    pixels = image(left, top)
    assert detector.detect(pixels) == ()
    (found,) = TiledDetector(detector, never).detect(pixels)
    middle = found.anchors[:2].mean(axis=0)
    np.testing.assert_allclose(middle, [left + 224 * SIDE / 512, top + 104 * SIDE / 512], atol=8)


@pytest.mark.parametrize("left", [60, 500, 880, 1300, 1600])
def test_a_newcomer_is_found_while_the_columns_go_round(detector: CountedLooks, left: int) -> None:
    look = TiledDetector(detector, never)
    assert look.detect(empty()) == ()
    assert any(look.detect(image(left, 460)) for _ in range(look.passes_per_scan))


def test_a_face_that_was_found_is_looked_for_again_where_it_was(detector: CountedLooks) -> None:
    look = TiledDetector(detector, never)
    for step in range(3 * COLUMNS):
        found = look.detect(image(880 + 5 * step, 460))
        assert len(found) == 1, f"frame {step}"


def test_only_the_first_look_is_at_all_parts(detector: CountedLooks) -> None:
    look, pixels = TiledDetector(detector, never), empty()
    counts = []
    for _ in range(3):
        before = detector.count
        look.detect(pixels)
        counts.append(detector.count - before)
    look.begin_anew()
    look.detect(pixels)
    assert counts == [1 + COLUMNS**2, 1 + COLUMNS, 1 + COLUMNS]
    assert detector.count == sum(counts) + 1 + COLUMNS**2


def test_after_a_cut_it_looks_at_all_parts(detector: CountedLooks) -> None:
    look = TiledDetector(detector, never)
    for _ in range(2):
        look.detect(np.full((1080, 1920, 4), 10, np.uint8))
    before = detector.count
    (found,) = look.detect(image(60, 40))
    assert detector.count - before == 1 + COLUMNS**2
    assert found.score > 0.5


def test_no_more_than_two_missing_faces_are_looked_for_in_a_frame(detector: CountedLooks) -> None:
    look = TiledDetector(detector, never)
    crowd = empty()
    for left, top in ((0, 0), (500, 0), (1000, 0), (0, 600), (500, 600)):
        crowd[top : top + SIDE, left : left + SIDE] = image(left, top)[top : top + SIDE, left : left + SIDE]
    assert len(look.detect(crowd)) == 5
    before = detector.count
    look.detect(empty())
    assert detector.count - before == 1 + COLUMNS + AGAIN


def test_a_doubtful_find_counts_where_the_points_are_believed() -> None:
    assert TiledDetector(Unsure(), never).detect(empty()) == ()
    assert TiledDetector(Unsure(), lambda pixels, anchors: True).detect(empty()) != ()


def test_a_thorough_look_finds_what_is_too_small_for_the_others(detector: CountedLooks) -> None:
    portrait = cv2.imread(str(bundled("assets") / "demo" / "eileen_collins.jpg"))
    pixels = empty()
    pixels[460:590, 880:1010, :3] = cv2.resize(portrait, (130, 130), interpolation=cv2.INTER_AREA)
    look = TiledDetector(detector, never)
    assert look.detect(pixels) == ()
    (found,) = look.detect_all(pixels)
    assert np.hypot(*(found.anchors[0] - found.anchors[1])) == pytest.approx(11, abs=3)


def test_a_small_image_is_not_parted_below_the_detectors_own_input(detector: CountedLooks) -> None:
    TiledDetector(detector, never).detect_all(np.full((300, 400, 4), 90, np.uint8))
    assert detector.count == 1 + 4


@pytest.mark.parametrize(
    ("size_wh", "count"), [((320, 240), 2), ((1280, 720), 3), ((1080, 1920), 4), ((3840, 2160), 4)]
)
def test_larger_images_have_more_parts(size_wh: tuple[int, int], count: int) -> None:
    assert parts_a_side(*size_wh) == count
