import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest
from masquerade.errors import RecordingError
from masquerade.studio.microphone.live_sound import LiveSound
from masquerade.studio.microphone.resampler import Samples
from masquerade.studio.recording.recorder import Recorder, RecordingReport
from masquerade.values import Frame

from tests.masquerade.studio.flashes import flashes_and_sounds

_SIZE_WH = (160, 90)
_CLAP_EVERY = 1.0


class _Room:
    """A flash and a clap each second, seen by a camera and heard by a microphone with a clock of its own.

    Frames and blocks are made from the times that they have, so that a minute is recorded in a second.
    """

    channels, level, muted = 1, 0.0, False

    def __init__(self, rate: int = 48_000, drift: float = 0.0, gone_at: float = float("inf")) -> None:
        self.rate, self._drift, self._gone_at = rate, drift, gone_at
        self._random = np.random.default_rng(3)
        self._blocks: list[tuple[Samples, float]] = []
        self._guard = threading.Lock()
        self._sample = 0
        self.lost = self.closed = False
        self.start = time.monotonic()

    def take(self) -> list[tuple[Samples, float]]:
        with self._guard:
            blocks, self._blocks = self._blocks, []
        return blocks

    def close(self) -> None:
        self.closed = True

    def frame(self, index: int, seconds: float) -> Frame:
        pixels = np.zeros((_SIZE_WH[1], _SIZE_WH[0], 4), np.uint8)
        pixels[..., 3] = 255
        if seconds % _CLAP_EVERY < 0.1 and seconds > 0.5:
            pixels[..., :3] = 255
        return Frame(pixels, index, self.start + seconds)

    def listen_until(self, seconds: float) -> None:
        """Adds the blocks that are complete by then; the microphone has been on since before the video."""
        if seconds >= self._gone_at:
            self.lost = True
            return
        block = self.rate // 100
        while True:
            times = -0.3 + (self._sample + np.arange(block)) / self.rate * (1 + self._drift)
            if times[-1] > seconds:
                return
            loud = (times % _CLAP_EVERY < 0.05) & (times > 0.5)
            samples = np.where(loud, 0.8 * np.sin(2 * np.pi * 1000 * times), 0.0).astype(np.float32)[:, None]
            late = abs(self._random.normal(0, 0.003))
            with self._guard:
                self._blocks.append((samples, self.start + times[0] + late))
            self._sample += block


def _record(path: Path, room: _Room, seconds: float) -> tuple[RecordingReport, list[RecordingError]]:
    errors: list[RecordingError] = []
    recorder = Recorder(path, errors.append, sound=LiveSound(room))
    for index in range(round(seconds * 30)):
        room.listen_until(index / 30 + 0.05)
        recorder.offer(room.frame(index, index / 30))
        # The queue is as long as a live one's: wait for its thread.
        while not recorder._frames.empty():
            time.sleep(0.0005)
    return recorder.stop(at=room.start + seconds), errors


@pytest.mark.parametrize(("rate", "drift"), [(48_000, 0.0), (48_000, 5e-4), (44_100, -3e-4)])
def test_claps_stay_at_their_flashes(tmp_path: Path, rate: int, drift: float) -> None:
    room = _Room(rate, drift)
    report, errors = _record(tmp_path / "take.mp4", room, 40)
    assert not errors
    assert room.closed
    assert report.silent_seconds == 0
    flashes, claps = flashes_and_sounds(report.path, loud=0.3)
    assert len(flashes) == len(claps) == 39
    offsets = np.array(claps) - np.array(flashes)
    # Without drift correction the last clap would be 20 ms off; the bound for people is 40 ms.
    assert np.abs(offsets).max() < 0.012
    with av.open(str(report.path)) as file:
        sound, image = file.streams.audio[0], file.streams.video[0]
        assert (sound.codec_context.name, sound.rate) == ("aac", 48_000)
        assert float(file.duration or 0) / av.time_base == pytest.approx(40, abs=0.1)
        first = next(packet for packet in file.demux(sound))
        # The encoder's priming samples lie before 0.
        assert first.pts == -1024
        assert image.start_time == 0


def test_a_microphone_that_is_pulled_out_leaves_silence_and_the_video_goes_on(tmp_path: Path) -> None:
    report, errors = _record(tmp_path / "take.mp4", _Room(gone_at=3.0), 8)
    assert not errors
    assert report.frames == 240
    assert report.silent_seconds == pytest.approx(5, abs=0.4)
    _, claps = flashes_and_sounds(report.path, loud=0.3)
    assert [round(clap) for clap in claps] == [1, 2]
    with av.open(str(report.path)) as file:
        assert float(file.duration or 0) / av.time_base == pytest.approx(8, abs=0.1)


def test_a_pause_is_left_out_of_image_and_sound(tmp_path: Path) -> None:
    room = _Room()
    errors: list[RecordingError] = []
    recorder = Recorder(tmp_path / "take.mp4", errors.append, sound=LiveSound(room))
    for index in range(297):
        if index in (100, 200):
            recorder.pause()
        if index in (160, 250):
            recorder.resume()
        room.listen_until(index / 30 + 0.05)
        recorder.offer(room.frame(index, index / 30))
        while not recorder._frames.empty():
            time.sleep(0.0005)
    report = recorder.stop(at=room.start + 9.9)
    assert not errors
    assert (report.frames, report.dropped) == (187, 0)
    assert report.seconds == pytest.approx(187 / 30, abs=0.05)
    flashes, claps = flashes_and_sounds(report.path, loud=0.3)
    # At 1, 2, 3 s; 6 is 4 s into the file; 9 is at 9 - 2 - 5/3 s.
    assert np.abs(np.array(flashes) - (1, 2, 3, 4, 9 - 2 - 5 / 3)).max() < 0.05
    assert len(claps) == len(flashes)
    assert np.abs(np.array(claps) - flashes).max() < 0.03


def test_a_recording_that_ends_in_a_pause_ends_where_it_began(tmp_path: Path) -> None:
    room = _Room()
    recorder = Recorder(tmp_path / "take.mp4", lambda error: None)
    for index in range(120):
        if index == 60:
            recorder.pause()
        recorder.offer(room.frame(index, index / 30))
        while not recorder._frames.empty():
            time.sleep(0.0005)
    report = recorder.stop()
    assert (report.frames, report.dropped) == (60, 0)
    assert report.seconds == pytest.approx(2, abs=0.05)


def test_a_recording_that_is_killed_plays_with_its_sound(tmp_path: Path) -> None:
    room = _Room()
    errors: list[RecordingError] = []
    recorder = Recorder(tmp_path / "take.mp4", errors.append, sound=LiveSound(room))
    for index in range(150):
        room.listen_until(index / 30 + 0.05)
        recorder.offer(room.frame(index, index / 30))
        while not recorder._frames.empty():
            time.sleep(0.0005)
    # What lies on the disk now is what a killed program leaves.
    copy = tmp_path / "killed.mp4"
    copy.write_bytes(recorder.path.read_bytes())
    recorder.stop(at=room.start + 5)
    flashes, claps = flashes_and_sounds(copy, loud=0.3)
    assert len(flashes) >= 2
    assert len(claps) >= 2
    assert abs(claps[0] - flashes[0]) < 0.012
