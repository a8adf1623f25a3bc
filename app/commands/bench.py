"""Measures how fast the line is on this machine: `masquerade bench`."""

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.pipeline.benchmark import BenchReport
    from app.pipeline.sources.source import Source

# Three stickers, the line's usual load: what the README's table is measured with.
_USUAL_FILTERS = ("glasses", "hat", "moustache")
_NO_FILTER = "none"
_PEER_MODEL = "face_landmarker.task"
_WARM_UP_FRAMES = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tells argparse what `bench` takes."""
    parser.add_argument(
        "--source", metavar="PATH", default="demo", help="a video or pictures (default: the demo, 720p)"
    )
    parser.add_argument("--frames", type=_count, default=500, metavar="N", help="how many are measured (default: 500)")
    parser.add_argument(
        "--filter",
        metavar="NAME",
        action="append",
        help=f"may be given several times; '{_NO_FILTER}' = none (default: {', '.join(_USUAL_FILTERS)})",
    )
    parser.add_argument("--faces", type=_count, default=1, metavar="N", help="show the picture N times in one")
    parser.add_argument("--detector", choices=("blazeface", "mediapipe"), default="blazeface", help="what finds faces")
    parser.add_argument("--model", type=Path, metavar="FOLDER", help="another landmarker than the bundled one")
    parser.add_argument("--peer", choices=("mediapipe",), help="hold this one against it, on the same frames")
    parser.add_argument(
        "--peer-model",
        type=Path,
        default=Path(_PEER_MODEL),
        metavar="FILE",
        help=f"the peer's model file (default: {_PEER_MODEL} in the working folder)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Measures and prints."""
    from app.commands.bench_report import as_json, as_text
    from app.pipeline.benchmark import use_one_core

    how = use_one_core()
    report = _measure(arguments, shown=arguments.faces)
    if arguments.json:
        print(as_json(report))
        return 0
    further_face_ms = None
    if arguments.faces > 1:
        alone = _measure(arguments, shown=1)
        further_face_ms = (report.total.p50_ms - alone.total.p50_ms) / (arguments.faces - 1)
    print(as_text(report, _filter_names(arguments), how, further_face_ms))
    return 0


def _measure(arguments: argparse.Namespace, shown: int) -> "BenchReport":
    """Measures with `shown` faces on a grid that has room for all that are wanted."""
    from app import compose
    from app.pipeline.benchmark import measure_line
    from app.vision.mediapipe_peer import MediapipePeer

    source = _open(arguments.source, arguments.faces, shown)
    line = compose.build_line(arguments.detector, arguments.model)
    catalog = compose.build_catalog()
    line.choose(tuple(catalog.load(name) for name in _filter_names(arguments)))
    with ExitStack() as stack:
        peer = None
        if arguments.peer:
            peer = stack.enter_context(MediapipePeer(arguments.peer_model, shown))
        return measure_line(source, line, arguments.frames, _WARM_UP_FRAMES, peer)


def _open(text: str, places: int, shown: int) -> "Source":
    from app.pipeline.sources.crowd import Crowd
    from app.pipeline.sources.opening import open_source

    source = open_source(text)
    return Crowd(source, places, shown) if places > 1 else source


def _filter_names(arguments: argparse.Namespace) -> tuple[str, ...]:
    if arguments.filter is None:
        return _USUAL_FILTERS
    return tuple(name for name in arguments.filter if name != _NO_FILTER)


def _count(text: str) -> int:
    """Returns the whole number above 0 that `text` tells."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"wanted a whole number above 0, not '{text}'")
    return int(text)
