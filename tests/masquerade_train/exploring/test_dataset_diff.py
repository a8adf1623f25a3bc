"""Tests that labels beside the face are found by the image alone."""

import cv2
import numpy as np
from masquerade_train.exploring.dataset_diff import PATCH_REACH, PATCH_SIDE, find_misplaced

from tests.masquerade_train.faces import PORTRAIT

# Of the portrait: the middle of the face and its extent, pixels.
MIDDLE, EXTENT = (234, 136), 76


def patch(random: np.random.Generator, shift: tuple[float, float] = (0, 0)) -> np.ndarray:
    """The portrait's face with its labels `shift` extents off, in changing light."""
    image = cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE).astype(np.float32)
    image = image * random.uniform(0.6, 1.1) + random.normal(0, 4, image.shape)
    scale = PATCH_SIDE / (2 * PATCH_REACH * EXTENT)
    x, y = (MIDDLE[axis] + shift[axis] * EXTENT + random.normal(0, 1.5) for axis in (0, 1))
    half = PATCH_SIDE / 2
    matrix = np.array([[scale, 0, half - scale * x], [0, scale, half - scale * y]])
    return cv2.warpAffine(image.clip(0, 255).astype(np.uint8), matrix, (PATCH_SIDE, PATCH_SIDE), flags=cv2.INTER_AREA)


def test_shifted_labels_are_found_with_their_distance() -> None:
    random = np.random.default_rng(0)
    patches = np.stack([patch(random, (0.3, 0) if index == 11 else (0, 0)) for index in range(60)])
    found = find_misplaced(patches, np.ones(60, bool))
    assert [entry.row for entry in found] == [11]
    assert 0.2 < found[0].distance < 0.4


def test_too_few_faces_have_no_mean_to_compare_with() -> None:
    random = np.random.default_rng(0)
    patches = np.stack([patch(random, (0.3, 0)) for _ in range(10)])
    assert find_misplaced(patches, np.ones(10, bool)) == ()
