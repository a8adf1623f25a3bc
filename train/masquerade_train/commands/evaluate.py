"""`evaluate`: measure a model on the test set."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "evaluate",
        help="measure a .keras or .tflite model on the test set",
        description="Measures a model on the test set: in pixels and in shares of the eye distance, by point and by "
        "slice. Networks that were trained on the app's crops see crops, all others full images.",
    )
    parser.add_argument("model", type=Path, help="a .keras or .tflite file, or the folder of a run or a model")
    parser.add_argument("data", type=Path, help="the .npz that `prepare` wrote")
    parser.add_argument("--predictions", type=Path, metavar="CSV", help="write what it found, one line an image")
    parser.add_argument("--sheet", type=Path, metavar="PNG", help="draw images: labels, what it found, the difference")
    parser.add_argument("--crops", action="store_true", help="show the app's crops to a network for whole images, too")
    parser.add_argument(
        "--kaggle",
        type=Path,
        metavar="FILE",
        help="measure on Kaggle's own images, too: an .npz of images and keypoints, training.csv or a .zip",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="FOLDER",
        help="write summary, plots, predictions, images and evaluation.csv into this folder",
    )
    parser.add_argument(
        "--taught", type=Path, metavar="TABLE", help="what `teach` wrote for the images: measure its contours, too"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from masquerade_train.evaluation.report import EvaluationOptions, evaluate

    wanted = EvaluationOptions(
        options.crops, options.predictions, options.sheet, options.kaggle, options.folder, options.taught
    )
    print(evaluate(options.model, options.data, wanted))
