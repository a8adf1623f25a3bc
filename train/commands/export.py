"""`export`: quantize, compare with float, write model and card."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser("export", help="quantize to int8, compare with float, write model and card")
    parser.add_argument("model", type=Path, help="the folder of a run")
    parser.add_argument("out", type=Path, help="folder for model.tflite and card.json, e.g. model/masquerade15")
    parser.add_argument("--data", type=Path, required=True, help="the .npz: calibration and measured errors")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from train.exporting.export import export

    print(export(options.model, options.out, options.data))
