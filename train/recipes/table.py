"""The table of all recipes: name -> recipe, without tensorflow."""

from train.recipes.ours import OURS
from train.recipes.papers import PAPERS

RECIPES = {recipe.name: recipe for recipe in (*OURS, *PAPERS)}
