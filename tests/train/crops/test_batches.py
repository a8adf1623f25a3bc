"""Tests that batches are the same at every call, hold only training pictures and name their targets rightly."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.train.faces import face_row, moved_points, small_set
from train.crops.augment import Sample
from train.crops.batches import TARGET_WIDTH, BatchMaker, stream_batches, target_row
from train.datasets.face_set import Row, join_rows, save_faces
from train.errors import TrainError
from train.recipes.table import DETECTOR_LIKE, RECIPES

RECIPE = replace(RECIPES["tiny"], augmentation=DETECTOR_LIKE, stray_share=0.0)


def test_a_batch_is_the_same_at_every_call() -> None:
    first, second = BatchMaker(small_set(), RECIPE), BatchMaker(small_set(), RECIPE)
    assert (first.make(3, 1).pixels == second.make(3, 1).pixels).all()
    assert (first.make(3, 1).targets == second.make(3, 1).targets).all()


def test_another_epoch_another_batch() -> None:
    maker = BatchMaker(small_set(), RECIPE)
    assert (maker.make(3, 1).pixels != maker.make(4, 1).pixels).any()


def test_worker_processes_cut_the_same_batches(tmp_path: Path) -> None:
    save_faces(small_set(), tmp_path / "faces.npz")
    here = stream_batches(tmp_path / "faces.npz", RECIPE, 2, workers=0)
    there = stream_batches(tmp_path / "faces.npz", RECIPE, 2, workers=1)
    for _ in range(5):  # over the end of an epoch of four batches
        assert (next(here).pixels == next(there).pixels).all()
    there.close()  # type: ignore[attr-defined]


def test_no_picture_of_the_val_split_is_ever_drawn() -> None:
    white = np.full((192, 192, 3), 255, np.uint8)
    import cv2  # noqa: PLC0415

    content = cv2.imencode(".png", white)[1].tobytes()
    val = [Row(content, moved_points(seed), "helen", "p", "val", f"v{seed}") for seed in range(20)]
    maker = BatchMaker(join_rows([face_row(0, "train"), *val]), RECIPE)
    assert all(maker.make(0, number).pixels.mean() < 128 for number in range(10))


def test_targets_hold_places_weights_and_presence() -> None:
    points = np.full((15, 2), 47.5, np.float32)
    points[0] = (95.5, -0.5)
    points[7] = np.nan
    target = target_row(Sample(np.zeros((96, 96, 3), np.uint8), points, True), weight=0.5)
    assert target.shape == (TARGET_WIDTH,)
    assert target[:4] == pytest.approx([1, -1, 0, 0])  # the crop's right and upper edge; its middle
    assert target[30:45].tolist() == [0.5] * 7 + [0.0] + [0.5] * 7
    assert target[45] == 1


def test_data_without_a_source_of_the_recipe_are_refused() -> None:
    with pytest.raises(TrainError, match="helen, lfpw"):
        BatchMaker(join_rows([face_row(0, "train", source="elsewhere")]), RECIPE)
