"""Tests that a crop shows the face upright, at its place, and without aliasing."""

import cv2
import numpy as np
import pytest
from masquerade.geometry.similarity import Similarity, transform_points
from masquerade.vision.crop import ANCHOR_PLACES, crop_side, crop_similarity, cut_crop

FACE = np.array([[420, 200], [320, 200], [370, 310]], np.float32)


@pytest.mark.parametrize("angle", [0, 30, 90, 180, -135])
def test_the_anchors_lie_at_their_places_however_the_face_is_turned(angle: float) -> None:
    turned = transform_points(cv2.getRotationMatrix2D((370, 240), angle, 1.0).astype(np.float32), FACE)
    placed = crop_similarity(turned, 96).apply(turned)
    np.testing.assert_allclose(placed, ANCHOR_PLACES * 96 - 0.5, atol=0.5)


def test_points_come_back_from_the_crop_to_where_they_were() -> None:
    view = crop_similarity(FACE, 96)
    np.testing.assert_allclose(view.inverse().apply(view.apply(FACE)), FACE, atol=0.01)


@pytest.mark.parametrize("enlarged", [1, 2, 3, 5, 8])
def test_a_dot_is_found_at_the_same_place_whatever_the_size_of_the_image(enlarged: int) -> None:
    # A soft dot, drawn at its exact sub-pixel place in an image of each size.
    dot = np.array([[371.3, 252.7]], np.float32)
    scaled = (dot + 0.5) * enlarged - 0.5
    across, down = (
        np.exp(-(((np.arange(side * enlarged, dtype=np.float32) - place) / (10 * enlarged)) ** 2))
        for side, place in zip((640, 420), scaled[0], strict=True)
    )
    # Only where the dot is: the largest image has 17 million pixels.
    columns, rows = (slice(*(np.flatnonzero(line > 0.001)[[0, -1]])) for line in (across, down))
    image = np.zeros((420 * enlarged, 640 * enlarged, 4), np.uint8)
    image[rows, columns] = (255 * np.outer(down[rows], across[columns]))[..., np.newaxis]
    view = crop_similarity(((FACE + 0.5) * enlarged - 0.5).astype(np.float32), 96)
    crop = cut_crop(image, view.matrix, 96)[..., 0].astype(np.float64)
    centre = [(crop * axis).sum() / crop.sum() for axis in np.mgrid[0:96, 0:96][::-1]]
    np.testing.assert_allclose(centre, view.apply(scaled)[0], atol=0.12)


def test_fine_stripes_become_grey_and_not_a_pattern() -> None:
    stripes = np.zeros((2600, 2600, 4), np.uint8)
    stripes[:, ::2] = 255
    crop = cut_crop(stripes, crop_similarity(FACE * 3, 96).matrix, 96)
    assert crop.std() < 10


def test_what_lies_outside_the_frame_is_black() -> None:
    white = np.full((100, 100, 4), 255, np.uint8)
    assert cut_crop(white, crop_similarity(FACE, 96).matrix, 96).max() == 0
    small = Similarity.fit(FACE, FACE * 0.1 - 30).matrix
    assert cut_crop(white, small, 96).max() == 0


def test_the_side_is_that_of_the_square_in_the_frame() -> None:
    assert crop_side(FACE) == pytest.approx(96 / crop_similarity(FACE, 96).scale, rel=1e-4)


def test_anchors_that_are_one_point_are_refused() -> None:
    with pytest.raises(ValueError, match="one point"):
        crop_similarity(np.ones((3, 2), np.float32), 96)
