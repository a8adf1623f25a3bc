"""Tests that light, blur and covers change the look of a crop and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from masquerade_train.inputs.disturb import disturb
from masquerade_train.inputs.occlusions import cover
from masquerade_train.recipes.augmentation import DETECTOR_LIKE

CROP = np.random.default_rng(0).integers(0, 256, (96, 96, 3)).astype(np.uint8)
KINDS = ("colour_chance", "grey_chance", "shade_chance", "blur_chance", "noise_chance", "jpeg_chance")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_disturbance_changes_the_crop_alone(kind: str) -> None:
    only = replace(DETECTOR_LIKE, **{kind: 1.0})
    changed = [disturb(CROP, only, np.random.default_rng(seed)) for seed in range(8)]
    assert all(crop.shape == CROP.shape and crop.dtype == np.uint8 for crop in changed)
    assert all((crop != CROP).any() for crop in changed)


def test_without_chances_the_crop_stays() -> None:
    assert (disturb(CROP, DETECTOR_LIKE, np.random.default_rng(0)) == CROP).all()


def test_a_grey_crop_has_three_equal_channels() -> None:
    grey = disturb(CROP, replace(DETECTOR_LIKE, grey_chance=1.0), np.random.default_rng(0))
    assert (grey == grey[..., :1]).all()


@pytest.mark.parametrize("seed", range(12))
def test_an_occlusion_hides_a_part_and_leaves_the_rest(seed: int) -> None:
    plain = np.full((96, 96, 3), 127, np.uint8)
    changed = (cover(plain, np.random.default_rng(seed)) != plain).any(axis=2).mean()
    assert 0 < changed < 0.6
