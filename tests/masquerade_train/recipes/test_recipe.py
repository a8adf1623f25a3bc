"""Tests that a recipe that cannot be meant is refused where it is made."""

from dataclasses import replace
from typing import Any

import pytest
from masquerade.values import LANDMARK_NAMES
from masquerade_train.recipes.augmentation import Augmentation
from masquerade_train.recipes.recipe import Copies, Crops, FullImages, Loss, Missing, Optimizer, Recipe, Schedule

SHARES = (("helen", 1.0),)
RECIPE = Recipe("mine", net="tiny", input=FullImages())


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (Crops, {"shares": ()}, "at least one source"),
        (Crops, {"shares": (("helen", 0.0),)}, "above 0"),
        (Crops, {"shares": SHARES, "channels": 2}, "channels"),
        (Crops, {"shares": SHARES, "stray_share": 1.5}, "stray_share"),
        (FullImages, {"side": 8}, "side"),
        (FullImages, {"points": ("nose_tip", "nose_tip")}, "each once"),
        (FullImages, {"missing": "guess"}, "guess"),
        (FullImages, {"turned": (0.5, 0.5)}, "turned"),
        (Copies, {"brightness": (0.0,)}, "brightness"),
        (Optimizer, {"kind": "adamm"}, "adam, adamw or sgd"),
        (Optimizer, {"kind": "adam", "momentum": 0.9}, "adam has no momentum"),
        (Optimizer, {"kind": "sgd", "weight_decay": 0.1}, "sgd has no weight decay"),
        (Optimizer, {"learning_rate": 0.0}, "learning_rate"),
        (Schedule, {"kind": "step"}, "constant, cosine, plateau"),
        (Schedule, {"factor": 1.0}, "factor"),
        (Schedule, {"warm_up": 1.0}, "warm_up"),
        (Augmentation, {"blur_chance": 1.2}, "blur_chance"),
    ],
)
def test_an_impossible_value_is_refused(kind: Any, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kind(**values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epochs": 0}, "epochs"),
        ({"batch": 0}, "batch"),
        ({"fraction": 0.0}, "fraction"),
        ({"loss": "squared"}, "squared"),
        ({"average_momentum": 1.0}, "average_momentum"),
        ({"name": ""}, "name"),
    ],
)
def test_an_impossible_recipe_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(RECIPE, **values)


def test_outputs_are_two_for_each_point_and_one_for_the_face_of_a_crop() -> None:
    assert Crops(shares=SHARES).outputs == 2 * len(LANDMARK_NAMES) + 1
    assert FullImages(points=("nose_tip", "left_eye_center")).outputs == 4


def test_plain_text_becomes_the_kind_it_names() -> None:
    assert FullImages(missing="mask").missing is Missing.MASK  # type: ignore[arg-type]
    assert replace(RECIPE, loss="wing").loss is Loss.WING


def test_copies_count_every_entry() -> None:
    assert len(Copies(rotations_degrees=(-12, 12), brightness=(1.5, 0.8), shifts_px=((8, 8),), flip=True)) == 6


@pytest.mark.parametrize(
    ("values", "decides"),
    [({}, False), ({"stop_patience": 3}, True), ({"schedule": Schedule("plateau")}, True)],
)
def test_the_validation_set_decides_if_a_run_may_stop_early(values: dict[str, Any], decides: bool) -> None:
    assert replace(RECIPE, **values).decides_by_validation is decides
