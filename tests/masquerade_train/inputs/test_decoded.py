"""Tests that images are decoded when they are drawn, once while there is room, and the same ones by every thread."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from masquerade.values import ByteArray
from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.inputs.crop_batches import BatchMaker
from masquerade_train.inputs.decoded import DecodedImages
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.faces import SIDE, small_set


@dataclass
class Counting:
    """A FaceSet that counts what is decoded."""

    faces: FaceSet
    decoded: list[int] = field(default_factory=list)

    def image(self, row: int) -> ByteArray:
        self.decoded.append(row)
        return self.faces.image(row)


def test_what_there_is_room_for_is_decoded_once() -> None:
    counting = Counting(small_set())
    images = DecodedImages(counting, room_bytes=2 * 3 * SIDE**2)  # type: ignore[arg-type]
    for _ in range(3):
        for row in range(3):
            assert (images.get(row) == counting.faces.image(row)).all()
    assert [counting.decoded.count(row) for row in range(3)] == [1, 1, 3]


def test_threads_that_ask_at_once_get_the_same_and_keep_to_the_room() -> None:
    counting = Counting(small_set())
    images = DecodedImages(counting, room_bytes=5 * 3 * SIDE**2)  # type: ignore[arg-type]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(images.get, list(range(20)) * 4))
    for number, image in enumerate(found):
        assert (image == counting.faces.image(number % 20)).all()
    counting.decoded.clear()
    for row in range(20):
        images.get(row)
    assert len(counting.decoded) == 15


def test_a_maker_begins_without_decoding_everything() -> None:
    faces = small_set()
    maker = BatchMaker(faces, RECIPES["tiny"])
    first = maker.make(0, 0)
    assert np.array_equal(maker.make(0, 0).pixels, first.pixels)
    assert np.array_equal(BatchMaker(faces, RECIPES["tiny"]).make(0, 0).pixels, first.pixels)
