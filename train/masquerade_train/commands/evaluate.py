"""`evaluate`: measure a model on the test set."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "evaluate",
        help="measure a .keras or .tflite model on the test set",
        description="Measure a model on the test set, in pixels and in shares of the eye distance, by landmark "
        "and by slice. Networks that were trained on the app's crops are measured on crops, all "
        "others on full images.",
    )
    parser.add_argument("model", type=Path, help="a .keras or .tflite file, or the folder of a run or a model")
    parser.add_argument("data", type=Path, help="the .npz that `prepare` wrote")
    parser.add_argument(
        "--predictions", type=Path, metavar="CSV", help="write the predictions to this file, one line per image"
    )
    parser.add_argument(
        "--sheet", type=Path, metavar="PNG", help="draw images with labels, predictions and their difference"
    )
    parser.add_argument(
        "--crops", action="store_true", help="use the app's crops even if the network takes full images"
    )
    parser.add_argument(
        "--kaggle",
        type=Path,
        metavar="FILE",
        help="also measure on Kaggle's own images: an .npz of images and keypoints, training.csv or a .zip",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="FOLDER",
        help="write summary, plots, predictions, images and evaluation.csv into this folder",
    )
    parser.add_argument(
        "--taught",
        type=Path,
        metavar="TABLE",
        help="table by `teach` for the images: also measure the teacher's contours",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from masquerade_train.evaluation.report import EvaluationOptions, evaluate

    wanted = EvaluationOptions(
        options.crops, options.predictions, options.sheet, options.kaggle, options.folder, options.taught
    )
    print(evaluate(options.model, options.data, wanted))
