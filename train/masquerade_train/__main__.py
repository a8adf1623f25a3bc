"""Reads the command line of the training lab and runs one of its commands."""

import argparse
import logging
import os
import sys

from masquerade_train.commands import card, compare, evaluate, explore, export, fit, prepare, tune
from masquerade_train.errors import TrainError

# In the order of the work.
COMMANDS = (prepare, explore, fit, tune, evaluate, compare, export, card)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    parser = argparse.ArgumentParser(prog="masquerade-train", description="Prepares data, trains, measures, exports.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except TrainError as error:
        print(f"masquerade-train: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
