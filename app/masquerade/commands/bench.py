"""Measures how fast the stages are on this machine: `masquerade bench`."""

import argparse
import json
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from masquerade.commands.options import add_model_options, given_path, seconds_above_zero, whole_above_zero
from masquerade.errors import AppError
from masquerade.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from masquerade.benchmark.measure import BenchReport, Peer
    from masquerade.benchmark.motion import Locator, Subject
    from masquerade.benchmark.soak_report import SoakSample
    from masquerade.pipeline.line import Line
    from masquerade.pipeline.sources.source import Source
    from masquerade.values import FloatArray, Frame

# Three stickers, the line's usual load: what the README's table is measured with.
_USUAL_FILTERS = ("tortoiseshell", "handlebar", "clown-nose")
_NO_FILTER = "none"
_PEER_MODEL = "face_landmarker.task"
_WARM_UP_FRAMES = 30
_FRAMES, _FRAMES_EACH = 500, 150
# What a further face costs is measured between one face and as many.
_TABLE_FACES = 4
_TABLE_WINDOW_SECONDS = 10
# With --against: a stage that takes this many times what it took fails.
_ALLOWED_RATIO = 1.3
_ATTEMPTS = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench`."""
    parser.add_argument("--source", metavar="PATH", default="demo", help="a video or images (default: the demo)")
    parser.add_argument(
        "--frames",
        type=whole_above_zero,
        metavar="N",
        help=f"frames to measure (default: {_FRAMES}, with --all-filters {_FRAMES_EACH} for each)",
    )
    parser.add_argument(
        "--filter",
        metavar="NAME",
        action="append",
        help=f"filter to draw; repeat it to stack filters; '{_NO_FILTER}' draws nothing "
        f"(default: {', '.join(_USUAL_FILTERS)})",
    )
    parser.add_argument(
        "--faces", type=whole_above_zero, default=1, metavar="N", help="repeat the image N times in one frame"
    )
    parser.add_argument("--peer", choices=("mediapipe",), help="measure this library on the same frames, too")
    parser.add_argument(
        "--peer-model",
        type=given_path,
        default=Path(_PEER_MODEL),
        metavar="FILE",
        help=f"the peer's model file (default: {_PEER_MODEL} in the working folder)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    _add_other_measurements(parser)
    add_model_options(parser)


def _add_other_measurements(parser: argparse.ArgumentParser) -> None:
    """Add what is measured instead of the line."""
    parser.add_argument("--window", action="store_true", help="measure the real window instead; needs a screen")
    parser.add_argument(
        "--seconds", type=seconds_above_zero, default=10.0, metavar="N", help="with --window: how long it stays open"
    )
    parser.add_argument(
        "--all-filters",
        action="store_true",
        help="measure how long each bundled filter takes to draw; with --peer, as a share of the peer's time",
    )
    parser.add_argument(
        "--motion",
        action="store_true",
        help="measure lag and jitter of the landmarks on a photo that moves along known paths",
    )
    parser.add_argument(
        "--against", type=given_path, metavar="FILE", help="fail if a stage is 30 %% slower than stored in FILE"
    )
    parser.add_argument(
        "--store", type=given_path, metavar="FILE", help="store the time of each stage, as a ratio to a fixed workload"
    )
    parser.add_argument(
        "--soak",
        type=whole_above_zero,
        metavar="FRAMES",
        help="run the real window for FRAMES frames, and fail if memory, threads, files or delay grow",
    )
    parser.add_argument(
        "--csv",
        type=given_path,
        metavar="FILE",
        help="with --soak: where to write the samples, and the curve beside them as .svg",
    )
    parser.add_argument(
        "--table", action="store_true", help="measure everything and print the table of docs/performance.md"
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    if arguments.against or arguments.store:
        return _run_guard(arguments)
    if arguments.window or arguments.soak:
        return (_run_soak if arguments.soak else _run_window)(arguments)
    if arguments.table:
        return _run_table(arguments)
    if arguments.motion or arguments.all_filters:
        return (_run_motion if arguments.motion else _run_all_filters)(arguments)
    from masquerade.benchmark.own_process import use_one_core
    from masquerade.benchmark.report import as_json, as_text

    how = use_one_core()
    report = _measure(arguments, arguments.faces, arguments.faces)
    if arguments.json:
        print(as_json(report))
        return 0
    further_face_ms = None
    if arguments.faces > 1:
        alone = _measure(arguments, arguments.faces, shown=1)
        further_face_ms = (report.total.p50_ms - alone.total.p50_ms) / (arguments.faces - 1)
    print(as_text(report, _filter_names(arguments), how, further_face_ms))
    return 0


def _run_motion(arguments: argparse.Namespace) -> int:
    """Move photographs along known paths before the line, and before the peer."""
    from masquerade.benchmark.motion import MOTIONS, measure_motion
    from masquerade.benchmark.motion_report import motion_as_json, motion_as_table
    from masquerade.progress import Progress
    from masquerade.vision.mediapipe_peer import MediapipePeer

    subjects = _motion_subjects(arguments)
    ours, peers, name = [], [], ""
    with Progress("motions", len(MOTIONS), "motions") as progress:
        for motion in MOTIONS:
            ours.append(measure_motion(subjects, motion, lambda: _line_locator(arguments)))
            with ExitStack() as stack:
                if arguments.peer:

                    def start() -> "Locator":
                        return stack.enter_context(MediapipePeer(arguments.peer_model)).locate

                    peers.append(measure_motion(subjects, motion, start))
                    name = arguments.peer
            progress.step()
    print((motion_as_json if arguments.json else motion_as_table)(ours, peers, name))
    return 0


def _motion_subjects(arguments: argparse.Namespace) -> "list[Subject]":
    """Return the photo that was named, or the bundled portraits."""
    from masquerade import compose
    from masquerade.benchmark.motion import subject_of
    from masquerade.pipeline.sources.photos.image_files import read_image
    from masquerade.resources import bundled

    demo = bundled("assets") / "demo"
    is_demo = arguments.source == "demo"
    paths = sorted(demo.glob("*.jpg")) if is_demo else [Path(arguments.source)]
    finder = compose.build_still_finder(arguments.detector, arguments.model)
    images = [(read_image(path), path) for path in paths]
    return [subject_of(pixels, finder.find(pixels), str(path)) for pixels, path in images]


def _line_locator(arguments: argparse.Namespace) -> "Locator":
    from masquerade import compose

    line = compose.build_line(arguments.detector, arguments.model)

    def locate(frame: "Frame") -> "FloatArray | None":
        faces = line.see(frame).faces
        return faces[0].keypoints.points if faces else None

    return locate


def _run_guard(arguments: argparse.Namespace) -> int:
    """Compare every stage's share of a fixed workload with the stored ones; return 1 if a stage is slower."""
    from masquerade import compose
    from masquerade.benchmark.guard import (
        lowest,
        measure_ratios,
        medians,
        processor_name,
        read_ratios,
        slow_stages,
        write_ratios,
    )
    from masquerade.benchmark.own_process import use_one_core

    use_one_core()
    stored = read_ratios(arguments.against) if arguments.against else {}
    if arguments.against and not stored:
        print(f"{arguments.against}: no times are stored for this processor ({processor_name()}).")
    filters = compose.find_filters(_filter_names(arguments))

    def build_line() -> "Line":
        line = compose.build_line(arguments.detector, arguments.model)
        line.choose(filters)
        return line

    measure = partial(measure_ratios, lambda: _open(arguments.source, 1, 1), build_line)
    attempts = [measure()]
    # A machine that is busy with something else makes a stage look slow, but not three times in a row.
    while len(attempts) < _ATTEMPTS and (arguments.store or slow_stages(lowest(attempts), stored, _ALLOWED_RATIO)):
        attempts.append(measure())
    ratios = medians(attempts) if arguments.store else lowest(attempts)
    for name, ratio in ratios.items():
        before = f" ({stored[name]:.3f} stored)" if name in stored else ""
        print(f"{name:<10}{ratio:8.3f} of the workload{before}")
    if arguments.store:
        write_ratios(arguments.store, ratios)
    slow = slow_stages(ratios, stored, _ALLOWED_RATIO)
    for stage in slow:
        print(f"{stage.name} takes {100 * (stage.ratio / stage.stored - 1):.0f} % longer than stored.", file=sys.stderr)
    return 1 if slow else 0


def _run_window(arguments: argparse.Namespace) -> int:
    """Measure the real window; its filter is the first one that was named."""
    from masquerade.benchmark.own_process import began_at, memory_use
    from masquerade.benchmark.report import window_as_json, window_as_text
    from masquerade.benchmark.window_watch import watch_window
    from masquerade.gui.services.backend import LaunchOptions

    launch = LaunchOptions(arguments.source, _filter_names(arguments)[:1], None, arguments.seconds)
    report = watch_window(launch, began_at(), arguments.detector, arguments.model)
    print((window_as_json if arguments.json else window_as_text)(report, memory_use()))
    return 0 if report.first_image_seconds is not None else 1


def _run_soak(arguments: argparse.Namespace) -> int:
    """Run the window for long, write each sample at once, report what grew; return 1 if something did."""
    from masquerade import compose
    from masquerade.benchmark.soak import SoakPlan, soak_window
    from masquerade.benchmark.soak_report import CSV_HEAD, as_svg, as_words, csv_row, csv_values
    from masquerade.progress import Progress

    # The ids alone: the filters' art would be counted as the window's.
    filters = compose.find_filters(arguments.filter) if arguments.filter else compose.bundled_filters()
    plan = SoakPlan(arguments.soak, tuple(each.id for each in filters))
    del filters
    with ExitStack() as stack:
        progress = stack.enter_context(Progress("soak", plan.frames, "frames"))
        file = stack.enter_context(_writable(arguments.csv)) if arguments.csv else None

        def note(values: "Sequence[object]") -> None:
            if file is not None:
                file.write(csv_row(values))
                file.flush()

        def on_sample(sample: "SoakSample") -> None:
            note(csv_values(sample))
            progress.step(plan.frames_a_sample)

        note(CSV_HEAD)
        report = soak_window(plan, on_sample)
    if arguments.csv and report.samples:
        with _writable(arguments.csv.with_suffix(".svg")) as curve:
            curve.write(as_svg(report.samples))
    print(as_words(report))
    return 1 if report.problems() else 0


def _writable(path: Path) -> "TextIO":
    try:
        return path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise AppError(f"{printable(path)} cannot be written: {error.strerror}.") from error


def _run_table(arguments: argparse.Namespace) -> int:
    """Measure the window in a process of its own, twice so that it is warm, then the line on one core."""
    from masquerade.benchmark.own_process import use_one_core
    from masquerade.benchmark.report import as_table

    _window_in_a_process(arguments, seconds=1)
    window = _window_in_a_process(arguments, _TABLE_WINDOW_SECONDS)
    use_one_core()
    report = _measure(arguments, 1, 1)
    without_peer = argparse.Namespace(**{**vars(arguments), "peer": None})
    one, several = (_measure(without_peer, _TABLE_FACES, shown) for shown in (1, _TABLE_FACES))
    further_face_ms = (several.total.p50_ms - one.total.p50_ms) / (_TABLE_FACES - 1)
    print(as_table(report, further_face_ms, window))
    return 0


def _run_all_filters(arguments: argparse.Namespace) -> int:
    """Measure the real line with each filter alone, in turn, and print what its last stage takes."""
    from masquerade import compose
    from masquerade.benchmark.measure import FilterReport, measure_line
    from masquerade.benchmark.own_process import use_one_core
    from masquerade.benchmark.report import drawing_as_json, drawing_as_table
    from masquerade.progress import Progress

    how = use_one_core()
    filters = compose.find_filters(arguments.filter) if arguments.filter else compose.bundled_filters()
    line = compose.build_line(arguments.detector, arguments.model)
    frames, reports = arguments.frames or _FRAMES_EACH, []
    with ExitStack() as stack:
        peer = _start_peer(arguments, arguments.faces, stack)
        progress = stack.enter_context(Progress("filters", len(filters) + 1, "filters"))
        for worn in ((), *((each,) for each in filters)):
            line.choose(worn)
            source = _open(arguments.source, arguments.faces, arguments.faces)
            report = measure_line(source, line, frames, _WARM_UP_FRAMES, peer)
            name = worn[0].id if worn else _NO_FILTER
            reports.append(FilterReport(name, report.stages[-1], report.size_wh, report.peer))
            progress.step()
    print(drawing_as_json(reports) if arguments.json else drawing_as_table(reports, frames, how))
    return 0


def _window_in_a_process(arguments: argparse.Namespace, seconds: float) -> dict[str, Any] | None:
    """Return what `bench --window --json` prints; None where there is no screen."""
    command = [sys.executable, "-m", "masquerade", "bench", "--window", "--json", "--seconds", str(seconds)]
    if arguments.model:
        command += ["--model", arguments.model]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def _measure(arguments: argparse.Namespace, places: int, shown: int) -> "BenchReport":
    """Measure with `shown` faces on a grid that has room for `places`."""
    from masquerade import compose
    from masquerade.benchmark.measure import measure_line

    source = _open(arguments.source, places, shown)
    line = compose.build_line(arguments.detector, arguments.model, live=True)
    line.choose(compose.find_filters(_filter_names(arguments)))
    with ExitStack() as stack:
        peer = _start_peer(arguments, shown, stack)
        return measure_line(source, line, arguments.frames or _FRAMES, _WARM_UP_FRAMES, peer)


def _start_peer(arguments: argparse.Namespace, faces: int, stack: ExitStack) -> "Peer | None":
    from masquerade.vision.mediapipe_peer import MediapipePeer

    return stack.enter_context(MediapipePeer(arguments.peer_model, faces)) if arguments.peer else None


def _open(text: str, places: int, shown: int) -> "Source":
    from masquerade.benchmark.crowd import Crowd
    from masquerade.pipeline.sources.opening import open_source

    source = open_source(text)
    return Crowd(source, places, shown) if places > 1 else source


def _filter_names(arguments: argparse.Namespace) -> tuple[str, ...]:
    if arguments.filter is None:
        return _USUAL_FILTERS
    return tuple(name for name in arguments.filter if name != _NO_FILTER)
