"""`predict`: find landmarks in images without labels, and write Kaggle's submission."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "predict",
        help="find landmarks in the images of a file, and write Kaggle's submission.csv",
        description="Predict the landmarks of every image of the data, labelled or not, with a model for full "
        "images. --submission writes the coordinates that Kaggle's IdLookupTable.csv asks for.",
    )
    parser.add_argument("model", type=Path, help="a .keras or .tflite file, or the folder of a run or a model")
    parser.add_argument("data", type=Path, help="Kaggle's test.csv, or an .npz that `prepare` wrote")
    parser.add_argument("--out", type=Path, metavar="CSV", help="write the landmarks of every image")
    parser.add_argument("--submission", type=Path, metavar="CSV", help="write Kaggle's submission")
    parser.add_argument(
        "--lookup", type=Path, metavar="CSV", help="IdLookupTable.csv (default: the one beside the data)"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from masquerade_train.errors import TrainError
    from masquerade_train.evaluation.predict import predict

    if not (options.out or options.submission):
        raise TrainError("Name a file to write: --out for all landmarks, --submission for Kaggle.")
    print(predict(options.model, options.data, options.out, options.submission, options.lookup))
