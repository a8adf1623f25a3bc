"""Tests that files run at their own pace, as if they were cameras."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.errors import SourceError
from masquerade.pipeline.sources import Demo, ImageFiles, Paced, paced
from masquerade.pipeline.sources.source import REST_SECONDS
from masquerade.pipeline.sources.videos.video_file import VideoFile
from masquerade.values import Frame

from tests.masquerade.pipeline.sources.clips import grey, write_clip
from tests.virtual_clock import VirtualClock

LONG = 10.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> VirtualClock:
    return VirtualClock(monkeypatch, paced)


def clip(folder: Path, moments_ms: list[int]) -> VideoFile:
    images = [grey(20 * i, (32, 32)) for i in range(len(moments_ms))]
    return VideoFile(write_clip(folder / "clip.mp4", images, moments_ms))


def read_all(source: Paced) -> list[Frame]:
    frames = []
    with source:
        while (frame := source.read()) is not None:
            frames.append(frame)
    return frames


def test_frames_come_at_their_own_moments(tmp_path: Path, clock: VirtualClock) -> None:
    moments_ms = [0, 40, 80, 300, 340, 380]
    began = clock.now
    frames = read_all(Paced(clip(tmp_path, moments_ms)))
    expected = [began + moment_ms / 1000 for moment_ms in moments_ms]
    assert [frame.taken_at for frame in frames] == pytest.approx(expected, abs=0.001)


def test_first_frame_comes_at_once(tmp_path: Path, clock: VirtualClock) -> None:
    with Paced(clip(tmp_path, [5000, 5040])) as source:
        began = clock.now
        frame = source.read()
        assert frame is not None
        assert frame.taken_at == began


@pytest.mark.usefixtures("clock")
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
    moments = [frame.taken_at - frames[0].taken_at for frame in frames]
    assert moments == pytest.approx([0.04 * place for place in range(8)], abs=0.001)


@pytest.mark.parametrize(("reading_seconds", "share"), [(0.005, 1 / 3), (0.020, 0.0)], ids=["quick", "slow"])
def test_a_quick_read_leaves_a_third_of_the_pause_to_the_frame_before(
    clock: VirtualClock, reading_seconds: float, share: float
) -> None:
    """A slow one begins at once, else the next frame would come late."""
    read_at: list[float] = []

    class Watched(Demo):
        def read(self) -> Frame | None:
            read_at.append(clock.now)
            clock.advance(reading_seconds)
            return super().read()

    with Paced(Watched((64, 36))) as source:
        given_at = [frame.taken_at for _ in range(5) if (frame := source.read()) is not None]
    pauses = [read - given for read, given in zip(read_at[1:], given_at[:-1], strict=True)]
    assert pauses == pytest.approx([share / 30] * 4, abs=0.001)
    assert np.diff(given_at) == pytest.approx([1 / 30] * 4, abs=0.001)


def test_close_wakes_a_read_that_waits(tmp_path: Path) -> None:
    with Paced(clip(tmp_path, [0, 60_000])) as source:
        source.read()
        read: list[Frame | None] = []
        reader = threading.Thread(target=lambda: read.append(source.read()))
        reader.start()
        source.close()
        reader.join(LONG)
        assert read == [None]


def test_standing_image_is_given_again_and_again_unpainted(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "still.png"
    path.write_bytes(cv2.imencode(".png", grey(90, (32, 32)))[1].tobytes())
    frames = []
    began = clock.now
    with Paced(ImageFiles([path]), loop=True) as source:
        for _ in range(10):
            frame = source.read()
            assert frame is not None
            assert np.unique(frame.pixels).tolist() == [90, 255]
            frame.pixels[:] = 0  # as the filters paint into it
            frames.append(frame)
        assert source.frames_per_second == pytest.approx(30)
    expected = [began + place / 30 for place in range(10)]
    assert [frame.taken_at for frame in frames] == pytest.approx(expected, abs=0.001)


def test_file_goes_on_after_a_long_pause_without_racing(clock: VirtualClock) -> None:
    """The computer sleeps for an hour between two frames: only the clock knows."""
    with Paced(Demo((64, 36))) as source:
        source.read()
        clock.advance(3600)
        moments = [frame.taken_at for _ in range(7) if (frame := source.read()) is not None]
    assert np.diff(moments) == pytest.approx([1 / 30] * 6, abs=0.001)


def test_error_at_open_is_that_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"), Paced(VideoFile(tmp_path / "none.mp4")):
        pass


def test_paced_source_has_the_name_of_its_file(tmp_path: Path) -> None:
    source = Paced(clip(tmp_path, [0, 40]))
    assert source.name == "clip.mp4"
    assert source.live


def test_a_resting_source_stands_before_each_frame(clock: VirtualClock) -> None:
    with Paced(Demo((64, 36)), loop=True) as source:
        source.read()
        source.rest(True)
        clock.rests.clear()
        for _ in range(3):
            source.read()
        assert clock.rests.count(REST_SECONDS) == 3


@pytest.mark.parametrize("end", ["rest", "close"])
def test_a_source_at_rest_wakes_at_once(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paced, "REST_SECONDS", 10 * LONG)
    with Paced(Demo((64, 36)), loop=True) as source:
        assert source.read() is not None
        source.rest(True)
        read: list[Frame | None] = []
        reader = threading.Thread(target=lambda: read.append(source.read()))
        reader.start()
        if end == "rest":
            source.rest(False)
        else:
            source.close()
        reader.join(LONG)
        assert [frame is None for frame in read] == [end == "close"]
        source.close()
        source.rest(True)
        assert source.read() is None


def test_a_video_that_is_heard_does_not_rest(tmp_path: Path, clock: VirtualClock) -> None:
    """Else image and sound would part."""
    source = Paced(clip(tmp_path, [0, 40, 80, 120]), follower=Followed())
    source.rest(True)
    frames = read_all(source)
    assert frames[-1].taken_at - frames[0].taken_at == pytest.approx(0.12, abs=0.001)
    assert max(clock.rests) < REST_SECONDS


class Followed:
    """Goes along with a file, as its sound does."""

    def begin(self, file_seconds: float, moment: float) -> None:
        """Hears nothing."""

    def end(self) -> None:
        """Stops nothing."""
