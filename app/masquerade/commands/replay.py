"""Draws recorded landmarks as a mask on black, into a video: `masquerade replay`."""

import argparse
from pathlib import Path

from masquerade.commands.options import check_is_free, given_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `replay`."""
    parser.add_argument("input", type=given_path, metavar="FILE.jsonl", help="landmarks that `keypoints --live` wrote")
    parser.add_argument("-o", "--output", type=given_path, required=True, metavar="FILE.mp4", help="the video")
    parser.add_argument("--force", action="store_true", help="replace an existing video")


def run(arguments: argparse.Namespace) -> int:
    """Draw every frame at its time.

    Raises:
        AppError: the landmarks cannot be read, or the video cannot be written.
    """
    from masquerade.errors import RecordingError, SourceError
    from masquerade.studio.landmarks.log import LogReader
    from masquerade.studio.landmarks.mask import draw_masks
    from masquerade.studio.recording.encoders import RENDERED
    from masquerade.studio.recording.video_writer import VideoWriter
    from masquerade.studio.whole_file import written_whole

    output: Path = arguments.output
    if output.suffix.lower() != ".mp4":
        raise RecordingError(f"{output}: the video is an MP4 file. Give it a name that ends in .mp4.")
    check_is_free(output, arguments.input, arguments.force)
    reader = LogReader(arguments.input)
    frames = 0
    with written_whole(output) as temporary, VideoWriter(temporary, reader.size_wh, RENDERED, target=output) as writer:
        for frame in reader:
            writer.write(draw_masks(frame.faces, reader.size_wh), frame.time)
            frames += 1
        if not frames:
            raise SourceError(f"{arguments.input} contains no frames.")
    return 0
