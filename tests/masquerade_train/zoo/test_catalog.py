"""Tests every builder: its parameters summed by hand, its output, and that every weight learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.table import RECIPES
from masquerade_train.zoo.shape import NetShape, Start

from tests.masquerade_train.late import LATE
from tests.masquerade_train.zoo.counts import PUBLISHED, mobilenet_v2_base, parameters

if LATE:
    import keras
    from masquerade_train.zoo.catalog import BUILDERS, PRETRAINED, build
    from masquerade_train.zoo.padova import Ladder, ladder

    from tests.masquerade_train.zoo.gradients import unmoved_weights

# Their weights do not hang on the side, and a small image is seconds quicker.
_SMALL_SIDE = {"mobilenet_v2_pooled": 64, "nasnet_mobile_pooled": 64}
# Their forms differ in the number of layers alone: some stand for the others where gradients are taken.
_SPARED = {f"padova_{count}_pools_3_dropout_0_dense_3" for count in range(6, 15)} | {
    "padova_15_pools_5_dropout_0_dense_1",
    "padova_15_pools_5_dropout_20_dense_1",
    "padova_15_pools_5_dropout_30_dense_1",
    "padova_16_pools_5_dropout_0_dense_3",
    "padova_16_pools_6_dropout_0_dense_3",
}


def _small(recipe: Recipe) -> Recipe:
    side = _SMALL_SIDE.get(recipe.net, recipe.input.side)
    return replace(recipe, input=replace(recipe.input, side=side))


def _kind(recipe: Recipe) -> str:
    return f"{recipe.net} {recipe.input.channels} -> {recipe.input.outputs}"


# One recipe for each network and each form of its input and output.
KINDS = {_kind(recipe): _small(recipe) for recipe in RECIPES.values()}
# And one for each network.
NETS = {recipe.net: kind for kind, recipe in KINDS.items()}


@pytest.fixture(scope="module", params=sorted(KINDS))
def built(request: pytest.FixtureRequest) -> tuple[str, Recipe, keras.Model]:
    recipe = KINDS[request.param]
    # As `fit` does: where a network starts must not depend on the tests before.
    keras.utils.set_random_seed(recipe.seed)
    return request.param, recipe, build(recipe)


def test_the_base_of_mobilenet_has_the_published_size() -> None:
    assert mobilenet_v2_base() == 2_257_984


@pytest.mark.parametrize("network", PUBLISHED)
def test_the_sums_match_the_papers_figures(network: str) -> None:
    assert parameters(30)[network] == PUBLISHED[network]


@pytest.mark.parametrize(("outputs", "count"), [(14, 4_811_054), (10, 4_810_538), (18, 4_811_570)])
def test_the_nose_has_the_parameters_of_the_papers_code(outputs: int, count: int) -> None:
    assert parameters(outputs)["inception_nose"] == count


def test_the_ladders_final_network_has_the_parameters_of_table_1() -> None:
    assert parameters(30)["padova_15_pools_5_dropout_10_dense_1"] == 28_780_478


@pytest.mark.parametrize(("dropout", "layers"), [(0.0, []), (0.1, [0.1])])
def test_the_ladder_has_one_dropout_layer_however_many_dense_ones(dropout: float, layers: list[float]) -> None:
    network = Ladder(5, 3, dropout=dropout, dense=3)
    model = ladder(network)(NetShape(16, 1, 30), Start())
    assert [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)] == layers


def test_every_network_of_the_catalog_has_a_parameter_count_and_a_recipe() -> None:
    assert set(parameters(30)) == set(BUILDERS) == set(NETS)


def test_only_networks_with_a_base_accept_start_weights() -> None:
    assert {network for network in BUILDERS if network.startswith(("mobilenet", "nasnet"))} == set(PRETRAINED)


@pytest.mark.parametrize(
    ("change", "weights", "message"),
    [
        ({}, "mine.weights.h5", "'tiny' has no pretrained base, so mine.weights.h5 does not fit"),
        ({}, "imagenet", "'tiny' has no pretrained base, so imagenet does not fit"),
        ({"frozen_until": "all"}, None, "so frozen_until has nothing to freeze"),
    ],
)
def test_what_a_network_without_a_base_cannot_use_is_refused(
    change: dict[str, str], weights: str | None, message: str
) -> None:
    with pytest.raises(TrainError, match=message):
        build(replace(RECIPES["tiny"], **change), Path(weights) if weights else None)  # type: ignore[arg-type]


def test_parameters_are_as_summed_by_hand(built: tuple[str, Recipe, keras.Model]) -> None:
    _, recipe, model = built
    assert model.count_params() == parameters(recipe.input.outputs)[recipe.net]


def test_input_and_output_are_the_recipes(built: tuple[str, Recipe, keras.Model]) -> None:
    _, recipe, model = built
    assert model.input_shape == (None, recipe.input.side, recipe.input.side, recipe.input.channels)
    assert model.output_shape == (None, recipe.input.outputs)


def test_a_network_starts_near_the_middle_of_the_image(built: tuple[str, Recipe, keras.Model]) -> None:
    kind, recipe, model = built
    if NETS[recipe.net] != kind:
        return
    found = np.asarray(model(_noise(recipe, 2), training=False))
    assert np.abs(found).max() < 1.0


def test_every_weight_is_reached_by_the_gradient(built: tuple[str, Recipe, keras.Model]) -> None:
    kind, recipe, model = built
    if NETS[recipe.net] != kind or recipe.net in _SPARED:
        return
    targets = np.random.default_rng(1).uniform(-1, 1, (3, recipe.input.outputs)).astype(np.float32)
    assert not unmoved_weights(model, _noise(recipe, 3), targets)


def _noise(recipe: Recipe, count: int) -> np.ndarray:
    shape = (count, recipe.input.side, recipe.input.side, recipe.input.channels)
    return np.random.default_rng(0).uniform(0, 255, shape).astype(np.float32)
