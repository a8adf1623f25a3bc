"""Make a loop of a part of a video: `masquerade loop`."""

import argparse
import re
import sys
from pathlib import Path

from masquerade.commands.options import add_part_options, check_is_free, check_part, given_path
from masquerade.terminal import printable

_UNITS = {"": 1, "b": 1, "k": 1000, "kb": 1000, "m": 1_000_000, "mb": 1_000_000, "kib": 1024, "mib": 1024 * 1024}
_MAX_BYTES = 1_000_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `loop`."""
    parser.add_argument("input", type=given_path, metavar="VIDEO", help="a recording, or any other video")
    parser.add_argument(
        "-o", "--output", type=given_path, required=True, metavar="FILE", help="output file (.gif, .webp or .mp4)"
    )
    parser.add_argument("--boomerang", action="store_true", help="play forwards, then backwards")
    parser.add_argument(
        "--max-size",
        type=size_in_bytes,
        default="8MB",
        metavar="SIZE",
        help="largest size of the file, such as 500kB or 5MB (default: 8MB)",
    )
    add_part_options(parser)
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def run(arguments: argparse.Namespace) -> int:
    """Make the loop and say how large it is.

    Raises:
        AppError: the video cannot be read, or the loop cannot be made or written.
    """
    from masquerade.studio.clips.loop import loop_kind, make_loop
    from masquerade.studio.clips.options import LoopOptions, Stretch

    output: Path = arguments.output
    loop_kind(output)
    check_part(arguments.begin, arguments.end)
    check_is_free(output, arguments.input, arguments.force)
    options = LoopOptions(Stretch(arguments.begin, arguments.end), arguments.boomerang, arguments.max_size)
    loop = make_loop(arguments.input, output, options, replace=True)
    width, height = loop.size_wh
    print(
        f"{printable(loop.path)}: {loop.seconds:.1f} s, {width} x {height} pixels, {loop.size_bytes / 1000:.0f} kB.",
        file=sys.stderr,
    )
    return 0


def size_in_bytes(text: str) -> int:
    """Read a size such as "5MB".

    Raises:
        argparse.ArgumentTypeError: it is not one.
    """
    match = re.fullmatch(r"([0-9]{1,10}(?:\.[0-9]{1,6})?) ?([a-zA-Z]*)", text.strip(), re.ASCII)
    unit = _UNITS.get(match[2].lower()) if match else None
    size = float(match[1]) * unit if match and unit else 0.0
    if not 1 <= size <= _MAX_BYTES:
        raise argparse.ArgumentTypeError(f"expected a size such as 500kB or 5MB, at most 1000MB, not '{text}'")
    return int(size)
