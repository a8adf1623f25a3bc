"""Holds the options that several commands share."""

import argparse

from masquerade.compose import DETECTORS


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add --detector and --model."""
    parser.add_argument("--detector", choices=DETECTORS, default=DETECTORS[0], help="what finds faces")
    parser.add_argument(
        "--model",
        default="",
        metavar="NAME",
        help="what finds the points: a bundled model's name, or the folder of one of your own",
    )


def share(text: str) -> float:
    """Read a number from 0 to 1.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    number = _number(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"wanted a number from 0 to 1, not '{text}'")
    return number


def whole_above_zero(text: str) -> int:
    """Read a whole number above 0.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"wanted a whole number above 0, not '{text}'")
    return int(text)


def seconds_above_zero(text: str) -> float:
    """Read a number of seconds.

    Raises:
        argparse.ArgumentTypeError: it is none, or not above 0.
    """
    number = _number(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"wanted a number of seconds above 0, not '{text}'")
    return number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"wanted a number, not '{text}'") from error
