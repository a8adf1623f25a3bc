"""The recipes of the five papers."""

from train.recipes.recipe import Recipe

PAPERS: tuple[Recipe, ...] = ()
