"""Save a part of a recording without encoding it again: `masquerade trim`."""

import argparse
import sys
from pathlib import Path

from masquerade.commands.options import add_part_options, check_is_free, check_part, given_path
from masquerade.terminal import printable

_SAME_MOMENT_SECONDS = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `trim`."""
    parser.add_argument("input", type=given_path, metavar="VIDEO", help="a recording, or another MP4, MOV, MKV or WebM")
    parser.add_argument(
        "-o", "--output", type=given_path, metavar="FILE",
        help="output file, of the same kind (default: 'NAME trimmed' beside the video)",
    )  # fmt: skip
    add_part_options(parser)
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def run(arguments: argparse.Namespace) -> int:
    """Write the part and say where it begins.

    Raises:
        AppError: the video cannot be read or trimmed, or the copy cannot be written.
    """
    from masquerade.errors import RecordingError
    from masquerade.studio.clips.trim import trim_video

    begin, end = arguments.begin, arguments.end
    output: Path | None = arguments.output
    if begin == 0 and end == float("inf"):
        raise RecordingError("Nothing would be cut off. Use --from, --to or both.")
    check_part(begin, end)
    if output is not None:
        check_is_free(output, arguments.input, arguments.force)
    copy = trim_video(arguments.input, begin, end, output)
    words = f"{printable(copy.path)}: {copy.seconds:.1f} s."
    if begin - copy.begin_seconds > _SAME_MOMENT_SECONDS:
        words += f" It begins at {copy.begin_seconds:.1f} s, the last keyframe before {begin:.1f} s."
    print(words, file=sys.stderr)
    return 0
