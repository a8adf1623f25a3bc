"""Reads the command line of the training lab: prepare, fit, evaluate, export."""

import argparse
import dataclasses
import logging
import os
import sys
from pathlib import Path

from train.errors import TrainError
from train.recipes import RECIPES


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except TrainError as error:
        print(f"masquerade-train: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="masquerade-train", description="Prepares data, trains, measures, exports.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    prepare = commands.add_parser("prepare", help="check pictures and labels and pack them into one .npz")
    prepare.add_argument("source", type=Path, help="a folder with faces.csv and faces/, or Kaggle's training.csv")
    prepare.add_argument("out", type=Path, help="the .npz to write")
    prepare.add_argument(
        "--backgrounds",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="a folder of pictures (labels.csv tells their faces) or a video without faces; may be repeated",
    )
    prepare.set_defaults(run=_prepare)

    fit = commands.add_parser("fit", help="train a recipe")
    fit.add_argument("recipe", choices=sorted(RECIPES))
    fit.add_argument("--data", type=Path, required=True, help="the .npz that `prepare` wrote")
    fit.add_argument("--out", type=Path, required=True, help="folder for checkpoint, log and model")
    fit.add_argument("--weights", type=Path, help="ImageNet start weights (.weights.h5 without top)")
    fit.add_argument("--epochs", type=int, help="instead of the recipe's")
    fit.add_argument("--budget-minutes", type=float, help="end after so many minutes, learning rate included")
    fit.add_argument("--resume", action="store_true", help="go on with the run in --out")
    fit.add_argument("--workers", type=int, default=1, help="processes that cut crops (default 1)")
    fit.set_defaults(run=_fit)

    evaluate = commands.add_parser("evaluate", help="measure a .keras or .tflite model on the val split")
    evaluate.add_argument("model", type=Path)
    evaluate.add_argument("data", type=Path)
    evaluate.set_defaults(run=_evaluate)

    export = commands.add_parser("export", help="quantize to int8, compare with float, write model and card")
    export.add_argument("model", type=Path, help="the folder of a run")
    export.add_argument("out", type=Path, help="folder for model.tflite and card.json, e.g. model/masquerade15")
    export.add_argument("--data", type=Path, required=True, help="the .npz: calibration and measured errors")
    export.set_defaults(run=_export)
    return parser


def _prepare(options: argparse.Namespace) -> None:
    from train.prepare import prepare  # noqa: PLC0415 (commands import only what they need)

    print(prepare(options.source, options.out, options.backgrounds))


def _fit(options: argparse.Namespace) -> None:
    from train.fit import Plan, fit  # noqa: PLC0415 (tensorflow costs 6 s)

    recipe = RECIPES[options.recipe]
    if options.epochs is not None:
        recipe = dataclasses.replace(recipe, epochs=options.epochs)
    plan = Plan(options.data, options.out, options.weights, options.budget_minutes, options.resume, options.workers)
    print(f"wrote {fit(recipe, plan)}")


def _evaluate(options: argparse.Namespace) -> None:
    from train.evaluate import evaluate  # noqa: PLC0415

    print(evaluate(options.model, options.data))


def _export(options: argparse.Namespace) -> None:
    from train.export import export  # noqa: PLC0415

    print(export(options.model, options.out, options.data))


if __name__ == "__main__":
    sys.exit(main())
