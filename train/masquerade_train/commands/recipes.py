"""`recipes`: list the recipes, or show one."""

import argparse
import json
from pathlib import Path

from masquerade_train.recipes.recipe import Crops, Recipe
from masquerade_train.recipes.recipe_file import change_recipe, find_recipe, recipe_content, recipe_sum, write_recipe
from masquerade_train.recipes.table import RECIPES

SET_HELP = "change one entry of the recipe, e.g. optimizer.learning_rate=3e-4; may be repeated"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "recipes",
        help="list the recipes, or show one",
        description="List all recipes with their network, input and paper. With a name, show the whole recipe as "
        "JSON; --out writes it to a file that `fit` takes.",
    )
    parser.add_argument("name", nargs="?", help="a recipe's name, or a .json file")
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help=SET_HELP)
    parser.add_argument("--out", type=Path, metavar="JSON", help="write the recipe to this file")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    if options.name is None:
        print(_list())
        return
    recipe = change_recipe(find_recipe(options.name), options.settings)
    _check_network(recipe.net)
    if options.out:
        write_recipe(recipe, options.out)
        print(f"wrote {options.out}: masquerade-train fit {options.out} --data ...")
        return
    content = recipe_content(recipe)
    print(json.dumps(content, indent=2))
    print(f"paper: {recipe.paper or 'ours'}; sum of the recipe: {recipe_sum(content)[:12]}")


def _check_network(name: str) -> None:
    """Refuse a network that cannot be built; those of the table are known without Keras.

    Raises:
        TrainError: there is no such network.
    """
    if name in {recipe.net for recipe in RECIPES.values()}:
        return
    from masquerade_train.inference.quiet import load_keras

    load_keras()
    from masquerade_train.zoo.catalog import find_builder

    find_builder(name)


def _list() -> str:
    lines = [f"{'recipe':34} {'paper':7} {'network':40} {'input':10} {'outputs':>7} {'epochs':>6}  optimizer"]
    return "\n".join([*lines, *(_line(recipe) for recipe in RECIPES.values())])


def _line(recipe: Recipe) -> str:
    images = recipe.input
    kind = "crops" if isinstance(images, Crops) else "images"
    shape = f"{images.side}x{images.channels} {kind}"
    rate = f"{recipe.optimizer.kind} {recipe.optimizer.learning_rate:g}"
    return (
        f"{recipe.name:34} {recipe.paper or 'ours':7} {recipe.net:40} {shape:10} {images.outputs:>7} "
        f"{recipe.epochs:>6}  {rate}"
    )
