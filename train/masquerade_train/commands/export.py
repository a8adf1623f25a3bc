"""`export`: quantize, compare with float, write model and card."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "export",
        help="quantize to int8, compare with float, write model and card",
        description="Write OUT/model.tflite, the float16 and float32 files beside it, and OUT/card.json with the "
        "error of each on the test faces. An int8 file that is more than 2 % worse than float is "
        "refused.",
    )
    parser.add_argument("model", type=Path, help="the folder of a run")
    parser.add_argument("out", type=Path, help="folder for model.tflite and card.json, e.g. model/masquerade15")
    parser.add_argument(
        "--data", type=Path, required=True, help="the .npz that `prepare` wrote, for calibration and errors"
    )
    parser.add_argument(
        "--precision",
        choices=("int8", "float16", "float32"),
        default="int8",
        help="precision of model.tflite (default: int8)",
    )
    parser.add_argument("--only", action="store_true", help="leave the other precisions in the run's folder")
    parser.add_argument(
        "--licence",
        default="unknown",
        metavar="SPDX",
        help="licence for the card, e.g. Apache-2.0, if the terms of the data and start weights allow it "
        "(default unknown)",
    )
    parser.add_argument(
        "--terms",
        default="unknown",
        metavar="TEXT",
        help="terms of the data for the card, or the page that has them (default: unknown)",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from masquerade_train.inference.quiet import load_keras

    load_keras(on_tensorflow=True)
    from masquerade_train.exporting.export import ExportOptions, export
    from masquerade_train.exporting.precisions import Precision

    print(
        export(
            options.model,
            options.out,
            options.data,
            ExportOptions(Precision(options.precision), options.only, options.licence, options.terms),
        )
    )
