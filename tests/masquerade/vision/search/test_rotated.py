"""Tests that faces of a turned or padded image are in pixels of the image itself."""

import numpy as np
import pytest
from masquerade.values import Box, ByteArray, Detection
from masquerade.vision.search.rotated import QUARTER_TURNS, detect_downscaled, detect_rotated, turn_back, turn_image

PLACES = np.array([[3, 1], [7, 2], [5, 6]], np.float32)


class Spots:
    """A detector that takes three bright pixels for eyes and mouth."""

    def detect(self, pixels: ByteArray) -> tuple[Detection, ...]:
        anchors = np.stack([np.argwhere(pixels[..., 0] == value)[0][::-1] for value in (201, 202, 203)])
        left, top = anchors.min(axis=0)
        width, height = np.ptp(anchors, axis=0)
        return (Detection(Box(left, top, width, height), anchors.astype(np.float32), 0.9),)


def spotted(width: int, height: int) -> ByteArray:
    image = np.zeros((height, width, 4), np.uint8)
    for value, (x, y) in zip((201, 202, 203), PLACES.astype(int), strict=True):
        image[y, x] = value
    return image


@pytest.mark.parametrize("quarter_turns", QUARTER_TURNS)
def test_a_place_is_found_again_after_turning_there_and_back(quarter_turns: int) -> None:
    image = spotted(9, 8)
    (found,) = Spots().detect(turn_image(image, quarter_turns))
    assert turn_back(found.anchors, quarter_turns, (9, 8)).tolist() == PLACES.tolist()
    (mapped,) = detect_rotated(Spots(), image, quarter_turns)
    assert mapped.anchors.tolist() == PLACES.tolist()


def test_a_face_of_the_downscaled_image_is_in_pixels_of_the_full_one() -> None:
    (found,) = detect_downscaled(Spots(), spotted(9, 8))
    assert found.anchors.tolist() == PLACES.tolist()
    assert (found.box.left, found.box.top) == (3, 1)


def test_small_faces_of_the_downscaled_image_are_left_out() -> None:
    assert detect_downscaled(Spots(), spotted(90, 80)) == []
