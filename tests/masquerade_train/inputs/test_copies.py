"""Tests that the landmarks of a copy sit where the marks of its image went."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from masquerade.values import LANDMARK_INDEX, LANDMARK_NAMES
from masquerade_train.inputs.copies import Copy, copy_image, copy_landmarks, copy_matrix, list_copies
from masquerade_train.recipes.recipe import Copies

from tests.masquerade_train.inputs.images import GROUND, LEVELS, NAMES, SIDE, TWELVE, dot_middle, dotted, face

RANDOM = np.random.default_rng(0)
copies = st.builds(
    Copy,
    degrees=st.floats(-20, 20),
    shift_px=st.tuples(st.floats(-8, 8), st.floats(-8, 8)),
    flip=st.booleans(),
)


@settings(deadline=None)
@given(copy=copies, seed=st.integers(0, 1000))
def test_dots_are_found_again_at_the_landmarks_of_the_copy(copy: Copy, seed: int) -> None:
    landmarks = face(seed)
    image = copy_image(copy, dotted(landmarks), RANDOM)
    moved = copy_landmarks(copy, landmarks[None], SIDE, NAMES)[0]
    # In the mirror the left eye's dot is the right eye's.
    levels = (LEVELS[1], LEVELS[0], LEVELS[2]) if copy.flip and copy.moves else LEVELS
    for landmark, level in zip(moved, levels, strict=True):
        if np.isfinite(landmark).all() and (np.abs(landmark - SIDE / 2) < SIDE / 2 - 6).all():
            assert dot_middle(image, level, landmark) == pytest.approx(landmark, abs=0.35)
            assert int(image[round(float(landmark[1])), round(float(landmark[0])), 0]) == pytest.approx(level, abs=8)


def test_a_rotation_above_0_turns_anticlockwise_about_the_middle() -> None:
    middle_and_right = np.array([[[47.5, 47.5], [87.5, 47.5]]], np.float32)
    moved = copy_landmarks(Copy(degrees=90), middle_and_right, SIDE, ("nose_tip", "chin"))[0]
    np.testing.assert_allclose(moved, [[47.5, 47.5], [47.5, 7.5]], atol=1e-4)


def test_a_shift_is_counted_in_pixels_of_an_image_96_wide() -> None:
    landmark = np.array([[[20, 20]]], np.float32)
    moved = copy_landmarks(Copy(shift_px=(6, -3)), landmark, 192, ("nose_tip",))
    np.testing.assert_allclose(moved[0, 0], [32, 14], atol=1e-5)


def test_the_mirror_changes_sides_and_names() -> None:
    landmarks = np.stack([np.arange(15), np.full(15, 50)], axis=1).astype(np.float32)[None]
    moved = copy_landmarks(Copy(flip=True), landmarks, SIDE, LANDMARK_NAMES)[0]
    assert moved[LANDMARK_INDEX["left_eye_center"], 0] == 95 - LANDMARK_INDEX["right_eye_center"]
    assert moved[LANDMARK_INDEX["nose_tip"], 0] == 95 - LANDMARK_INDEX["nose_tip"]


def test_other_landmark_sets_change_sides_by_their_names() -> None:
    landmarks = np.array([[[10, 5], [30, 5], [20, 5]]], np.float32)
    names = ("nostril_right_outer", "nostril_left_outer", "nose_base_center")
    assert copy_landmarks(Copy(flip=True), landmarks, SIDE, names)[0, :, 0].tolist() == [65, 85, 75]


def test_a_set_with_one_side_only_has_no_mirror_image() -> None:
    with pytest.raises(ValueError, match="nostril_left_outer"):
        copy_landmarks(Copy(flip=True), np.zeros((1, 1, 2), np.float32), SIDE, ("nostril_left_outer",))


def test_a_landmark_that_leaves_the_image_is_no_longer_marked() -> None:
    landmarks = np.array([[[90, 50], [50, 50]]], np.float32)
    moved = copy_landmarks(Copy(shift_px=(6, 0)), landmarks, SIDE, ("nose_tip", "chin"))[0]
    assert np.isnan(moved[0]).all()
    assert moved[1].tolist() == [56, 50]


def test_the_image_itself_is_not_touched() -> None:
    image, landmarks = dotted(face(0)), face(0)[None] + 60  # labels may lie outside
    assert copy_image(Copy(), image, RANDOM) is image
    assert copy_landmarks(Copy(), landmarks, SIDE, NAMES) is landmarks


def test_brightness_is_a_factor_with_white_as_its_end() -> None:
    image = np.full((4, 4, 1), 100, np.uint8)
    image[0, 0] = 200
    bright = copy_image(Copy(brightness=1.5), image, RANDOM)
    assert (bright[0, 0, 0], bright[1, 1, 0]) == (255, 150)


def test_noise_has_the_sigma_asked_for() -> None:
    noisy = copy_image(Copy(noise_sigma=8), np.full((96, 96, 1), 128, np.uint8), np.random.default_rng(3))
    assert np.std(noisy.astype(float)) == pytest.approx(8, rel=0.05)
    assert np.mean(noisy.astype(float)) == pytest.approx(128, abs=0.5)


def test_what_comes_in_from_outside_is_black() -> None:
    moved = copy_image(Copy(shift_px=(6, 0)), np.full((96, 96, 3), GROUND, np.uint8), RANDOM)
    assert (moved[:, :6] == 0).all()
    assert (moved[:, 6:] == GROUND).all()


def test_a_recipe_with_eleven_entries_makes_twelve_of_one_image() -> None:
    listed = list_copies(TWELVE)
    assert len(listed) == len(TWELVE) + 1 == 12
    assert listed[0] == Copy()
    assert len(set(listed)) == 12
    assert list_copies(Copies()) == (Copy(),)


def test_the_mirror_is_exact_to_the_pixel() -> None:
    image = np.random.default_rng(4).integers(0, 256, (96, 96, 1)).astype(np.uint8)
    assert (copy_image(Copy(flip=True), image, RANDOM) == image[:, ::-1]).all()
    assert copy_matrix(Copy(flip=True), 96)[0].tolist() == [-1, 0, 95]
