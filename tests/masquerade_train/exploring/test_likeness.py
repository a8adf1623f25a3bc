"""Tests that the same image is known again, and another one is not taken for it."""

import cv2
import numpy as np
from masquerade_train.datasets.face_set import join_rows
from masquerade_train.exploring.likeness import (
    Pair,
    across_split,
    between_persons,
    count_groups,
    find_pairs,
    hash_image,
)

from tests.masquerade_train.faces import PORTRAIT, background_row, face_row


def portrait() -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(PORTRAIT)), cv2.COLOR_BGR2RGB)


def bits(first: np.ndarray, second: np.ndarray) -> int:
    return int(np.bitwise_count(hash_image(first) ^ hash_image(second)).sum())


def test_light_size_and_packing_hardly_change_the_hash() -> None:
    image = portrait()
    darker = np.rint(image * 0.6 + 8).astype(np.uint8)
    smaller = cv2.resize(image, (150, 150), interpolation=cv2.INTER_AREA)
    square = cv2.resize(image, (400, 400), interpolation=cv2.INTER_AREA)
    packed = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR)
    assert bits(image, darker) < 16
    assert bits(square, smaller) < 16
    assert bits(image, packed) < 24


def test_another_image_differs_in_many_bits() -> None:
    assert bits(portrait(), portrait()[:, ::-1]) > 60


def test_pairs_are_found_and_sorted_by_similarity() -> None:
    random = np.random.default_rng(0)
    hashes = random.integers(0, 2**63, (3000, 4)).astype(np.uint64)
    hashes[2999] = hashes[5]
    hashes[1500] = hashes[10] ^ np.array([7, 0, 0, 1], np.uint64)
    assert find_pairs(hashes) == (Pair(5, 2999, 0), Pair(10, 1500, 4))


def test_pairs_across_the_split_and_between_persons_are_reported() -> None:
    faces = join_rows([face_row(0, "train"), face_row(1, "test"), face_row(2, "train"), background_row(3, "test")])
    pairs = (Pair(0, 1, 3), Pair(0, 2, 4), Pair(1, 3, 5))
    assert across_split(pairs, faces) == (Pair(0, 1, 3), Pair(0, 2, 4))[:1]
    assert between_persons(pairs, faces) == pairs
    assert count_groups(pairs) == 1
    assert count_groups((Pair(0, 1, 3), Pair(2, 3, 1))) == 2
