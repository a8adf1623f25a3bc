"""The table of all recipes: name -> recipe, without tensorflow."""

from masquerade_train.recipes.ours import OURS
from masquerade_train.recipes.papers import PAPERS

RECIPES = {recipe.name: recipe for recipe in (*OURS, *PAPERS)}
