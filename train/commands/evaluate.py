"""`evaluate`: measure a model on the val split."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser."""
    parser = commands.add_parser("evaluate", help="measure a .keras or .tflite model on the val split")
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from train.measuring.evaluate import evaluate

    print(evaluate(options.model, options.data))
