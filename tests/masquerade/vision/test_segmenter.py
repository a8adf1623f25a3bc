"""Test that people are cut out of real photos, at every shape of the frame."""

import cv2
import numpy as np
import pytest
from masquerade.resources import bundled
from masquerade.values import ByteArray
from masquerade.vision.card import check_sum, read_card
from masquerade.vision.segmenter import PersonSegmenter

CARD = read_card(bundled("model") / "selfie_segmentation_landscape")


def portrait() -> ByteArray:
    image = cv2.imread(str(bundled("assets") / "demo" / "grace_hopper.jpg"))
    assert image is not None
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2BGRA), np.uint8)


def on_a_wall(width: int, height: int) -> tuple[ByteArray, int]:
    """Return the portrait in the middle of a grey frame, and the column where it begins."""
    person = portrait()
    scale = height / person.shape[0]
    person = np.asarray(cv2.resize(person, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    left = (width - person.shape[1]) // 2
    pixels = np.full((height, width, 4), 255, np.uint8)
    if left < 0:
        return np.ascontiguousarray(person[:, -left : -left + width]), 0
    pixels[..., :3] = 120
    pixels[:, left : left + person.shape[1]] = person
    return pixels, left


@pytest.mark.parametrize("size_wh", [(1280, 720), (640, 480), (480, 640), (320, 240), (1000, 300)])
def test_the_person_is_cut_out_in_the_frames_proportions(size_wh: tuple[int, int]) -> None:
    pixels, _ = on_a_wall(*size_wh)
    mask = PersonSegmenter(CARD).segment(pixels)
    assert mask.dtype == np.uint8
    assert mask.shape[0] == min(360, size_wh[1])
    assert mask.shape[1] / mask.shape[0] == pytest.approx(size_wh[0] / size_wh[1], rel=0.01)
    rows, columns = mask.shape
    # Her face, and the chest below it.
    assert mask[round(0.35 * rows), columns // 2] > 240
    assert mask[round(0.9 * rows), columns // 2] > 240
    assert mask[: rows // 8, : max(columns // 20, 1)].max() < 30


def test_a_room_without_people_has_none() -> None:
    gradient = np.linspace(40, 200, 640, dtype=np.uint8)
    pixels = np.dstack([np.tile(gradient, (360, 1))] * 3 + [np.full((360, 640), 255, np.uint8)])
    assert PersonSegmenter(CARD).segment(np.ascontiguousarray(pixels)).mean() < 5


def test_noise_does_not_let_the_edge_flicker() -> None:
    pixels, _ = on_a_wall(640, 360)
    chance, segmenter = np.random.default_rng(1), PersonSegmenter(CARD)
    alone, followed = [], []
    for _ in range(8):
        noisy = pixels.copy()
        noisy[..., :3] = np.clip(pixels[..., :3] + chance.normal(0, 12, (360, 640, 3)), 0, 255)
        alone.append(PersonSegmenter(CARD).segment(noisy).astype(float))
        followed.append(segmenter.segment(noisy).astype(float))
    assert np.std(followed[3:], axis=0).mean() < 0.92 * np.std(alone[3:], axis=0).mean()


def test_a_person_who_leaves_disappears_from_the_mask_at_once() -> None:
    pixels, _ = on_a_wall(640, 360)
    segmenter = PersonSegmenter(CARD)
    segmenter.segment(pixels)
    empty = np.full_like(pixels, 120)
    empty[..., 3] = 255
    assert segmenter.segment(empty).mean() < 8


def test_the_file_is_the_one_of_the_card() -> None:
    check_sum(CARD)
