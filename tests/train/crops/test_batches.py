"""Tests that batches of crops are the same at every call and hold only training pictures."""

from dataclasses import replace

import numpy as np
import pytest

from tests.train.faces import face_row, moved_points, small_set
from train.crops.batches import BatchMaker
from train.datasets.face_set import Row, join_rows
from train.errors import TrainError
from train.recipes.augmentation import DETECTOR_LIKE
from train.recipes.table import RECIPES

TINY = RECIPES["tiny"]
RECIPE = replace(TINY, input=replace(TINY.input, augmentation=DETECTOR_LIKE, stray_share=0.0))


def test_a_batch_is_the_same_at_every_call() -> None:
    first, second = BatchMaker(small_set(), RECIPE), BatchMaker(small_set(), RECIPE)
    assert (first.make(3, 1).pixels == second.make(3, 1).pixels).all()
    assert (first.make(3, 1).targets == second.make(3, 1).targets).all()


def test_another_epoch_another_batch() -> None:
    maker = BatchMaker(small_set(), RECIPE)
    assert (maker.make(3, 1).pixels != maker.make(4, 1).pixels).any()


def test_no_picture_of_the_val_split_is_ever_drawn() -> None:
    white = np.full((192, 192, 3), 255, np.uint8)
    import cv2  # noqa: PLC0415

    content = cv2.imencode(".png", white)[1].tobytes()
    val = [Row(content, moved_points(seed), "helen", "p", "val", f"v{seed}") for seed in range(20)]
    maker = BatchMaker(join_rows([face_row(0, "train"), *val]), RECIPE)
    assert all(maker.make(0, number).pixels.mean() < 128 for number in range(10))


def test_data_without_a_source_of_the_recipe_are_refused() -> None:
    with pytest.raises(TrainError, match="helen, lfpw"):
        BatchMaker(join_rows([face_row(0, "train", source="elsewhere")]), RECIPE)
