"""Tests which images and copies take part, and that the leak really leaks when asked for."""

import numpy as np
from masquerade_train.inputs.copies import list_copies
from masquerade_train.inputs.division import Division
from masquerade_train.inputs.split import divide_items, list_items
from masquerade_train.recipes.recipe import Copies, FullImages, Missing, SplitBy, SplitRule

from tests.masquerade_train.inputs.images import NAMES, SIDE, TWELVE, face

LANDMARKS = np.stack([face(seed) for seed in range(50)])


def test_every_image_stands_there_with_all_its_copies() -> None:
    items = list_items(LANDMARKS, LANDMARKS, list_copies(TWELVE), FullImages(points=NAMES, copies=TWELVE), SIDE)
    assert len(items) == 12 * 50
    assert set(zip(items.rows.tolist(), items.copies.tolist(), strict=True)) == {
        (row, copy) for row in range(50) for copy in range(12)
    }


def test_a_copy_that_a_landmark_has_left_is_dropped_or_masked_as_the_recipe_says() -> None:
    far = Copies(shifts_px=((40, 0),))
    dropped = list_items(LANDMARKS, LANDMARKS, list_copies(far), FullImages(points=NAMES, missing=Missing.DROP), SIDE)
    assert (dropped.copies == 0).sum() == 50
    assert (dropped.copies == 1).sum() < 25
    assert np.isfinite(dropped.landmarks).all()
    masked = list_items(LANDMARKS, LANDMARKS, list_copies(far), FullImages(points=NAMES, missing=Missing.MASK), SIDE)
    assert len(masked) == 100
    assert np.isnan(masked.landmarks[masked.copies == 1]).any()


def test_labels_are_filled_in_before_the_copies_are_made() -> None:
    landmarks = LANDMARKS.copy()
    landmarks[1, 2] = np.nan
    shift = Copies(shifts_px=((3, 0),))
    items = list_items(
        landmarks, landmarks, list_copies(shift), FullImages(points=NAMES, missing=Missing.FORWARD_FILL), SIDE
    )
    copied = items.landmarks[(items.rows == 1) & (items.copies == 1)][0]
    np.testing.assert_allclose(copied[2], landmarks[0, 2] + (3, 0), atol=1e-4)


def test_the_leak_puts_copies_of_one_face_on_both_sides_and_no_copy_twice() -> None:
    images = FullImages(points=NAMES, copies=TWELVE, split=SplitRule(SplitBy.COPY, 0.1, 0.1))
    every = np.ones(50, np.bool_)
    sets = divide_items(
        LANDMARKS, Division(every, ~every, ~every), copies=list_copies(TWELVE), images=images, side=SIDE, seed=15
    )
    assert (len(sets.training), len(sets.validation), len(sets.test)) == (480, 60, 60)
    faces_in_training = set(sets.training.rows.tolist())
    assert len(faces_in_training & set(sets.test.rows.tolist())) > 30
    drawn = [
        pair
        for part in (sets.training, sets.validation, sets.test)
        for pair in zip(part.rows.tolist(), part.copies.tolist(), strict=True)
    ]
    assert len(drawn) == len(set(drawn)) == 600
