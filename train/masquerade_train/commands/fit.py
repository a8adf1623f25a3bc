"""`fit`: train a recipe."""

import argparse
import dataclasses
import logging
import textwrap
from pathlib import Path

from masquerade_train.commands.recipes import SET_HELP
from masquerade_train.errors import TrainError
from masquerade_train.fitting.run_config import Budget
from masquerade_train.recipes.recipe import Precision, Recipe
from masquerade_train.recipes.recipe_file import change_recipe, find_recipe
from masquerade_train.recipes.table import RECIPES

_log = logging.getLogger(__name__)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    names = textwrap.fill(f"Recipes: {', '.join(RECIPES)}", 100, break_on_hyphens=False)
    form = argparse.RawDescriptionHelpFormatter
    parser = commands.add_parser(
        "fit", help="train a recipe", description="Train a recipe.", epilog=names, formatter_class=form
    )
    parser.add_argument("recipe", help="name of a recipe, or a .json file such as `tune` writes")
    parser.add_argument("--data", type=Path, required=True, help="the .npz that `prepare` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, log and model")
    parser.add_argument(
        "--weights",
        type=Path,
        help="start weights: a file of ImageNet weights (.weights.h5 without top), 'imagenet' to download them, "
        "'bundled' for the app's model, or a finished model (the folder of a run, .keras or .tflite)",
    )
    parser.add_argument("--epochs", type=int, help="number of epochs (default: the recipe's)")
    parser.add_argument(
        "--budget-minutes", type=float, help="stop after this many minutes; a cosine schedule is fitted to it"
    )
    parser.add_argument(
        "--budget-steps",
        type=int,
        help="stop after this many steps of the optimizer; a cosine schedule is fitted to it",
    )
    parser.add_argument("--resume", action="store_true", help="continue the run in --out")
    parser.add_argument("--seed", type=int, help="random seed of start weights and order (default: the recipe's)")
    parser.add_argument("--fraction", type=float, help="share of the people in the training set to use, e.g. 0.1")
    parser.add_argument(
        "--precision",
        choices=list(Precision),
        type=Precision,
        help="number format in which layers compute (default: float32)",
    )
    parser.add_argument(
        "--workers", type=int, help="threads that make batches (default: 2 if images are augmented, else 1)"
    )
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help=SET_HELP)
    parser.add_argument("--track", choices=("mlflow", "wandb"), default="", help="also send the log there")
    parser.add_argument(
        "--devices",
        type=int,
        default=1,
        help="number of graphics cards of this machine that train together (default: 1)",
    )
    parser.add_argument("--distributed", action="store_true", help="train together with the workers of TF_CONFIG")
    parser.add_argument(
        "--local-workers", type=int, help="train with this many processes on this machine, to try --distributed"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    recipe = _recipe(options)
    if options.workers is not None and options.workers < 0:
        raise TrainError(f"--workers must not be negative, got {options.workers}.")
    try:
        if options.local_workers is not None:
            _fit_by_workers(options)
        else:
            _fit(recipe, options)
    except KeyboardInterrupt:
        raise TrainError(f"Stopped. `--resume` continues the run in {options.out}.") from None


def _budget(options: argparse.Namespace) -> Budget:
    try:
        return Budget(options.budget_minutes, options.budget_steps)
    except ValueError as error:
        raise TrainError(f"{error}.") from error


def _recipe(options: argparse.Namespace) -> Recipe:
    changes = {name: getattr(options, name) for name in ("epochs", "fraction", "seed", "precision")}
    try:
        given = {name: value for name, value in changes.items() if value is not None}
        recipe = change_recipe(find_recipe(options.recipe), options.settings)
        return dataclasses.replace(recipe, **given)
    except ValueError as error:
        raise TrainError(f"{error}.") from error


def _fit(recipe: Recipe, options: argparse.Namespace) -> None:
    from masquerade_train.inference.quiet import load_keras

    load_keras()
    from masquerade_train.evaluation.verdict import verdict
    from masquerade_train.fitting.fit import fit
    from masquerade_train.fitting.local_workers import start_again
    from masquerade_train.fitting.run_config import RunConfig
    from masquerade_train.fitting.start_weights import find_weights
    from masquerade_train.fitting.worker_rank import WorkerLostError, read_place

    plan = RunConfig(
        options.data,
        options.out,
        find_weights(options.weights),
        _budget(options),
        resume=options.resume,
        workers=options.workers,
        distributed=options.distributed,
        track=options.track,
        devices=options.devices,
    )
    try:
        written = fit(recipe, plan)
        if not plan.distributed or read_place().number == 0:
            print(f"wrote {written}")
            if found := verdict(plan.out, plan.data):
                print(found.sentence())
    except WorkerLostError as error:
        _log.warning("%s Waiting for it.", error)
        start_again()


def _fit_by_workers(options: argparse.Namespace) -> None:
    from masquerade_train.fitting.local_workers import train_with_workers
    from masquerade_train.fitting.run_config import ONE_DEVICE

    if options.local_workers < 2:
        raise TrainError("--local-workers must be 2 or more.")
    if options.devices != 1:
        raise TrainError(ONE_DEVICE)
    arguments = ["fit", options.recipe, "--distributed", *(["--resume"] if options.resume else [])]
    names = (
        "data",
        "out",
        "weights",
        "epochs",
        "budget_minutes",
        "budget_steps",
        "seed",
        "fraction",
        "precision",
        "workers",
    )
    for name in names:
        value = getattr(options, name)
        if value is not None:
            arguments += [f"--{name.replace('_', '-')}", str(value)]
    for setting in options.settings:
        arguments += ["--set", setting]
    train_with_workers(options.local_workers, arguments)
