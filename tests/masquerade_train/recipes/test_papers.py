"""Tests the recipes of the five papers: that they say what the papers say."""

from dataclasses import replace

import pytest
from masquerade_train.recipes.papers import PAPERS
from masquerade_train.recipes.recipe import FullImages, Loss, Missing, SplitBy
from masquerade_train.recipes.table import RECIPES

from tests.masquerade_train.late import LATE

if LATE:
    from masquerade_train.zoo.padova import Ladder

# The seven rows of the second paper's table 3.
DILEEP = ("baseline", "manual", "tuned", "mobilenet", "mobilenet-frozen", "nasnet", "nasnet-frozen")
# Table 3 of the third paper: "5cl, 3mpl" and so on.
LADDER = (
    (5, 3), (6, 3), (7, 3), (8, 3), (9, 3), (10, 3), (11, 3), (12, 3), (13, 3), (14, 3), (14, 4), (14, 5), (15, 5),
    (16, 5), (16, 6), (16, 7),
)  # fmt: skip


def _input(name: str) -> FullImages:
    found = RECIPES[name].input
    assert isinstance(found, FullImages)
    return found


def test_all_five_papers_are_there_under_names_of_their_own() -> None:
    assert {recipe.paper for recipe in PAPERS} == {"KLE", "Dileep", "Padova", "Nose", "SE"}
    assert len({recipe.name for recipe in PAPERS}) == len(PAPERS)


@pytest.mark.parametrize("network", [*DILEEP, "tuned-small"])
def test_a_treatment_of_missing_labels_changes_nothing_else(network: str) -> None:
    plain = RECIPES[f"dileep-{network}"]
    assert (_input(plain.name).missing, len(_input(plain.name).copies)) == (Missing.DROP, 0)
    for suffix in ("forward-fill", "nearest", "copies"):
        treated = RECIPES[f"{plain.name}+{suffix}"]
        changed = _input(treated.name)
        assert replace(changed, missing=Missing.DROP, copies=_input(plain.name).copies) == _input(plain.name)
        assert replace(treated, name=plain.name, net=plain.net, input=plain.input) == plain
        # The paper's search found another network for each treatment.
        assert (treated.net == plain.net) == (network != "tuned")
    assert _input(f"{plain.name}+forward-fill").missing is Missing.FORWARD_FILL
    assert _input(f"{plain.name}+nearest").missing is Missing.NEAREST
    copied = _input(f"{plain.name}+copies")
    assert copied.missing is Missing.DROP
    assert all((copied.copies.rotations_degrees, copied.copies.brightness, copied.copies.shifts_px))
    assert copied.copies.noise_sigma


def test_nasnet_alone_sees_224_pixels() -> None:
    for suffix in ("", "+copies", "-frozen"):
        assert (_input(f"dileep-nasnet{suffix}").side, _input(f"dileep-nasnet{suffix}").channels) == (224, 3)
        assert (_input(f"dileep-mobilenet{suffix}").side, _input(f"dileep-mobilenet{suffix}").channels) == (96, 3)
    for base in ("mobilenet", "nasnet"):
        assert RECIPES[f"dileep-{base}-frozen"].frozen_until == "all"
        assert not RECIPES[f"dileep-{base}"].frozen_until


def test_the_ladder_has_the_rungs_of_table_3_without_dropout() -> None:
    rungs = [recipe for recipe in PAPERS if recipe.paper == "Padova" and "-pools-" in recipe.name]
    networks = [f"padova_{count}_pools_{pools}_dropout_0_dense_3" for count, pools in LADDER]
    assert [recipe.net for recipe in rungs] == networks
    assert {recipe.epochs for recipe in rungs} == {100}


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("padova-15", "padova_15_pools_5_dropout_10_dense_1"),
        ("padova-15-dropout-0", "padova_15_pools_5_dropout_0_dense_1"),
        ("padova-15-dropout-20", "padova_15_pools_5_dropout_20_dense_1"),
        ("padova-15-dropout-30", "padova_15_pools_5_dropout_30_dense_1"),
        ("padova-15-dense-2", "padova_15_pools_5_dropout_10_dense_2"),
        ("padova-15-dense-3", "padova_15_pools_5_dropout_10_dense_3"),
    ],
)
def test_dropout_and_dense_layers_are_those_of_tables_4_and_5(name: str, network: str) -> None:
    recipe = RECIPES[name]
    assert (recipe.net, recipe.epochs, recipe.batch) == (network, 150, 64)
    assert (recipe.optimizer.kind, recipe.optimizer.learning_rate) == ("adam", 1e-3)
    assert recipe.schedule.kind == "plateau"
    assert recipe.stop_patience > 0


def test_the_filters_of_the_ladder_are_those_of_table_1() -> None:
    table_1 = (32, 32, 64, 64, 96, 96, 128, 128, 256, 256, 512, 512, 1024, 1024, 1024)
    assert Ladder(15, 5).filters == table_1
    assert Ladder(5, 3).filters == table_1[:5]


@pytest.mark.parametrize("network", LADDER)
def test_a_rung_has_as_many_pools_as_the_table_says(network: tuple[int, int]) -> None:
    assert len(Ladder(*network).pooled) == network[1]
    assert max(Ladder(*network).pooled) < network[0]


def test_the_copies_of_padova_are_as_the_paper_lists_them() -> None:
    copies = _input("padova-15").copies
    assert copies.rotations_degrees == (12.0,)  # to the left
    assert copies.brightness == (1.5, 0.8)
    assert {(right > 0) - (right < 0) for right, _ in copies.shifts_px} == {-1, 0, 1}
    assert sum(abs(right) > 0 and abs(down) > 0 for right, down in copies.shifts_px) == 0
    assert len(copies.shifts_px) == 4
    assert len(copies.noise_sigma) == 1
    assert copies.flip
    # 2140 images became 26,239: a little less than 13 of each, for shifted ones lose landmarks.
    assert 12 < 26239 / 2140 < 1 + len(copies) == 13


def test_the_papers_splits() -> None:
    padova, squeezed, kle = (_input(name).split for name in ("padova-15", "base-cnn", "kle-mobilenet"))
    assert (padova.by, padova.test, padova.validation) == (SplitBy.COPY, 0.15, pytest.approx(0.85 * 0.1))
    assert squeezed.by is SplitBy.IMAGE
    assert (round(7049 * squeezed.validation), round(7049 * squeezed.test)) == (705, 705)
    assert (round(2140 * kle.validation), round(2140 * kle.test)) == (340, 440)


@pytest.mark.parametrize(
    ("leaking", "sound"),
    [("padova-15", "padova-15-sound"), ("dileep-tuned-small+copies-leak", "dileep-tuned-small+copies")],
)
def test_a_leaking_recipe_differs_from_its_sound_twin_by_the_split_alone(leaking: str, sound: str) -> None:
    assert _input(leaking) == replace(_input(sound), split=_input(leaking).split)
    assert _input(leaking).split.by is SplitBy.COPY
    assert RECIPES[leaking] == replace(RECIPES[sound], name=leaking, input=_input(leaking))


@pytest.mark.parametrize(
    ("name", "count", "epochs"), [("nose-frontal", 7, 700), ("nose-side", 5, 700), ("nose-nine", 9, 600)]
)
def test_the_nose_has_seven_five_and_nine_landmarks_and_two_baselines(name: str, count: int, epochs: int) -> None:
    assert len(set(_input(name).points)) == count
    assert set(_input(name).points) <= set(_input("nose-nine").points)
    assert RECIPES[name].epochs == epochs
    assert (RECIPES[f"{name}-hidden"].net, RECIPES[f"{name}-cnn"].net) == ("hidden_layer_100", "three_convolutions")
    assert _input(f"{name}-cnn") == _input(name)
    # Its L2 of 0.05, 0.02 and 0.01 stands beside a loss of outputs "between 0.0 and 96.0".
    assert RECIPES[name].loss is Loss.MEAN_SQUARED_PX


def test_frontal_and_side_share_no_face() -> None:
    assert _input("nose-frontal").turned[1] == _input("nose-side").turned[0]


def test_the_hidden_layer_learns_as_that_paper_did() -> None:
    recipe = RECIPES["kle-hidden"]
    assert (recipe.batch, recipe.epochs, recipe.loss) == (1, 400, Loss.EUCLIDEAN)
    assert recipe.optimizer.nesterov


def test_mobilenet_of_kle_is_fine_tuned_on_augmented_images() -> None:
    recipe = RECIPES["kle-mobilenet"]
    assert (recipe.optimizer.kind, recipe.loss, recipe.frozen_until) == ("adam", Loss.MEAN_SQUARED, "")
    assert _input("kle-mobilenet").augmentation is not None
    assert [RECIPES[name].epochs for name in ("kle-mobilenet", "kle-mobilenet-1000")] == [400, 1000]
    assert RECIPES["kle-mobilenet-rate-0.8"].optimizer.learning_rate == 0.8


def test_model_v1_learns_as_that_paper_did() -> None:
    for recipe in (RECIPES["base-cnn"], RECIPES["model-v1-se"]):
        assert (recipe.optimizer.kind, recipe.optimizer.learning_rate, recipe.batch) == ("adam", 1e-5, 32)
        assert (recipe.epochs, recipe.loss) == (200, Loss.MEAN_SQUARED)
        assert recipe.stop_patience > 0
        assert _input(recipe.name).missing not in {Missing.DROP, Missing.MASK}
