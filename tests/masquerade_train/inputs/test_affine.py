"""Tests the maps that move images and landmarks together."""

import cv2
import numpy as np
import pytest
from masquerade.geometry.similarity import transform_points
from masquerade_train.inputs.affine import about_centre, compose, mirroring, resizing

NO_SHIFT = np.zeros(2, np.float32)


def test_resizing_lays_edge_on_edge() -> None:
    corners = np.array([[-0.5, -0.5], [95.5, 47.5]], np.float32)
    moved = transform_points(resizing((96, 48), 224), corners)
    np.testing.assert_allclose(moved, [[-0.5, -0.5], [223.5, 223.5]], atol=1e-4)


def test_an_image_resized_by_the_map_is_as_opencv_resizes_it() -> None:
    image = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 256, (96, 96)).astype(np.uint8), (0, 0), 3)
    by_map = cv2.warpAffine(image, resizing((96, 96), 192), (192, 192), borderMode=cv2.BORDER_REPLICATE)
    by_size = cv2.resize(image, (192, 192))
    assert np.abs(by_map.astype(int) - by_size).max() <= 1


def test_the_middle_stays_when_an_image_is_turned_and_scaled() -> None:
    middle = np.array([[47.5, 47.5]], np.float32)
    moved = transform_points(about_centre(96, 1.3, 25.0, 1.05, NO_SHIFT), middle)
    np.testing.assert_allclose(moved, middle, atol=1e-4)


def test_composed_maps_do_the_one_then_the_other() -> None:
    landmarks = np.array([[3, 5], [60, 20]], np.float32)
    before, after = about_centre(96, 0.8, 30.0, 1.0, np.array([4, -2], np.float32)), mirroring(96)
    one_by_one = transform_points(after, transform_points(before, landmarks))
    assert transform_points(compose(after, before), landmarks) == pytest.approx(one_by_one, abs=1e-3)
