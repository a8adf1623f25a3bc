"""Reads the command line of the training lab and runs one of its commands."""

import argparse
import logging
import os
import sys
from importlib.metadata import PackageNotFoundError, version

from masquerade.resources import extra_line

from masquerade_train.commands import card, compare, evaluate, explore, export, fit, prepare, tune
from masquerade_train.errors import TrainError

_PACKAGES_OF_THE_EXTRA = ("tensorflow", "keras", "sklearn", "matplotlib", "keras_tuner")
# In the order of the work.
COMMANDS = (prepare, explore, fit, tune, evaluate, compare, export, card)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    parser = argparse.ArgumentParser(prog="masquerade-train", description="Prepare data, train, measure, export.")
    parser.add_argument("--version", action="version", version=f"masquerade-train {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except TrainError as error:
        print(f"masquerade-train: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _PACKAGES_OF_THE_EXTRA:
            raise
        print(f"masquerade-train: {package} is not installed. Install it with: {extra_line('train')}", file=sys.stderr)
        return 1
    return 0


def _version() -> str:
    try:
        return version("masquerade")
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
