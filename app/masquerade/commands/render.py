"""Puts filters on images and videos and saves the results: `masquerade render`."""

import argparse
import logging
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from masquerade.commands.ending import end_as_by_ctrl_c
from masquerade.commands.inputs import Existing, Failures, Job, plan_jobs
from masquerade.commands.options import add_model_options, given_path, share
from masquerade.progress import Progress
from masquerade.studio.recording.metadata import LeftOut, MetadataMode
from masquerade.terminal import printable

if TYPE_CHECKING:
    from masquerade.filters.format.manifest import Filter

_log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `render`."""
    parser.add_argument("input", nargs="+", type=given_path, metavar="INPUT", help="images, videos, or folders of them")
    parser.add_argument(
        "-o",
        "--output",
        type=given_path,
        required=True,
        metavar="OUT",
        help="output file (.mp4, .mkv, .png, .jpg), or a folder for several inputs",
    )
    parser.add_argument(
        "--filter",
        action="append",
        required=True,
        metavar="NAME",
        help="name of a filter, or path of a filter folder or .zip; repeat it to stack filters",
    )
    parser.add_argument(
        "--intensity", type=share, default=1.0, metavar="0..1", help="filter strength, from 0 to 1 (default: 1)"
    )
    parser.add_argument("--mirror", action="store_true", help="flip the result horizontally")
    parser.add_argument("--recursive", action="store_true", help="include folders inside an input folder")
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument("--force", action="store_true", help="replace outputs that already exist")
    existing.add_argument("--skip-existing", action="store_true", help="skip inputs whose output already exists")
    parser.add_argument(
        "--metadata",
        choices=[mode.value for mode in MetadataMode],
        default=MetadataMode.SAFE.value,
        help="metadata to keep: 'safe' (default) keeps title, date, languages, chapters and subtitles and removes "
        "place and device; 'keep' keeps all; 'date-only' keeps the date; 'strip' keeps nothing",
    )
    parser.add_argument(
        "--hdr",
        choices=("sdr", "keep"),
        default="sdr",
        help="HDR videos (HLG, PQ): 'sdr' (default) tone-maps them, for every screen and player; 'keep' writes "
        "10-bit HEVC with their own colours",
    )
    add_model_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Render all inputs; report one that fails and go on with the next."""
    from masquerade import compose

    end_as_by_ctrl_c()
    filters = compose.find_filters(arguments.filter)
    failures = Failures()
    jobs = plan_jobs(arguments.input, arguments.output, _existing(arguments), arguments.recursive, failures)
    for are_images, group in groupby(jobs, lambda job: job.given.is_image):
        same_kind = list(group)
        if are_images:
            _render_images(same_kind, filters, arguments, failures)
            continue
        for job in same_kind:
            _render_video(job, filters, arguments, failures)
    return failures.exit_code()


def _existing(arguments: argparse.Namespace) -> Existing:
    if arguments.force:
        return Existing.REPLACE
    return Existing.SKIP if arguments.skip_existing else Existing.STOP


def _render_images(
    jobs: list[Job], filters: "tuple[Filter, ...]", arguments: argparse.Namespace, failures: Failures
) -> None:
    from masquerade import compose
    from masquerade.rendering import render_image

    line = compose.build_still_line(arguments.detector, arguments.model)
    line.choose(filters, arguments.intensity)
    name = jobs[0].given.path.name if len(jobs) == 1 else f"{len(jobs)} images"
    left_out = LeftOut()
    with Progress(name, len(jobs), "images") as progress:
        for job in jobs:
            with failures.caught(job.given.path):
                left_out |= render_image(
                    job.given.path, job.target, line, arguments.mirror, MetadataMode(arguments.metadata)
                )
                progress.step()
    _report_left_out(name, left_out)


def _render_video(job: Job, filters: "tuple[Filter, ...]", arguments: argparse.Namespace, failures: Failures) -> None:
    """Run every frame through the line and write it to the new file, with the sound."""
    from masquerade import compose
    from masquerade.pipeline.sources.opening import open_video
    from masquerade.rendering import render_video

    path = job.given.path
    with failures.caught(path), open_video(path, keep_hdr=arguments.hdr == "keep") as source:
        line = compose.build_line(arguments.detector, arguments.model, thorough=True)
        line.choose(filters, arguments.intensity)
        _log.debug("rendering %s to %s", path, job.target)
        with Progress(path.name, source.frame_count) as progress:
            _log.debug("rendering %s to %s", path, job.target)
            left_out = render_video(
                source,
                path,
                job.target,
                line,
                mirror=arguments.mirror,
                on_frame=progress.step,
                metadata=MetadataMode(arguments.metadata),
            )
        _report_left_out(path.name, left_out)


def _report_left_out(name: str, left_out: LeftOut) -> None:
    if str(left_out):
        print(f"{printable(name)}: left out: {printable(left_out)}", file=sys.stderr)
