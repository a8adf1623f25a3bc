"""Measures the line on decoded frames: milliseconds of each stage and of all, memory, and a peer on the same frames."""

import time
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import cv2
import numpy as np

from masquerade.benchmark.own_process import MemoryUse, memory_use
from masquerade.errors import SourceError
from masquerade.pipeline.sources.mjpeg import MjpegDecoder
from masquerade.pipeline.sources.source import Source
from masquerade.pipeline.timing import StageSummary, percentile
from masquerade.values import Frame, Scene

# Decoded at a time: 22 MB at 720p.
_BLOCK_FRAMES = 6
# 720p has some 60 to 90 kB then.
_WEBCAM_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 80)


class Peer(Protocol):
    """Another program that finds landmarks, to compare with our line."""

    name: str

    def measure(self, frame: Frame) -> float:
        """Return the milliseconds that the peer takes for `frame`, which it does not change."""
        ...


@dataclass(frozen=True, slots=True)
class PeerReport:
    """The peer's times on the same frames.

    Attributes:
        name: with its version.
        total: milliseconds of a frame.
        ratio: the peer's median over the line's; above 1 the line is faster.
        ratio_p95: the same of the 95 %.
    """

    name: str
    total: StageSummary
    ratio: float
    ratio_p95: float


@dataclass(frozen=True, slots=True)
class BenchReport:
    """What a run of `measure_line` found.

    Attributes:
        frames: that were measured, the warm-up not among them.
        fps: frames that the line alone would do in a second, with what it does afterwards.
        total: everything between a decoded frame and a drawn one.
        afterwards: what the line put off until the drawn frame was on its way, mostly the search for new faces.
        decode: of the same frame as a webcam sends it, a JPEG.
        stages: in the order in which they run.
        memory: of this process, the decoder included.
        faces: mean number of faces in a frame.
        size_wh: of the last frame, pixels.
        peer: None where none was asked for.
    """

    frames: int
    fps: float
    total: StageSummary
    afterwards: StageSummary
    decode: StageSummary
    stages: tuple[StageSummary, ...]
    memory: MemoryUse
    faces: float
    size_wh: tuple[int, int]
    peer: PeerReport | None = None


@dataclass(frozen=True, slots=True)
class FilterReport:
    """How long one filter takes to draw.

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


@dataclass(frozen=True, slots=True)
class _Taken:
    """Milliseconds of one frame."""

    line: float
    afterwards: float
    decode: float
    peer: float


class _Samples:
    """What is kept of the frames: bare numbers, never an image, or their memory would be what is measured."""

    def __init__(self) -> None:
        self.stages: tuple[str, ...] = ()
        self.size_wh = (0, 0)
        self.count = 0
        self._numbers = array("d")

    def add(self, taken: _Taken, scene: Scene) -> None:
        self.stages = tuple(each.name for each in scene.times)
        self.size_wh = scene.frame.size_wh
        self.count += 1
        self._numbers.extend((taken.line, taken.afterwards, taken.decode, taken.peer, len(scene.faces)))
        self._numbers.extend(each.milliseconds for each in scene.times)

    def columns(self, warm_up: int) -> list[list[float]]:
        """Return the fields of _Taken, faces, and the milliseconds of each stage; the warm-up is left out."""
        width = 5 + len(self.stages)
        return [self._numbers[warm_up * width + place :: width].tolist() for place in range(width)]


class BenchLine(Protocol):
    """The line from a frame to its scene, as the window has it."""

    def __call__(self, frame: Frame) -> Scene:
        """Run one frame through all stages."""
        ...

    def catch_up(self) -> None:
        """Run the work that was postponed until the frame was delivered."""
        ...


def measure_line(
    source: Source, line: BenchLine, frames: int, warm_up: int = 30, peer: Peer | None = None
) -> BenchReport:
    """Run the frames of `source` through the line one by one.

    Decoding is measured on the same frames as JPEGs, for itself, and a few frames are read at a
    time: in the app the decoder has a core of its own, here it would empty the caches before
    every single frame. The peer, where there is one, gets the same few just before the line
    paints into them, so that both meet the same moments of the machine.

    Args:
        source: is opened and closed here.
        line: what is measured.
        frames: to measure; fewer where the source ends before.
        warm_up: frames before them, which are not measured.
        peer: None = no comparison.

    Raises:
        SourceError: the source cannot be opened or read, or has no frame beyond the warm-up.
    """
    samples, decoder = _Samples(), MjpegDecoder()
    with source:
        while block := _read_block(source, min(_BLOCK_FRAMES, warm_up + frames - samples.count)):
            decode_milliseconds = [_measure_decoding(frame, decoder) for frame in block]
            peer_milliseconds = [peer.measure(frame) if peer is not None else 0.0 for frame in block]
            for decode, of_peer in zip(decode_milliseconds, peer_milliseconds, strict=True):
                _measure_frame(block.popleft(), line, decode, of_peer, samples)
    if samples.count <= warm_up:
        raise SourceError(
            f"{source.name} has {samples.count} frames; the first {warm_up} only warm up. Name a longer source."
        )
    return _sum_up(samples, warm_up, peer)


def _read_block(source: Source, frames: int) -> deque[Frame]:
    """Return the next frames, fewer at the source's end; none once it has ended."""
    read = iter(source.read, None)
    return deque(islice(read, max(frames, 0)))


def _measure_decoding(frame: Frame, decoder: MjpegDecoder) -> float:
    """Return the milliseconds that the frame takes to decode as the JPEG of a webcam."""
    _, packed = cv2.imencode(".jpg", cv2.cvtColor(frame.pixels, cv2.COLOR_BGRA2BGR), _WEBCAM_JPEG)
    start = time.perf_counter()
    decoder.decode(packed)
    return _milliseconds_since(start)


def _measure_frame(frame: Frame, line: BenchLine, decode: float, of_peer: float, samples: _Samples) -> None:
    start = time.perf_counter()
    scene = line(frame)
    of_line = _milliseconds_since(start)
    start = time.perf_counter()
    line.catch_up()
    samples.add(_Taken(of_line, _milliseconds_since(start), decode, of_peer), scene)


def _milliseconds_since(start: float) -> float:
    return 1000 * (time.perf_counter() - start)


def _sum_up(samples: _Samples, warm_up: int, peer: Peer | None) -> BenchReport:
    memory = memory_use()
    of_line, afterwards, decode, of_peer, faces, *stages = samples.columns(warm_up)
    total = _spread("total", of_line)
    return BenchReport(
        frames=len(of_line),
        fps=1000 * len(of_line) / (sum(of_line) + sum(afterwards)),
        total=total,
        afterwards=_spread("afterwards", afterwards),
        decode=_spread("decode", decode),
        stages=tuple(_spread(name, each) for name, each in zip(samples.stages, stages, strict=True)),
        memory=memory,
        faces=float(np.mean(faces)),
        size_wh=samples.size_wh,
        peer=None if peer is None else _hold_against(peer.name, _spread("total", of_peer), total),
    )


def _hold_against(name: str, peer: StageSummary, line: StageSummary) -> PeerReport:
    return PeerReport(name, peer, peer.p50_ms / line.p50_ms, peer.p95_ms / line.p95_ms)


def _spread(name: str, milliseconds: Sequence[float]) -> StageSummary:
    return StageSummary(name, percentile(milliseconds, 0.50), percentile(milliseconds, 0.95))
