"""`card`: measure a .tflite model again and write its card.json."""

import argparse
from pathlib import Path


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "card",
        help="measure a .tflite model again and write its card.json",
        description="Write the card of the model.tflite in a model's folder. For an exported run, copy its int8 "
        "file to model/<recipe> and write the card there.",
    )
    parser.add_argument("model", type=Path, help="the folder of a model or of an exported run")
    parser.add_argument("--data", type=Path, required=True, help="the .npz whose test faces it is measured on")
    parser.add_argument("--out", type=Path, help="folder for a run's model (default: model/<recipe>)")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from masquerade_train.inference.quiet import load_keras

    load_keras()
    from masquerade_train.exporting.export import write_card_of

    print(f"wrote {write_card_of(options.model, options.data, options.out)}")
