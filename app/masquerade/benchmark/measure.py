"""Measures the line on decoded frames: milliseconds of each stage and of all, memory, and a peer on the same frames."""

import time
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np

from masquerade.benchmark.own_process import MemoryUse, memory_use
from masquerade.errors import SourceError
from masquerade.pipeline.sources.source import Source
from masquerade.pipeline.timing import StageSummary, percentile
from masquerade.values import Frame, Scene

# Decoded at a time: 22 MB at 720p.
_BLOCK_FRAMES = 6


class Peer(Protocol):
    """Another program's way from an image to face points, held against the line."""

    name: str

    def measure(self, frame: Frame) -> float:
        """Return the milliseconds that the peer takes for `frame`, which it does not change."""
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
        memory: of this process, the decoder included.
        faces: mean number of faces in a frame.
        size_wh: of the last frame, pixels.
        peer: None where none was asked for.
    """

    frames: int
    fps: float
    total: StageSummary
    stages: tuple[StageSummary, ...]
    memory: MemoryUse
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
        peer: what the peer took for the same frames; None where none was asked for.
    """

    name: str
    draw: StageSummary
    size_wh: tuple[int, int]
    peer: PeerReport | None = None

    @property
    def peer_share(self) -> float | None:
        """The drawing's median over the peer's: it says more of the code than of the machine."""
        return self.draw.p50_ms / self.peer.total.p50_ms if self.peer is not None else None


class _Samples:
    """What is kept of the frames: bare numbers, never an image, or their memory would be what is measured."""

    def __init__(self) -> None:
        self.stages: tuple[str, ...] = ()
        self.size_wh = (0, 0)
        self.count = 0
        self._numbers = array("d")

    def add(self, milliseconds: float, peer_milliseconds: float, scene: Scene) -> None:
        self.stages = tuple(each.name for each in scene.times)
        self.size_wh = scene.frame.size_wh
        self.count += 1
        self._numbers.extend((milliseconds, peer_milliseconds, len(scene.faces)))
        self._numbers.extend(each.milliseconds for each in scene.times)

    def columns(self, warm_up: int) -> list[list[float]]:
        """Return milliseconds, the peer's milliseconds, faces, and those of each stage; the warm-up is left out."""
        width = 3 + len(self.stages)
        return [self._numbers[warm_up * width + place :: width].tolist() for place in range(width)]


def measure_line(
    source: Source, line: Callable[[Frame], Scene], frames: int, warm_up: int = 30, peer: Peer | None = None
) -> BenchReport:
    """Take the frames of `source` down the line one by one.

    Decoding is not measured, and a few frames are decoded at a time: in the app the decoder
    has a core of its own, here it would empty the caches before every single frame. The
    peer, where there is one, gets the same few just before the line paints into them, so
    that both meet the same moments of the machine.

    Args:
        source: is opened and closed here.
        line: as stages.Line.
        frames: to measure; fewer where the source ends before.
        warm_up: frames before them, which are not measured.
        peer: None = no comparison.

    Raises:
        SourceError: the source cannot be opened or read, or has no frame beyond the warm-up.
    """
    samples = _Samples()
    with source:
        while block := _read_block(source, min(_BLOCK_FRAMES, warm_up + frames - samples.count)):
            peer_milliseconds = [peer.measure(frame) if peer is not None else 0.0 for frame in block]
            for each in peer_milliseconds:
                _measure_frame(block.popleft(), line, each, samples)
    if samples.count <= warm_up:
        raise SourceError(
            f"{source.name} has {samples.count} frames; the first {warm_up} only warm up. Name a longer source."
        )
    return _sum_up(samples, warm_up, peer)


def _read_block(source: Source, frames: int) -> deque[Frame]:
    """Return the next frames, fewer at the source's end; none once it has ended."""
    read = iter(source.read, None)
    return deque(islice(read, max(frames, 0)))


def _measure_frame(frame: Frame, line: Callable[[Frame], Scene], peer_milliseconds: float, samples: _Samples) -> None:
    start = time.perf_counter()
    scene = line(frame)
    milliseconds = 1000 * (time.perf_counter() - start)
    samples.add(milliseconds, peer_milliseconds, scene)


def _sum_up(samples: _Samples, warm_up: int, peer: Peer | None) -> BenchReport:
    memory = memory_use()
    milliseconds, peer_milliseconds, faces, *stages = samples.columns(warm_up)
    total = _spread("total", milliseconds)
    peer_report = None
    if peer is not None:
        peer_total = _spread("total", peer_milliseconds)
        peer_report = PeerReport(peer.name, peer_total, peer_total.p50_ms / total.p50_ms)
    return BenchReport(
        frames=len(milliseconds),
        fps=1000 * len(milliseconds) / sum(milliseconds),
        total=total,
        stages=tuple(_spread(name, each) for name, each in zip(samples.stages, stages, strict=True)),
        memory=memory,
        faces=float(np.mean(faces)),
        size_wh=samples.size_wh,
        peer=peer_report,
    )


def _spread(name: str, milliseconds: Sequence[float]) -> StageSummary:
    return StageSummary(name, percentile(milliseconds, 0.50), percentile(milliseconds, 0.95))
