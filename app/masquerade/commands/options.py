"""Add and read the options that several commands share."""

import argparse
import os
from pathlib import Path

from masquerade.compose import DETECTORS
from masquerade.errors import RecordingError
from masquerade.terminal import printable


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add --detector and --model."""
    parser.add_argument(
        "--detector", choices=DETECTORS, default=DETECTORS[0], help="face detector (default: %(default)s)"
    )
    parser.add_argument(
        "--model",
        default="",
        metavar="NAME",
        help="landmark model: name of a bundled one, or path of a folder with your own",
    )


def add_part_options(parser: argparse.ArgumentParser) -> None:
    """Add --from and --to, the part of a video; they are called --start and --end, too."""
    parser.add_argument(
        "--from", "--start", dest="begin", type=seconds_from_zero, default=0.0, metavar="SECONDS",
        help="start of the part (default: the beginning)",
    )  # fmt: skip
    parser.add_argument(
        "--to", "--end", dest="end", type=seconds_above_zero, default=float("inf"), metavar="SECONDS",
        help="end of the part (default: the end)",
    )  # fmt: skip


def check_part(begin: float, end: float) -> None:
    """Check that a part has a length.

    Raises:
        RecordingError: it has none.
    """
    if end <= begin:
        raise RecordingError("The part ends before it begins. --to must be later than --from.")


def check_is_free(output: Path, given: Path, force: bool) -> None:
    """Check that a file may be written.

    Args:
        output: of the command.
        given: its input.
        force: whether --force allows to replace the output.

    Raises:
        RecordingError: it exists, or is the input.
    """
    # Not Path.resolve, which raises a RuntimeError at a loop of links.
    if os.path.realpath(output) == os.path.realpath(given):
        raise RecordingError(f"{printable(output)} is the input and would be lost. Choose another output.")
    if os.path.lexists(output) and not force:
        raise RecordingError(f"{printable(output)} already exists. Use --force to replace it, or choose another name.")


def given_path(text: str) -> Path:
    """Read a path. Refuse an empty one, which an unset shell variable gives: it would mean the current folder.

    Raises:
        argparse.ArgumentTypeError: it is empty.
    """
    if not text:
        raise argparse.ArgumentTypeError("expected a path, not an empty text")
    return Path(text)


def share(text: str) -> float:
    """Read a number from 0 to 1.

    Raises:
        argparse.ArgumentTypeError: it is not one.
    """
    number = _number(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, not '{text}'")
    return number


def whole_above_zero(text: str) -> int:
    """Read a whole number above 0.

    Raises:
        argparse.ArgumentTypeError: it is not one.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, not '{text}'")
    return int(text)


def seconds_above_zero(text: str) -> float:
    """Read a number of seconds.

    Raises:
        argparse.ArgumentTypeError: it is not one, or not above 0.
    """
    number = _number(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds above 0, not '{text}'")
    return number


def seconds_from_zero(text: str) -> float:
    """Read a number of seconds, which may be 0.

    Raises:
        argparse.ArgumentTypeError: it is not one, or below 0.
    """
    number = _number(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number of seconds, 0 or more, not '{text}'")
    return number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected a number, not '{text}'") from error


def method_in_words(arguments: argparse.Namespace) -> str:
    """Return how the landmarks are found, e.g. "masquerade15 on faces of blazeface, raw".

    Raises:
        ModelError: the model is missing or damaged.
    """
    from masquerade.vision.models import find_landmarker

    card = find_landmarker(arguments.model)
    return f"{card.name} on faces of {arguments.detector}, {'raw' if arguments.raw else 'smoothed'}"
