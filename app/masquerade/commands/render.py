"""Puts filters on images and videos and saves the results: `masquerade render`."""

import argparse
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.commands.ending import end_as_by_ctrl_c
from masquerade.commands.inputs import Failures, Job, plan_jobs
from masquerade.commands.options import add_model_options, share
from masquerade.progress import Progress

if TYPE_CHECKING:
    from masquerade.filters.format.manifest import Filter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Report argparse what `render` takes."""
    parser.add_argument("input", nargs="+", type=Path, metavar="INPUT", help="images, videos, folders of them")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="OUT",
        help="a file (.mp4, .png, .jpg), or a folder for several; an existing file is replaced",
    )
    parser.add_argument(
        "--filter",
        action="append",
        required=True,
        metavar="NAME",
        help="a name, or the path of a folder or .zip; may be given several times",
    )
    parser.add_argument("--intensity", type=share, default=1.0, metavar="0..1", help="how strong (default: 1)")
    parser.add_argument("--mirror", action="store_true", help="save as in a mirror")
    add_model_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Render all inputs; one that cannot be read is told, and the rest goes on."""
    from masquerade import compose

    end_as_by_ctrl_c()
    filters = compose.find_filters(arguments.filter)
    failures = Failures()
    for are_images, group in groupby(plan_jobs(arguments.input, arguments.output), lambda job: job.given.is_image):
        jobs = list(group)
        if are_images:
            _render_images(jobs, filters, arguments, failures)
            continue
        for job in jobs:
            with failures.told():
                _render_video(job, filters, arguments)
    return failures.exit_code()


def _render_images(
    jobs: list[Job], filters: "tuple[Filter, ...]", arguments: argparse.Namespace, failures: Failures
) -> None:
    from masquerade import compose
    from masquerade.rendering import render_image

    line = compose.build_still_line(arguments.detector, arguments.model)
    line.choose(filters, arguments.intensity)
    name = jobs[0].given.path.name if len(jobs) == 1 else f"{len(jobs)} images"
    with Progress(name, len(jobs), "images") as progress:
        for job in jobs:
            with failures.told():
                render_image(job.given.path, job.target, line, arguments.mirror)
                progress.step()


def _render_video(job: Job, filters: "tuple[Filter, ...]", arguments: argparse.Namespace) -> None:
    """Take every frame down the line and into the new file, with its sound beside it."""
    from masquerade import compose
    from masquerade.pipeline.sources.opening import open_video
    from masquerade.rendering import render_video

    path = job.given.path
    with open_video(path) as source:
        line = compose.build_line(arguments.detector, arguments.model, thorough=True)
        line.choose(filters, arguments.intensity)
        with Progress(path.name, source.frame_count) as progress:
            render_video(source, path, job.target, line, mirror=arguments.mirror, on_frame=progress.step)
