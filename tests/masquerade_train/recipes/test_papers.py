"""Tests the recipes of the five papers: that they say what the papers say."""

from dataclasses import replace

import pytest
from masquerade_train.recipes.papers import PAPERS
from masquerade_train.recipes.recipe import Loss, Missing, Pictures
from masquerade_train.recipes.table import RECIPES

DILEEP = ("baseline", "manual", "tuned", "mobilenet", "mobilenet-frozen", "nasnet", "nasnet-frozen")


def _input(name: str) -> Pictures:
    found = RECIPES[name].input
    assert isinstance(found, Pictures)
    return found


def test_all_five_papers_are_there_under_names_of_their_own() -> None:
    assert {recipe.paper for recipe in PAPERS} == {"KLE", "Dileep", "Padova", "Nose", "SE"}
    assert len({recipe.name for recipe in PAPERS}) == len(PAPERS)


@pytest.mark.parametrize("net", DILEEP)
def test_a_treatment_of_missing_labels_changes_nothing_else(net: str) -> None:
    plain = _input(f"dileep-{net}")
    assert (plain.missing, len(plain.copies)) == (Missing.DROP, 0)
    for suffix, missing in (("forward-fill", "forward_fill"), ("nearest", "nearest"), ("mask", "mask")):
        treated = RECIPES[f"dileep-{net}+{suffix}"]
        assert _input(treated.name).missing == missing
        assert (treated.net, treated.epochs, treated.optimizer) == (
            RECIPES[f"dileep-{net}"].net,
            RECIPES[f"dileep-{net}"].epochs,
            RECIPES[f"dileep-{net}"].optimizer,
        )
    copied = _input(f"dileep-{net}+copies")
    assert copied.missing is Missing.DROP
    assert all((copied.copies.rotations_degrees, copied.copies.brightness, copied.copies.shifts_px))
    assert copied.copies.noise_sigma


def test_the_pretrained_bases_of_dileep_see_224_pixels_in_colour() -> None:
    for base in ("mobilenet", "nasnet"):
        assert (_input(f"dileep-{base}").side, _input(f"dileep-{base}").channels) == (224, 3)
        assert RECIPES[f"dileep-{base}-frozen"].frozen_until == "all"
        assert not RECIPES[f"dileep-{base}"].frozen_until


def test_the_ladder_has_every_number_of_convolutions_and_of_pools() -> None:
    nets = {recipe.net for recipe in PAPERS if recipe.paper == "Padova"}
    assert {int(net.split("_")[1]) for net in nets} == set(range(5, 17))
    assert {int(net.split("_")[3]) for net in nets} == {3, 4, 5, 6, 7}
    assert {int(net.split("_")[5]) for net in nets} == {0, 10, 20, 30}
    assert {int(net.split("_")[7]) for net in nets} == {1, 2, 3}


def test_every_image_of_padova_is_there_thirteen_times() -> None:
    # 2140 images became 26239, which is a little less than 13 of each: points that leave the image take theirs out.
    assert 12 < 26239 / 2140 < 1 + len(_input("padova-15").copies) == 13


@pytest.mark.parametrize(
    ("leaking", "sound"),
    [("padova-15-leak", "padova-15"), ("dileep-tuned-small+copies-leak", "dileep-tuned-small+copies")],
)
def test_a_leaking_recipe_differs_from_its_sound_twin_by_the_split_alone(leaking: str, sound: str) -> None:
    assert _input(leaking) == replace(_input(sound), split_after_copies=True)
    assert RECIPES[leaking] == replace(RECIPES[sound], name=leaking, input=_input(leaking))


def test_no_other_recipe_splits_after_copying() -> None:
    assert sum(_input(recipe.name).split_after_copies for recipe in PAPERS) == 2


@pytest.mark.parametrize(("name", "count"), [("nose-frontal", 7), ("nose-side", 5), ("nose-nine", 9)])
def test_the_nose_has_seven_five_and_nine_points(name: str, count: int) -> None:
    assert len(set(_input(name).points)) == count
    assert set(_input(name).points) <= set(_input("nose-nine").points)


def test_frontal_and_side_share_no_face() -> None:
    assert _input("nose-frontal").turned[1] == _input("nose-side").turned[0]


def test_the_hidden_layer_learns_as_that_paper_did() -> None:
    recipe = RECIPES["kle-hidden"]
    assert (recipe.batch, recipe.epochs, recipe.loss) == (1, 400, Loss.EUCLIDEAN)
    assert recipe.optimizer.nesterov


def test_model_v1_learns_as_that_paper_did() -> None:
    for recipe in (RECIPES["base-cnn"], RECIPES["model-v1-se"]):
        assert (recipe.optimizer.kind, recipe.optimizer.learning_rate, recipe.batch) == ("adam", 1e-5, 32)
        assert recipe.epochs == 200
        assert recipe.stop_patience > 0
