"""The closed table of networks: name -> builder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from train.recipes.table import Recipe
from train.zoo.mobilenet import mobilenet_v2_two_maps
from train.zoo.tiny import tiny

Builder = Callable[[int, Path | None, str], Any]

BUILDERS: dict[str, Builder] = {"mobilenet_v2_two_maps": mobilenet_v2_two_maps, "tiny": tiny}


def build(recipe: Recipe, weights: Path | None = None) -> Any:
    """Returns the recipe's network with its start weights: (B, S, S, 3) 0..255 -> (B, 31)."""
    return BUILDERS[recipe.net](recipe.input_side, weights, recipe.frozen_until)
