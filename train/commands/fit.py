"""`fit`: train a recipe."""

import argparse
import dataclasses
from pathlib import Path

from train.errors import TrainError
from train.recipes.table import RECIPES


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser("fit", help="train a recipe")
    parser.add_argument("recipe", choices=sorted(RECIPES))
    parser.add_argument("--data", type=Path, required=True, help="the .npz that `prepare` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, log and model")
    parser.add_argument(
        "--weights",
        type=Path,
        help="start: ImageNet weights (.weights.h5 without top), or model.keras of an earlier run",
    )
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--budget-minutes", type=float, help="end after so many minutes, a cosine included")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--fraction", type=float, help="share of the training persons that take part, e.g. 0.1")
    parser.add_argument(
        "--workers", type=int, help="processes that make batches (default: 1 where crops are cut, else 0)"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from train.fitting.fit import fit
    from train.fitting.plan import Plan

    changes = {"epochs": options.epochs, "fraction": options.fraction}
    try:
        given = {name: value for name, value in changes.items() if value is not None}
        recipe = dataclasses.replace(RECIPES[options.recipe], **given)
    except ValueError as error:
        raise TrainError(f"{error}.") from error
    plan = Plan(options.data, options.out, options.weights, options.budget_minutes, options.resume, options.workers)
    try:
        print(f"wrote {fit(recipe, plan)}")
    except KeyboardInterrupt:
        raise TrainError(f"Stopped. `--resume` goes on with {options.out}.") from None
