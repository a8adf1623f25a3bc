"""The closed table of networks: name -> builder."""

from pathlib import Path
from typing import Any

from train.recipes.recipe import Recipe
from train.zoo.mobilenet import mobilenet_v2_two_maps
from train.zoo.shape import Builder, NetShape, Start
from train.zoo.tiny import tiny

BUILDERS: dict[str, Builder] = {"mobilenet_v2_two_maps": mobilenet_v2_two_maps, "tiny": tiny}


def net_shape(recipe: Recipe) -> NetShape:
    """Returns what goes into the recipe's network and what comes out."""
    return NetShape(recipe.input.side, recipe.input.channels, recipe.input.outputs)


def build(recipe: Recipe, weights: Path | None = None) -> Any:
    """Returns the recipe's network with its start weights: (B, S, S, C) 0..255 -> (B, outputs)."""
    return BUILDERS[recipe.net](net_shape(recipe), Start(weights, recipe.frozen_until))
