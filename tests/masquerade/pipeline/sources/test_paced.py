"""Tests that files run at their own pace, as if they were cameras."""

import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.errors import SourceError
from masquerade.pipeline.sources import Demo, ImageFiles, Paced
from masquerade.pipeline.sources.source import REST_SECONDS
from masquerade.pipeline.sources.videos.video_file import VideoFile
from masquerade.values import Frame

from tests.masquerade.pipeline.sources.clips import grey, write_clip

LONG = 10.0
# Nothing may come early; how late depends on what else the computer does.
LATE = 1.0


def clip(folder: Path, moments_ms: list[int]) -> VideoFile:
    images = [grey(20 * i, (32, 32)) for i in range(len(moments_ms))]
    return VideoFile(write_clip(folder / "clip.mp4", images, moments_ms))


def read_all(source: Paced) -> list[Frame]:
    frames = []
    with source:
        while (frame := source.read()) is not None:
            frames.append(frame)
    return frames


def test_frames_come_at_their_own_moments(tmp_path: Path) -> None:
    moments_ms = [0, 40, 80, 300, 340, 380]
    began = time.monotonic()
    frames = read_all(Paced(clip(tmp_path, moments_ms)))
    ended = time.monotonic()
    for moment_ms, frame in zip(moments_ms, frames, strict=True):
        late = frame.taken_at - frames[0].taken_at - moment_ms / 1000
        assert -0.005 < late < LATE
    assert began <= frames[0].taken_at
    assert frames[-1].taken_at <= ended


def test_first_frame_comes_at_once(tmp_path: Path) -> None:
    with Paced(clip(tmp_path, [5000, 5040])) as source:
        began = time.monotonic()
        assert source.read() is not None
        assert time.monotonic() - began < 1.0


def test_loop_goes_on_in_one_rhythm_and_counts_on(tmp_path: Path) -> None:
    frames = []
    with Paced(clip(tmp_path, [0, 40, 80]), loop=True) as source:
        for _ in range(8):
            frame = source.read()
            assert frame is not None
            frames.append(frame)
        assert source.frame_count is None
    assert [frame.index for frame in frames] == list(range(8))
    assert [int(frame.pixels[5, 5, 0]) // 15 for frame in frames] == [0, 1, 2, 0, 1, 2, 0, 1]
    assert -0.005 < frames[-1].taken_at - frames[0].taken_at - 7 * 0.04 < LATE


def test_the_next_frame_is_read_when_the_one_before_has_had_a_third_of_the_pause() -> None:
    read_at: list[float] = []

    class Watched(Demo):
        def read(self) -> Frame | None:
            read_at.append(time.monotonic())
            return super().read()

    with Paced(Watched((64, 36))) as source:
        given_at = [frame.taken_at for _ in range(5) if (frame := source.read()) is not None]
    # A frame that was given late leaves less of the pause, never more.
    assert all(read - given > -0.001 for read, given in zip(read_at[1:], given_at[:-1], strict=True))
    assert max(read - given for read, given in zip(read_at[1:], given_at[:-1], strict=True)) > 1 / 30 / 3 - 0.002


def test_close_wakes_a_read_that_waits(tmp_path: Path) -> None:
    with Paced(clip(tmp_path, [0, 60_000])) as source:
        source.read()
        read: list[Frame | None] = []
        reader = threading.Thread(target=lambda: read.append(source.read()))
        reader.start()
        source.close()
        reader.join(LONG)
        assert read == [None]


def test_standing_image_is_given_again_and_again_unpainted(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    path.write_bytes(cv2.imencode(".png", grey(90, (32, 32)))[1].tobytes())
    frames = []
    with Paced(ImageFiles([path]), loop=True) as source:
        for _ in range(10):
            frame = source.read()
            assert frame is not None
            assert np.unique(frame.pixels).tolist() == [90, 255]
            frame.pixels[:] = 0  # as the filters paint into it
            frames.append(frame)
        assert source.frames_per_second == pytest.approx(30)
    assert -0.005 < frames[-1].taken_at - frames[0].taken_at - 9 / 30 < LATE


def test_file_goes_on_after_a_long_pause_without_racing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The computer sleeps for an hour between two frames: only the clock knows."""
    slept = 0.0
    real = time.monotonic
    monkeypatch.setattr("masquerade.pipeline.sources.paced.time.monotonic", lambda: real() + slept)
    with Paced(Demo((64, 36))) as source:
        source.read()
        slept = 3600.0
        source.read()
        began = real()
        for _ in range(6):
            source.read()
        # Racing would take no time at all, and not noticing the sleep an hour.
        assert -0.06 < real() - began - 6 / 30 < LATE


def test_error_at_open_is_that_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"), Paced(VideoFile(tmp_path / "none.mp4")):
        pass


def test_paced_source_has_the_name_of_its_file(tmp_path: Path) -> None:
    source = Paced(clip(tmp_path, [0, 40]))
    assert source.name == "clip.mp4"
    assert source.live


def test_a_resting_source_stands_before_each_frame_and_wakes_at_once() -> None:
    with Paced(Demo((64, 36)), loop=True) as source:
        assert source.read() is not None
        source.rest(True)
        moments = [frame.taken_at for _ in range(3) if (frame := source.read()) is not None]
        assert moments[1] - moments[0] >= 0.9 * REST_SECONDS
        waker = threading.Timer(0.05, lambda: source.rest(False))
        waker.start()
        began_at = time.monotonic()
        assert source.read() is not None
        assert time.monotonic() - began_at < REST_SECONDS
        waker.join()
        source.rest(True)
        source.close()
        assert source.read() is None


def test_a_video_that_is_heard_does_not_rest(tmp_path: Path) -> None:
    """Else image and sound would part."""
    moments_ms = [0, 40, 80, 120]
    source = Paced(clip(tmp_path, moments_ms), follower=Followed())
    source.rest(True)
    frames = read_all(source)
    assert len(frames) == 4
    assert frames[-1].taken_at - frames[0].taken_at < REST_SECONDS


class Followed:
    """Goes along with a file, as its sound does."""

    def begin(self, file_seconds: float, moment: float) -> None:
        """Hears nothing."""

    def end(self) -> None:
        """Stops nothing."""
