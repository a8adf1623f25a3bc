"""`fit`: train a recipe."""

import argparse
import dataclasses
from pathlib import Path

from train.recipes.table import RECIPES


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser("fit", help="train a recipe")
    parser.add_argument("recipe", choices=sorted(RECIPES))
    parser.add_argument("--data", type=Path, required=True, help="the .npz that `prepare` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, log and model")
    parser.add_argument("--weights", type=Path, help="ImageNet start weights (.weights.h5 without top)")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--budget-minutes", type=float, help="end after so many minutes, learning rate included")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--workers", type=int, default=1, help="processes that cut crops (default 1)")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from train.fitting.fit import Plan, fit

    recipe = RECIPES[options.recipe]
    if options.epochs is not None:
        recipe = dataclasses.replace(recipe, epochs=options.epochs)
    plan = Plan(options.data, options.out, options.weights, options.budget_minutes, options.resume, options.workers)
    print(f"wrote {fit(recipe, plan)}")
