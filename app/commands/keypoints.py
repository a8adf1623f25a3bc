"""Writes the points of every face into a CSV table: `masquerade keypoints`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.inputs import Failures, find_inputs
from app.commands.options import add_model_options
from app.commands.progress import Progress
from app.errors import SourceError

if TYPE_CHECKING:
    from app.pipeline.stages import Line
    from app.studio.points_file import PointsFile
    from app.values import ByteArray, Face

    FaceFinder = Callable[[ByteArray], tuple[Face, ...]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tells argparse what `keypoints` takes."""
    parser.add_argument("input", nargs="+", type=Path, metavar="INPUT", help="pictures, videos, folders of them")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE.csv", help="an existing file is replaced"
    )
    add_model_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Looks at all inputs; one that cannot be read is told, and the rest goes on."""
    from app import compose
    from app.studio.points_file import PointsFile

    inputs = find_inputs(arguments.input)
    find = compose.build_still_finder(arguments.detector, arguments.model).find
    failures = Failures()
    with PointsFile(arguments.output) as table, Progress(arguments.output.name, len(inputs), "files") as progress:
        for given in inputs:
            try:
                if given.is_picture:
                    _add_picture(given.path, find, table)
                else:
                    # A line of its own, so that nothing is remembered of another video.
                    _add_video(given.path, compose.build_line(arguments.detector, arguments.model), table)
            except SourceError as error:
                failures.tell(error)
            progress.step()
    return failures.exit_code()


def _add_picture(path: Path, find: "FaceFinder", table: "PointsFile") -> None:
    from app.pipeline.sources.image_files import read_picture

    for face in find(read_picture(path)):
        table.add(str(path), 0, 0.0, face.identity, face)


def _add_video(path: Path, line: "Line", table: "PointsFile") -> None:
    """Adds the faces that are seen; one that is lost for a moment and only held gives no row."""
    from app.pipeline.sources.video_file import VideoFile

    with VideoFile(path) as source:
        while (frame := source.read()) is not None:
            for face in line(frame).faces:
                if not face.held:
                    table.add(str(path), frame.index, frame.taken_at, face.identity, face)
