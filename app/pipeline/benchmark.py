"""Measures the line on decoded frames: milliseconds of each stage and of all, memory, and a peer on the same frames."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.errors import SourceError
from app.pipeline.own_process import peak_memory_mb
from app.pipeline.sources.source import Source
from app.pipeline.timing import StageSummary, percentile
from app.values import Frame, Scene, StageTime


class Peer(Protocol):
    """Another program's way from a picture to face points, held against the line."""

    name: str

    def measure(self, frame: Frame) -> float:
        """Returns the milliseconds that the peer takes for `frame`, which it does not change."""
        ...


@dataclass(frozen=True, slots=True)
class PeerReport:
    """How the peer did on the same frames.

    Attributes:
        name: with its version.
        total: milliseconds of a frame.
        ratio: the peer's median over the line's; above 1 the line is faster.
    """

    name: str
    total: StageSummary
    ratio: float


@dataclass(frozen=True, slots=True)
class BenchReport:
    """What a run of `measure_line` found.

    Attributes:
        frames: that were measured, the warm-up not among them.
        fps: frames that the line alone would do in a second.
        total: everything between a decoded frame and a drawn one.
        stages: in the order in which they run.
        peak_rss_mb: the most memory this process ever held, 10^6 bytes, the decoder's included.
        faces: mean number of faces in a frame.
        size_wh: of the last frame, pixels.
        peer: None where none was asked for.
    """

    frames: int
    fps: float
    total: StageSummary
    stages: tuple[StageSummary, ...]
    peak_rss_mb: float
    faces: float
    size_wh: tuple[int, int]
    peer: PeerReport | None = None


@dataclass(frozen=True, slots=True)
class FilterReport:
    """What the drawing of one filter takes.

    Attributes:
        name: its id.
        draw: milliseconds of a frame.
        size_wh: of the frames, pixels.
    """

    name: str
    draw: StageSummary
    size_wh: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Sample:
    """What is kept of one frame; never the picture, or its memory would be what is measured."""

    milliseconds: float
    peer_milliseconds: float
    times: tuple[StageTime, ...]
    faces: int
    size_wh: tuple[int, int]


def measure_line(
    source: Source, line: Callable[[Frame], Scene], frames: int, warm_up: int = 30, peer: Peer | None = None
) -> BenchReport:
    """Takes the frames of `source` down the line one by one.

    Decoding is not measured. The peer, where there is one, gets every frame just before the
    line paints into it, so that both meet the same moments of the machine.

    Args:
        source: is opened and closed here.
        line: as stages.Line.
        frames: to measure; fewer where the source ends before.
        warm_up: frames before them, which are not measured.
        peer: None = no comparison.

    Raises:
        SourceError: the source cannot be opened or read, or has no frame beyond the warm-up.
    """
    samples: list[_Sample] = []
    with source:
        while len(samples) < warm_up + frames and (frame := source.read()) is not None:
            samples.append(_measure_frame(frame, line, peer))
    if len(samples) <= warm_up:
        raise SourceError(
            f"{source.name} has {len(samples)} frames; the first {warm_up} only warm up. Name a longer source."
        )
    return _sum_up(samples[warm_up:], peer)


def _measure_frame(frame: Frame, line: Callable[[Frame], Scene], peer: Peer | None) -> _Sample:
    peer_milliseconds = peer.measure(frame) if peer is not None else 0.0
    start = time.perf_counter()
    scene = line(frame)
    milliseconds = 1000 * (time.perf_counter() - start)
    return _Sample(milliseconds, peer_milliseconds, scene.times, len(scene.faces), frame.size_wh)


def _sum_up(samples: Sequence[_Sample], peer: Peer | None) -> BenchReport:
    total = _spread("total", [sample.milliseconds for sample in samples])
    names = [time.name for time in samples[0].times]
    stages = tuple(
        _spread(name, [sample.times[place].milliseconds for sample in samples]) for place, name in enumerate(names)
    )
    peer_report = None
    if peer is not None:
        peer_total = _spread("total", [sample.peer_milliseconds for sample in samples])
        peer_report = PeerReport(peer.name, peer_total, peer_total.p50_ms / total.p50_ms)
    return BenchReport(
        frames=len(samples),
        fps=1000 * len(samples) / sum(sample.milliseconds for sample in samples),
        total=total,
        stages=stages,
        peak_rss_mb=peak_memory_mb(),
        faces=float(np.mean([sample.faces for sample in samples])),
        size_wh=samples[-1].size_wh,
        peer=peer_report,
    )


def _spread(name: str, milliseconds: Sequence[float]) -> StageSummary:
    return StageSummary(name, percentile(milliseconds, 0.50), percentile(milliseconds, 0.95))
