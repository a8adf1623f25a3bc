"""Writes the points of every face into a CSV table: `masquerade keypoints`."""

import argparse
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.commands.ending import end_as_by_ctrl_c
from masquerade.commands.inputs import Failures, check_table, find_inputs
from masquerade.commands.options import add_model_options
from masquerade.progress import Progress

if TYPE_CHECKING:
    from masquerade.pipeline.line import Line
    from masquerade.studio.points_file import PointsFile
    from masquerade.values import ByteArray, Face

    FaceFinder = Callable[[ByteArray], tuple[Face, ...]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Report argparse what `keypoints` takes."""
    parser.add_argument("input", nargs="+", type=Path, metavar="INPUT", help="images, videos, folders of them")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE.csv", help="an existing file is replaced"
    )
    add_model_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look at all inputs; one that cannot be read is told, and the rest goes on."""
    from masquerade import compose
    from masquerade.studio.points_file import PointsFile

    end_as_by_ctrl_c()
    inputs = find_inputs(arguments.input)
    check_table(arguments.output, inputs)
    failures = Failures()
    with PointsFile(arguments.output) as table:
        for are_images, group in groupby(inputs, lambda given: given.is_image):
            paths = [given.path for given in group]
            if are_images:
                find = compose.build_still_finder(arguments.detector, arguments.model).find
                _add_images(paths, find, table, failures)
                continue
            for path in paths:
                # A line of its own, so that nothing is remembered of another video.
                with failures.told():
                    _add_video(path, compose.build_line(arguments.detector, arguments.model), table)
    return failures.exit_code()


def _add_images(paths: list[Path], find: "FaceFinder", table: "PointsFile", failures: Failures) -> None:
    from masquerade.pipeline.sources.image_files import read_image

    with Progress(_name(paths), len(paths), "images") as progress:
        for path in paths:
            with failures.told():
                for face in find(read_image(path)):
                    table.add(str(path), 0, 0.0, face.identity, face)
                progress.step()


def _name(paths: list[Path]) -> str:
    return paths[0].name if len(paths) == 1 else f"{len(paths)} images"


def _add_video(path: Path, line: "Line", table: "PointsFile") -> None:
    """Add the faces that are seen; one that is lost for a moment and only held gives no row."""
    from masquerade.pipeline.sources.opening import open_video

    with open_video(path) as source, Progress(path.name, source.frame_count) as progress:
        while (frame := source.read()) is not None:
            for face in line(frame).faces:
                if not face.held:
                    table.add(str(path), frame.index, frame.taken_at, face.identity, face)
            progress.step()
