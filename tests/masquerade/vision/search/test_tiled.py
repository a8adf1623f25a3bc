"""A face too small for one look at the whole image is found part by part, the first time at once."""

import cv2
import numpy as np
import pytest
from masquerade.resources import bundled
from masquerade.values import Box, ByteArray, Detection, FloatArray
from masquerade.vision.card import read_card
from masquerade.vision.detector import BlazeFace
from masquerade.vision.landmarker import Landmarker
from masquerade.vision.models import find_landmarker
from masquerade.vision.search.tiled import TiledDetector, parts_a_side
from masquerade.vision.tracker import FaceTracker

# Of the portrait in an image 1920 pixels wide: its eyes are then 22 pixels apart.
SIDE = 280
COLUMNS = 4
# Looks for faces that are missing, and at parts in turn, at most.
AGAIN, PARTS_A_FRAME = 2, 4
# The image, its parts, and turned by three quarters.
ALL_LOOKS = 1 + COLUMNS**2 + 3


class CountedLooks:
    """The real detector, and how often it looked."""

    def __init__(self) -> None:
        self._detector = BlazeFace(
            *(read_card(bundled("model") / name) for name in ("blazeface_int8", "blazeface_int8_wide"))
        )
        self.count = 0

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        self.count += 1
        return self._detector.detect(pixels)


class Unsure:
    """Sees one doubtful face in the middle of whatever it is shown, but not in the whole image, which comes first."""

    def __init__(self) -> None:
        self.looks = 0

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        self.looks += 1
        if self.looks == 1:
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
def test_a_small_face_is_found_at_once_and_returned_once(detector: CountedLooks, left: int, top: int) -> None:
    pixels = image(left, top)
    assert detector.detect(pixels) == ()
    (found,) = TiledDetector(detector, never).detect(pixels)
    middle = found.anchors[:2].mean(axis=0)
    np.testing.assert_allclose(middle, [left + 224 * SIDE / 512, top + 104 * SIDE / 512], atol=8)


@pytest.mark.parametrize("left", [60, 500, 880, 1300, 1600])
def test_a_new_face_is_found_while_the_columns_are_searched_in_turn(detector: CountedLooks, left: int) -> None:
    look = TiledDetector(detector, never)
    assert look.detect(empty()) == ()
    assert any(look.detect(image(left, 460)) for _ in range(look.passes_per_scan))


def test_a_face_that_was_found_is_looked_for_again_where_it_was(detector: CountedLooks) -> None:
    look = TiledDetector(detector, never)
    for step in range(3 * COLUMNS):
        found = look.detect(image(880 + 5 * step, 460))
        assert len(found) == 1, f"frame {step}"


def test_all_parts_are_searched_first_and_then_only_where_something_has_changed(detector: CountedLooks) -> None:
    look, pixels = TiledDetector(detector, never), empty()
    counts = []
    for moved in (False, False, True, True, True, False):
        before = detector.count
        if moved:
            pixels = pixels.copy()
            pixels[40:200, 40 + 200 * len(counts) : 200 + 200 * len(counts), :3] = 20
        look.detect(pixels)
        counts.append(detector.count - before)
    assert counts[:2] == [ALL_LOOKS, 0]
    # The whole image and no more than a fifth of its parts ...
    assert all(1 < count <= 1 + PARTS_A_FRAME for count in counts[2:5])
    # ... and then those of the changed parts that had to wait.
    assert counts[5] <= PARTS_A_FRAME
    look.start_over()
    before = detector.count
    look.detect(pixels)
    assert detector.count - before == ALL_LOOKS


def test_a_part_without_any_change_is_searched_again_after_a_while(detector: CountedLooks) -> None:
    look = TiledDetector(detector, never)
    for _ in range(60):
        look.detect(empty())
    assert detector.count >= 2 * ALL_LOOKS - 1


def test_after_a_cut_it_looks_at_all_parts(detector: CountedLooks) -> None:
    look = TiledDetector(detector, never)
    for _ in range(2):
        look.detect(np.full((1080, 1920, 4), 10, np.uint8))
    before = detector.count
    (found,) = look.detect(image(60, 40))
    assert detector.count - before == ALL_LOOKS
    assert found.score > 0.5


def test_no_more_than_two_missing_faces_are_looked_for_in_a_frame(detector: CountedLooks) -> None:
    look = TiledDetector(detector, never)
    crowd = empty()
    for left, top in ((0, 0), (500, 0), (1000, 0), (0, 600), (500, 600)):
        crowd[top : top + SIDE, left : left + SIDE] = image(left, top)[top : top + SIDE, left : left + SIDE]
    assert len(look.detect(crowd)) == 5
    before = detector.count
    look.detect(empty())
    assert detector.count - before == 1 + PARTS_A_FRAME + AGAIN


def test_a_doubtful_find_counts_if_the_landmarks_confirm_it() -> None:
    assert TiledDetector(Unsure(), never).detect(empty()) == ()
    assert TiledDetector(Unsure(), lambda pixels, anchors: True).detect(empty()) != ()


def test_a_thorough_look_finds_what_is_too_small_for_the_others(detector: CountedLooks) -> None:
    portrait = cv2.imread(str(bundled("assets") / "demo" / "eileen_collins.jpg"))
    pixels = empty()
    pixels[460:590, 880:1010, :3] = cv2.resize(portrait, (130, 130), interpolation=cv2.INTER_AREA)
    assert TiledDetector(detector, never).detect(pixels) == ()
    (found,) = TiledDetector(detector, never, thorough=True).detect(pixels)
    assert np.hypot(*(found.anchors[0] - found.anchors[1])) == pytest.approx(11, abs=3)


def test_a_small_image_is_not_parted_below_the_detectors_own_input(detector: CountedLooks) -> None:
    TiledDetector(detector, never, thorough=True).detect(np.full((300, 400, 4), 90, np.uint8))
    # The image, four tiles, and turned three times, at once and in four tiles.
    assert detector.count == 1 + 4 + 3 + 3 * 4


def faces_at(portrait_at: tuple[int, int], quarter_turns: int = 0, roll: float = 0.0) -> ByteArray:
    """A portrait 360 pixels wide in a 640 x 360 image, its middle at a place, turned anticlockwise."""
    portrait = cv2.imread(str(bundled("assets") / "demo" / "eileen_collins.jpg"))
    matrix = cv2.getRotationMatrix2D((256, 128), 90 * quarter_turns + roll, 360 / 512)
    matrix[:, 2] += np.array(portrait_at) - (256, 128)
    seen = cv2.warpAffine(portrait, matrix, (640, 360), borderMode=cv2.BORDER_CONSTANT, borderValue=(90, 90, 90))
    return cv2.cvtColor(seen, cv2.COLOR_BGR2BGRA)


@pytest.fixture(scope="module")
def believing() -> TiledDetector:
    tracker = FaceTracker(Landmarker(find_landmarker("")))
    blazeface = BlazeFace(*(read_card(bundled("model") / name) for name in ("blazeface_int8", "blazeface_int8_wide")))
    return TiledDetector(
        blazeface,
        tracker.verify,
        weak_detector=blazeface.with_min_score(0.3),
    )


@pytest.mark.parametrize("roll", [0, 45, 90, 120, 135, 180, 225, 270, 300])
def test_a_face_is_found_at_any_roll(believing: TiledDetector, roll: int) -> None:
    believing.start_over()
    found = believing.detect(faces_at((320, 180), roll=roll))
    # Her eyes and mouth lie 24 pixels left and 14 above the middle, before she is turned.
    turn = np.deg2rad(roll)
    wanted = (320, 180) + (360 / 512) * np.array(
        [-33 * np.cos(turn) - 10 * np.sin(turn), 33 * np.sin(turn) - 10 * np.cos(turn)]
    )
    assert any(np.hypot(*(each.anchors.mean(axis=0) - wanted)) < 20 for each in found)


@pytest.mark.parametrize("place", [(24, 180), (664, 180), (344, 366), (344, 6), (26, 18)])
def test_a_face_of_which_half_is_beyond_the_border_is_found(believing: TiledDetector, place: tuple[int, int]) -> None:
    believing.start_over()
    (found,) = believing.detect(faces_at(place))[:1]
    assert np.hypot(*(found.anchors.mean(axis=0) - (place[0] - 23, place[1] - 7))) < 25


@pytest.mark.parametrize(
    ("size_wh", "count"), [((320, 240), 2), ((1280, 720), 3), ((1080, 1920), 4), ((3840, 2160), 4)]
)
def test_larger_images_have_more_parts(size_wh: tuple[int, int], count: int) -> None:
    assert parts_a_side(*size_wh) == count
