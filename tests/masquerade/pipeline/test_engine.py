"""Tests that the engine ends in every way it can, tells it once, and leaves nothing running."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import numpy as np
import pytest
from masquerade.errors import AppError, SourceError
from masquerade.pipeline.engine import Engine
from masquerade.values import Frame, Scene

LONG = 10.0


class ScriptedSource:
    """Gives `count` frames (None = without end) and then ends, or does at a step what the test wants."""

    name = "script"
    live = True
    frames_per_second = 0.0
    frame_count = None

    def __init__(self, count: int | None = None, at_open: Exception | None = None, at_read: Exception | None = None):
        self.count, self.at_open, self.at_read = count, at_open, at_read
        self.closed = threading.Event()
        self.is_open = False
        self.times_open = 0
        self._index = 0

    def __enter__(self) -> Self:
        if self.at_open:
            raise self.at_open
        self.is_open = True
        self.times_open += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_open = False

    def read(self) -> Frame | None:
        if self._index == self.count:
            if self.at_read:
                raise self.at_read
            return None
        frame = Frame(np.zeros((2, 2, 4), np.uint8), self._index, float(self._index))
        self._index += 1
        return frame

    def close(self) -> None:
        self.closed.set()


class SilentSource(ScriptedSource):
    """Waits in `read` until it is closed, as a camera that sends nothing."""

    def read(self) -> Frame | None:
        self.closed.wait(LONG)
        return None


class HungSource(ScriptedSource):
    """Waits in `read` for ever, whatever is closed, as a camera with a bad driver."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = threading.Event()
        self.released = threading.Event()

    def read(self) -> Frame | None:
        self.reading.set()
        self.released.wait(LONG)
        return None


class Ending:
    """Receives `on_end`; waits for it and keeps every call."""

    def __init__(self) -> None:
        self.calls: list[AppError | None] = []
        self._reported = threading.Event()

    def __call__(self, error: AppError | None) -> None:
        self.calls.append(error)
        self._reported.set()

    def wait(self) -> AppError | None:
        assert self._reported.wait(LONG), "the end was not reported"
        return self.calls[0]


def nothing(scene: Scene) -> None:
    """Takes a scene and forgets it."""


def run_to_end(
    source: ScriptedSource,
    line: Callable[[Frame], Scene] = Scene,
    on_scene: Callable[[Scene], None] = nothing,
) -> list[AppError | None]:
    ending = Ending()
    engine = Engine(source, line, on_scene, ending)
    engine.start()
    ending.wait()
    engine.stop()
    engine.stop()
    assert not source.is_open
    return ending.calls


def test_last_frame_of_a_file_reaches_the_end_of_the_line() -> None:
    indices: list[int] = []
    assert run_to_end(ScriptedSource(500), on_scene=lambda scene: indices.append(scene.frame.index)) == [None]
    assert indices[-1] == 499
    assert indices == sorted(indices)


def test_the_pause_comes_after_every_scene_on_the_process_thread() -> None:
    reported: list[str] = []
    ending = Ending()
    engine = Engine(
        ScriptedSource(1),
        Scene,
        lambda scene: reported.append("scene"),
        ending,
        lambda: reported.append(threading.current_thread().name),
    )
    engine.start()
    assert ending.wait() is None
    engine.stop()
    assert reported == ["scene", "process"]


def test_one_still_image_is_shown() -> None:
    seen: list[Scene] = []
    assert run_to_end(ScriptedSource(1), on_scene=seen.append) == [None]
    assert len(seen) == 1


def test_empty_source_ends_at_once() -> None:
    assert run_to_end(ScriptedSource(0)) == [None]


@pytest.mark.parametrize("where", ["at_open", "at_read"])
def test_an_error_of_the_source_is_reported_once_unchanged(where: str) -> None:
    error = SourceError("the plug was pulled")
    assert run_to_end(ScriptedSource(3, **{where: error})) == [error]


def test_error_in_the_line_ends_the_engine_and_closes_the_camera() -> None:
    def line(frame: Frame) -> Scene:
        raise AppError("the model is broken")

    calls = run_to_end(ScriptedSource(), line)
    assert [str(call) for call in calls] == ["the model is broken"]


def test_error_in_on_scene_ends_the_engine() -> None:
    def on_scene(scene: Scene) -> None:
        raise SourceError("no place to show it")

    assert [str(call) for call in run_to_end(ScriptedSource(), on_scene=on_scene)] == ["no place to show it"]


@pytest.mark.parametrize("place", ["open", "read", "line", "on_scene"])
def test_an_unknown_error_is_logged_with_its_traceback_and_reported_as_an_app_error(
    place: str, caplog: pytest.LogCaptureFixture
) -> None:
    error = ZeroDivisionError("by nought")

    def fail(value: object) -> Scene:
        raise error

    source = ScriptedSource(
        3 if place == "read" else None,
        at_open=error if place == "open" else None,
        at_read=error if place == "read" else None,
    )
    with caplog.at_level(logging.ERROR):
        (reported,) = run_to_end(source, fail if place == "line" else Scene, fail if place == "on_scene" else nothing)
    assert reported is not None
    assert "ZeroDivisionError: by nought" in str(reported)
    assert reported.__cause__ is error
    assert caplog.records[0].exc_info is not None


def test_the_first_of_two_errors_is_reported() -> None:
    line_is_busy, source_has_failed = threading.Event(), threading.Event()

    class BrokenSource(ScriptedSource):
        def read(self) -> Frame | None:
            if self._index:
                line_is_busy.wait(LONG)
            return super().read()

        def __exit__(self, *error: object) -> None:
            self.is_open = False

    def line(frame: Frame) -> Scene:
        line_is_busy.set()
        source_has_failed.wait(LONG)
        raise AppError("the line, later")

    ending = Ending()
    engine = Engine(BrokenSource(1, at_read=SourceError("the source, first")), line, nothing, ending)
    engine.start()
    assert line_is_busy.wait(LONG)
    for thread in threading.enumerate():
        if thread.name == "capture":
            thread.join(LONG)
    source_has_failed.set()
    assert str(ending.wait()) == "the source, first"
    engine.stop()
    assert len(ending.calls) == 1


def test_an_error_while_stopping_is_not_reported() -> None:
    class Closing(SilentSource):
        def read(self) -> Frame | None:
            super().read()
            raise SourceError("the device is closed")

    ending = Ending()
    engine = Engine(Closing(), Scene, nothing, ending)
    engine.start()
    engine.stop()
    assert ending.calls == [None]


def test_stop_wakes_a_waiting_source_and_returns_after_the_end_was_reported() -> None:
    ending = Ending()
    engine = Engine(SilentSource(), Scene, nothing, ending)
    engine.start()
    engine.stop(LONG)
    assert ending.calls == [None]


def test_hung_read_does_not_hang_stop(caplog: pytest.LogCaptureFixture) -> None:
    source, ending = HungSource(), Ending()
    engine = Engine(source, Scene, nothing, ending)
    engine.start()
    assert source.reading.wait(LONG)
    engine.stop(timeout=0.1)
    assert "did not end" in caplog.text
    # The end is reported even so, once the process thread has given up the hung one.
    assert ending.wait() is None
    source.released.set()
    engine.stop()


def test_start_does_not_wait_until_the_source_is_open() -> None:
    """The window does, and a driver may take ten seconds."""

    class Slow(ScriptedSource):
        has_started = threading.Event()

        def __enter__(self) -> Self:
            assert self.has_started.wait(LONG)
            return super().__enter__()

    source, ending = Slow(count=1), Ending()
    engine = Engine(source, Scene, nothing, ending)
    engine.start()
    source.has_started.set()
    assert ending.wait() is None
    engine.stop()


def test_stop_without_start_reports_nothing() -> None:
    ending = Ending()
    engine = Engine(ScriptedSource(), Scene, nothing, ending)
    engine.stop()
    assert ending.calls == []


def test_source_is_not_opened_by_an_engine_that_was_stopped_first() -> None:
    source, ending = ScriptedSource(), Ending()
    engine = Engine(source, Scene, nothing, ending)
    engine.stop()
    engine.start()
    assert ending.wait() is None
    engine.stop()
    assert source.times_open == 0


def test_stop_may_be_called_from_on_scene_and_from_on_end() -> None:
    ending = Ending()

    def on_end(error: AppError | None) -> None:
        engine.stop()
        ending(error)

    engine = Engine(ScriptedSource(), Scene, lambda scene: engine.stop(), on_end)
    engine.start()
    assert ending.wait() is None
    engine.stop()


def test_stop_may_be_called_by_many_threads_at_once() -> None:
    ending = Ending()
    engine = Engine(ScriptedSource(), Scene, nothing, ending)
    engine.start()
    stoppers = [threading.Thread(target=engine.stop) for _ in range(8)]
    for stopper in stoppers:
        stopper.start()
    for stopper in stoppers:
        stopper.join(LONG)
    assert ending.calls == [None]


def test_slow_line_sees_the_newest_frame() -> None:
    all_read = threading.Event()

    class ToldWhenRead(ScriptedSource):
        def __exit__(self, *error: object) -> None:
            all_read.set()

    seen: list[int] = []

    def line(frame: Frame) -> Scene:
        all_read.wait(LONG)
        seen.append(frame.index)
        return Scene(frame)

    ending = Ending()
    engine = Engine(ToldWhenRead(100), line, nothing, ending)
    engine.start()
    ending.wait()
    engine.stop()
    assert seen[-1] == 99
    assert len(seen) <= 3
    assert engine.dropped == 100 - len(seen)


def test_the_camera_is_closed_before_the_end_is_reported() -> None:
    source = ScriptedSource()
    was_open: list[bool] = []
    reported = threading.Event()

    def line(frame: Frame) -> Scene:
        raise AppError("broken")

    def on_end(error: AppError | None) -> None:
        was_open.append(source.is_open)
        reported.set()

    engine = Engine(source, line, nothing, on_end)
    engine.start()
    assert reported.wait(LONG)
    engine.stop()
    assert was_open == [False]


def test_an_error_in_on_end_is_logged_and_does_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    def on_end(error: AppError | None) -> None:
        raise RuntimeError("the window is gone")

    engine = Engine(ScriptedSource(1), Scene, nothing, on_end)
    engine.start()
    engine.stop()
    assert "the window is gone" in caplog.text


def test_a_resting_engine_leaves_out_the_frames_between() -> None:
    """As of a video that has to run on: all frames are read, and few are filtered."""
    seen: list[int] = []
    over = threading.Event()
    source = ScriptedSource(count=200)

    def line(frame: Frame) -> Scene:
        seen.append(frame.index)
        return Scene(frame)

    engine = Engine(source, line, lambda _: None, lambda _: over.set())
    engine.rest(True)
    engine.start()
    assert over.wait(LONG)
    engine.stop()
    assert seen[0] == 0
    # Not because the line was too slow for them.
    assert len(seen) + engine.dropped < 10
    assert source._index == 200
