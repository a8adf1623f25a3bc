"""Tests that batches of crops are the same at every call and hold only training images."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from masquerade_train.datasets.face_set import Row, join_rows
from masquerade_train.errors import TrainError
from masquerade_train.inputs.crop_batches import BatchMaker
from masquerade_train.recipes.augmentation import DETECTOR_LIKE, EXACT
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.faces import dotted_image, face_row, moved_points, png, small_set

TINY = RECIPES["tiny"]
RECIPE = replace(TINY, input=replace(TINY.input, augmentation=DETECTOR_LIKE, stray_share=0.0))


def test_a_batch_is_the_same_at_every_call() -> None:
    first, second = BatchMaker(small_set(), RECIPE), BatchMaker(small_set(), RECIPE)
    assert (first.make(3, 1).pixels == second.make(3, 1).pixels).all()
    assert (first.make(3, 1).targets == second.make(3, 1).targets).all()


def test_another_epoch_another_batch() -> None:
    maker = BatchMaker(small_set(), RECIPE)
    assert (maker.make(3, 1).pixels != maker.make(4, 1).pixels).any()


def test_no_image_of_the_val_split_is_ever_drawn() -> None:
    white = np.full((192, 192, 3), 255, np.uint8)
    content = cv2.imencode(".png", white)[1].tobytes()
    val = [Row(content, moved_points(seed), "helen", "p", "test", f"v{seed}") for seed in range(20)]
    maker = BatchMaker(join_rows([face_row(0, "train"), *val]), RECIPE)
    assert all(maker.make(0, number).pixels.mean() < 128 for number in range(10))


def test_data_without_a_source_of_the_recipe_are_refused() -> None:
    with pytest.raises(TrainError, match="helen, lfpw"):
        BatchMaker(join_rows([face_row(0, "train", source="elsewhere")]), RECIPE)


def test_grey_crops_are_the_colour_crops_in_the_grey_of_the_app() -> None:
    grey_recipe = replace(RECIPE, input=replace(RECIPE.input, channels=1))
    colour, grey = BatchMaker(small_set(), RECIPE).make(0, 0), BatchMaker(small_set(), grey_recipe).make(0, 0)
    assert grey.pixels.shape == (8, 48, 48, 1)
    assert (grey.targets == colour.targets).all()
    for crop, wanted in zip(grey.pixels, colour.pixels, strict=True):
        bgra = cv2.cvtColor(wanted, cv2.COLOR_RGB2BGRA)
        assert (crop[..., 0] == cv2.cvtColor(bgra, cv2.COLOR_BGRA2GRAY)).all()


def test_landmarks_that_a_row_lacks_are_masked() -> None:
    four = moved_points(0)
    four[[*range(2, 10), 11, 12, 13]] = np.nan
    row = replace(face_row(0, "train"), landmarks=four)
    targets = BatchMaker(join_rows([row]), RECIPE).make(0, 0).targets
    assert np.isfinite(targets).all()
    assert (targets[:, 30:45].sum(axis=1) == 4).all()


def test_a_recipe_that_stops_early_has_a_validation_set() -> None:
    stopping = replace(RECIPE, stop_patience=3)
    maker = BatchMaker(small_set(), stopping)
    found = maker.validation_batches()
    assert sum(len(batch.pixels) for batch in found) == 2  # of 24 persons
    assert all((batch.targets[:, -1] == 1).all() for batch in found)
    plain = BatchMaker(small_set(), replace(RECIPE, average_momentum=0.0))
    assert plain.validation_batches() == ()


def test_a_recipe_with_averaged_weights_has_a_small_validation_set_to_choose_by() -> None:
    (batch,) = BatchMaker(small_set(), RECIPE).validation_batches()
    assert len(batch.pixels) == 1  # 3 % of 24 persons


def test_the_validation_set_of_the_data_goes_before_the_recipes() -> None:
    rows = [face_row(seed, "validation" if seed < 4 else "train") for seed in range(24)]
    maker = BatchMaker(join_rows(rows), replace(RECIPE, stop_patience=3))
    assert sum(len(batch.pixels) for batch in maker.validation_batches()) == 4


def test_a_fraction_takes_a_part_of_the_persons_and_all_backgrounds() -> None:
    """Cut exactly, a face has the same targets at every draw, so that faces can be counted."""
    exact = replace(RECIPE, average_momentum=0.0, input=replace(RECIPE.input, augmentation=EXACT))

    def faces_and_backgrounds(fraction: float) -> tuple[int, bool]:
        maker = BatchMaker(small_set(), replace(exact, fraction=fraction))
        targets = np.concatenate([maker.make(0, number).targets for number in range(40)])
        return len({row.tobytes() for row in targets[targets[:, -1] == 1]}), bool((targets[:, -1] == 0).any())

    assert faces_and_backgrounds(1.0) == (24, True)
    assert faces_and_backgrounds(0.7) == (17, True)


def test_a_fraction_that_leaves_a_handful_is_refused() -> None:
    with pytest.raises(TrainError, match=r"A fraction of 0\.1 leaves 2 training images"):
        BatchMaker(small_set(), replace(RECIPE, fraction=0.1))


def test_a_recipe_takes_sound_labels_as_marked_and_noisy_ones_as_relabelled() -> None:
    brought = moved_points(0) + np.float32(6)
    rows = [
        replace(face_row(0, "train", weight=weight, source=source), landmarks=brought, as_marked=moved_points(0))
        for source, weight in (("helen", 1.0), ("ytf", 0.5))
    ]
    faces = join_rows(rows).with_sound_labels_as_marked()
    assert faces.landmarks[0] == pytest.approx(moved_points(0))
    assert faces.landmarks[1] == pytest.approx(brought)
    exact = replace(RECIPES["tiny"].input, augmentation=EXACT, stray_share=0.0)
    batches = [
        BatchMaker(join_rows(rows[:1]), replace(RECIPES["tiny"], input=replace(exact, as_marked=marked))).make(0, 0)
        for marked in (True, False)
    ]
    # The crop follows the labels, so what moves is the image under them.
    assert not np.array_equal(batches[0].pixels, batches[1].pixels)


def test_grey_images_are_refused_by_a_recipe_for_colour_with_the_way_out() -> None:
    rows = [face_row(seed, "train", source="kaggle") for seed in range(6)]
    grey = [replace(row, encoded=png(np.repeat(dotted_image(row.landmarks)[..., :1], 3, axis=2))) for row in rows]
    with pytest.raises(TrainError, match=r"needs colour images, and these are grey\. Use masquerade15-grey"):
        BatchMaker(join_rows(grey), RECIPE)
    in_grey = replace(RECIPE, input=replace(RECIPE.input, channels=1))
    assert BatchMaker(join_rows(grey), in_grey).make(0, 0).pixels.shape[-1] == 1
