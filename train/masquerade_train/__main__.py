"""Reads the command line of the training lab and runs one of its commands."""

import argparse
import logging
import os
import sys
from importlib.metadata import PackageNotFoundError, version

from masquerade.resources import extra_line

from masquerade_train.commands import (
    card,
    compare,
    detector,
    evaluate,
    explore,
    export,
    fit,
    personalise,
    predict,
    prepare,
    recipes,
    teach,
    tune,
)
from masquerade_train.errors import TrainError

# In the order of the work.
COMMANDS = (
    teach,
    prepare,
    explore,
    recipes,
    fit,
    tune,
    evaluate,
    predict,
    compare,
    export,
    card,
    personalise,
    detector,
)
# Packages of the extra `train`, by the names that they are imported by.
_EXTRA = {"tensorflow", "keras", "keras_tuner", "sklearn", "matplotlib", "tensorboard", "h5py", "grpc"}
_NO_MEMORY = "There is not enough memory. Use a smaller batch or network, or fewer images."


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    # TensorFlow writes of its machine, and calls a missing GPU an error; its own exceptions say what matters.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    # JAX reports every kind of processor that it does not find, Matplotlib its list of fonts.
    for package in ("jax", "matplotlib"):
        logging.getLogger(package).setLevel(logging.WARNING)
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(arguments)
    try:
        _refuse_empty(arguments)
        options.run(options)
    except TrainError as error:
        print(f"masquerade-train: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name not in _EXTRA:
            raise
        print(f"masquerade-train: {name} is not installed. Install it with: {extra_line('train')}", file=sys.stderr)
        return 1
    except MemoryError:
        print(f"masquerade-train: {_NO_MEMORY}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("masquerade-train: stopped.", file=sys.stderr)
        return 130
    return 0


def _refuse_empty(arguments: list[str]) -> None:
    """Refuse an argument without a letter, as a shell makes of a variable that is not set: as a path it is this folder.

    Raises:
        TrainError: there is one.
    """
    for before, argument in zip(["masquerade-train", *arguments], arguments, strict=False):
        name, equals, value = argument.partition("=")
        if not argument.strip() or (name.startswith("--") and equals and not value.strip()):
            place = name if equals else before
            raise TrainError(f"What follows '{place}' is empty: write a value there, or leave the option out.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="masquerade-train", description="Prepare data, train, measure and export models."
    )
    parser.add_argument("--version", action="version", version=f"masquerade-train {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser


def _version() -> str:
    try:
        return version("masquerade")
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
