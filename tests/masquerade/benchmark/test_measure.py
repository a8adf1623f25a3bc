"""Tests what the benchmark measures and what it leaves out, on sources that count."""

import tracemalloc
from collections.abc import Callable
from types import TracebackType
from typing import Self

import numpy as np
import pytest
from masquerade.benchmark import measure
from masquerade.benchmark.measure import measure_line
from masquerade.errors import SourceError
from masquerade.values import Frame, Scene, StageTime

from tests.virtual_clock import VirtualClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> VirtualClock:
    return VirtualClock(monkeypatch, measure)


class Grey:
    """A source of `count` grey frames; `reading` is called for each."""

    name = "grey.mp4"
    live = False
    frames_per_second = 30.0
    frame_count = None

    def __init__(self, count: int, reading: Callable[[], None] = lambda: None) -> None:
        self.given = 0
        self._count = count
        self._reading = reading

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def close(self) -> None:
        return

    def read(self) -> Frame | None:
        if self.given == self._count:
            return None
        self._reading()
        self.given += 1
        return Frame(np.full((36, 64, 4), 128, np.uint8), self.given - 1, self.given / 30)


class QuickLine:
    """Takes no time but what `before` and `afterwards` take."""

    def __init__(
        self, before: Callable[[Frame], None] | None = None, afterwards: Callable[[], None] = lambda: None
    ) -> None:
        self._before = before
        self._afterwards = afterwards

    def __call__(self, frame: Frame) -> Scene:
        if self._before is not None:
            self._before(frame)
        return Scene(frame, times=(StageTime("find", 0.25), StageTime("draw", 0.5)))

    def catch_up(self) -> None:
        self._afterwards()


quick_line = QuickLine()


def test_reading_is_left_out_of_the_time(clock: VirtualClock) -> None:
    line = QuickLine(lambda frame: clock.advance(0.002))
    report = measure_line(Grey(40, lambda: clock.advance(0.005)), line, frames=20, warm_up=5)
    assert report.total.p50_ms == pytest.approx(2)
    assert report.fps == pytest.approx(500)


def test_the_stages_come_in_their_order_with_their_own_times() -> None:
    report = measure_line(Grey(20), quick_line, frames=10, warm_up=2)
    assert [(stage.name, stage.p50_ms, stage.p95_ms) for stage in report.stages] == [
        ("find", 0.25, 0.25),
        ("draw", 0.5, 0.5),
    ]
    assert report.size_wh == (64, 36)


def test_the_warm_up_is_not_measured(clock: VirtualClock) -> None:
    source = Grey(100)
    line = QuickLine(lambda frame: clock.advance(0.02 if frame.index < 3 else 0.001))
    report = measure_line(source, line, frames=10, warm_up=3)
    assert report.frames == 10
    assert source.given == 13
    assert report.total.p95_ms == pytest.approx(1)


def test_a_short_source_is_measured_to_its_end() -> None:
    assert measure_line(Grey(8), quick_line, frames=100, warm_up=3).frames == 5


def test_a_source_that_ends_while_warming_up_is_an_error() -> None:
    with pytest.raises(SourceError, match=r"grey\.mp4 has 3 frames; the first 3 only warm up"):
        measure_line(Grey(3), quick_line, frames=10, warm_up=3)


def test_the_peer_sees_each_frame_before_it_is_painted_and_the_ratio_is_of_the_medians() -> None:
    class CountingPeer:
        name = "counter"

        def __init__(self) -> None:
            self.seen: list[tuple[int, int]] = []

        def measure(self, frame: Frame) -> float:
            self.seen.append((frame.index, int(frame.pixels[0, 0, 0])))
            return 50.0

    def paint(frame: Frame) -> None:
        frame.pixels[:] = 0

    peer = CountingPeer()
    report = measure_line(Grey(6), QuickLine(paint), frames=4, warm_up=2, peer=peer)
    assert peer.seen == [(index, 128) for index in range(6)]
    assert report.peer is not None
    assert report.peer.ratio == pytest.approx(50.0 / report.total.p50_ms)
    assert report.peer.ratio_p95 == pytest.approx(50.0 / report.total.p95_ms)


def test_postponed_work_has_its_own_row_and_counts_in_the_frame_rate(clock: VirtualClock) -> None:
    line = QuickLine(lambda frame: clock.advance(0.005), lambda: clock.advance(0.015))
    report = measure_line(Grey(12), line, frames=10, warm_up=2)
    assert report.total.p50_ms == pytest.approx(5)
    assert report.afterwards.p50_ms == pytest.approx(15)
    assert report.fps == pytest.approx(50)


def test_decoding_is_measured_on_the_same_frames() -> None:
    assert measure_line(Grey(12), quick_line, frames=10, warm_up=2).decode.p50_ms > 0


def test_a_measured_frame_takes_a_few_bytes() -> None:
    tracemalloc.start()
    try:
        measure_line(Grey(3000), quick_line, frames=2900, warm_up=100)
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Five numbers a frame, and once more as lists at the end.
    assert most_bytes < 3000 * 5 * 8 * 8
