"""Writes the landmarks of every face into a CSV table: `masquerade keypoints`."""

import argparse
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.commands.ending import end_as_by_ctrl_c
from masquerade.commands.inputs import Existing, Failures, check_table, find_inputs
from masquerade.commands.live_keypoints import run_live
from masquerade.commands.options import add_model_options, given_path, method_in_words, seconds_above_zero
from masquerade.errors import AppError, RecordingError
from masquerade.progress import Progress

if TYPE_CHECKING:
    from masquerade.pipeline.line import Line
    from masquerade.studio.landmark_table import LandmarkTable
    from masquerade.values import ByteArray, Face

    FaceFinder = Callable[[ByteArray], tuple[Face, ...]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `keypoints`."""
    parser.add_argument("input", nargs="+", type=given_path, metavar="INPUT", help="images, videos, or folders of them")
    parser.add_argument(
        "-o",
        "--output",
        type=given_path,
        metavar="FILE.csv",
        help="output table; coordinates are pixels of the upright image with square pixels",
    )
    parser.add_argument("--recursive", action="store_true", help="include folders inside an input folder")
    parser.add_argument(
        "--raw",
        action="store_true",
        help="do not smooth the landmarks of videos over time",
    )
    parser.add_argument(
        "--live", action="store_true", help="follow one camera or file in real time; FILE.csv or FILE.jsonl"
    )
    parser.add_argument("--seconds", type=seconds_above_zero, metavar="N", help="with --live: stop after N seconds")
    parser.add_argument(
        "--osc", metavar="HOST:PORT", help="with --live: send head pose and expressions to avatar programs (VMC)"
    )
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument("--force", action="store_true", help="replace an existing table")
    existing.add_argument("--resume", action="store_true", help="continue the table of a run that was stopped")
    add_model_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Find the faces of all inputs; report one that fails and go on with the next."""
    _check_options(arguments)
    if arguments.live:
        return run_live(arguments)
    from masquerade import compose
    from masquerade.studio.landmark_table import LandmarkTable, cell

    end_as_by_ctrl_c()
    # Where the table cannot be written, no further input can be either.
    failures = Failures(fatal=RecordingError)
    inputs = find_inputs(arguments.input, arguments.recursive, failures=failures)
    replaced = arguments.force or arguments.resume
    check_table(arguments.output, inputs, Existing.REPLACE if replaced else Existing.STOP)
    with LandmarkTable(arguments.output, arguments.resume, method_in_words(arguments)) as table:
        left = [given for given in inputs if cell(str(given.path)) not in table.finished]
        for are_images, group in groupby(left, lambda given: given.is_image):
            paths = [given.path for given in group]
            if are_images:
                find = compose.build_still_finder(arguments.detector, arguments.model).find
                _add_images(paths, find, table, failures)
                continue
            for path in paths:
                # A line of its own, so that nothing is remembered of another video.
                line = compose.build_line(arguments.detector, arguments.model, raw=arguments.raw)
                with failures.caught(path):
                    _add_video(path, line, table)
    return failures.exit_code()


def _check_options(arguments: argparse.Namespace) -> None:
    """Raise AppError where options do not go together."""
    if arguments.live:
        if len(arguments.input) != 1:
            raise AppError("--live takes one source: a camera, the demo or a video.")
        if arguments.output is None and arguments.osc is None:
            raise AppError("No output was given. Use -o FILE to save the landmarks, or --osc HOST:PORT to send them.")
    elif arguments.output is None:
        raise AppError("No output was given. Use -o FILE.csv.")
    elif arguments.osc is not None or arguments.seconds is not None:
        raise AppError("--osc and --seconds belong to --live.")


def _add_images(paths: list[Path], find: "FaceFinder", table: "LandmarkTable", failures: Failures) -> None:
    from masquerade.pipeline.sources.photos.image_files import read_image

    with Progress(_name(paths), len(paths), "images") as progress:
        for path in paths:
            with failures.caught(path):
                for face in find(read_image(path)):
                    table.add(str(path), 0, 0.0, face.identity, face)
                table.flush()
                progress.step()


def _name(paths: list[Path]) -> str:
    return paths[0].name if len(paths) == 1 else f"{len(paths)} images"


def _add_video(path: Path, line: "Line", table: "LandmarkTable") -> None:
    """Add the visible faces; a face that is lost for a moment gets no row."""
    from masquerade.pipeline.sources.opening import open_video

    with open_video(path) as source, Progress(path.name, source.frame_count) as progress:
        for scene in map(line.paint, line.see_file(iter(source.read, None))):
            for face in scene.faces:
                if not face.held:
                    table.add(str(path), scene.frame.index, scene.frame.taken_at, face.identity, face)
            progress.step()
    table.flush()
