"""Plays a video as the source and records it: its sound is in the recording, in time, round after round."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from masquerade.compose import build_source
from masquerade.pipeline.sources.paced import Paced
from masquerade.studio.clips.source_sound import SourceSound
from masquerade.studio.clips.speaker import Mixer, Speaker
from masquerade.studio.microphone.live_sound import LiveSound
from masquerade.studio.recording.recorder import Recorder

from tests.masquerade.studio.flashes import flashes_and_sounds
from tests.masquerade.studio.sample_clips import make_clip


class _Output:
    def __init__(self) -> None:
        self.closed = False

    def close(self, ignore_errors: bool) -> None:
        self.closed = True


def test_a_recording_has_the_sound_of_the_video_that_plays(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "party.mp4", 2.0)
    output = _Output()
    speaker = Speaker(output, Mixer())
    sound = SourceSound(lambda: speaker)
    with build_source(str(clip), loop=True, sound=sound) as source:
        first = source.read()
        assert first is not None
        assert sound.has_sound
        recorder = Recorder(tmp_path / "take.mp4", lambda error: None, sound=LiveSound(sound.capture()))
        begun = time.monotonic()
        while time.monotonic() - begun < 5.5:
            frame = source.read()
            assert frame is not None
            recorder.offer(frame)
        # What the output is given for this moment is what the file has here.
        heard = np.zeros((480, 2), np.float32)
        speaker.fill(heard, time.monotonic())
        report = recorder.stop()
    assert not sound.has_sound
    assert not [thread for thread in threading.enumerate() if thread.name == "file sound"]
    flashes, tones = flashes_and_sounds(report.path, loud=0.2)
    # The flash of every round, at 1 s of each 2 s.
    assert len(flashes) == len(tones) >= 2
    # A frame may come late on a busy machine, though hardly each time; sound never does.
    late = np.subtract(flashes, tones)
    assert -0.04 < late.min() < 0.1
    assert np.diff(tones) == pytest.approx(2.0, abs=0.1)
    assert report.silent_seconds < 0.3
    sound.close()
    assert output.closed


def test_a_video_without_sound_and_a_camera_leave_the_microphone_alone(tmp_path: Path) -> None:
    sound = SourceSound(lambda: None)
    for text in (str(make_clip(tmp_path / "silent.mp4", 1.0, sound=None)), "demo"):
        with build_source(text, loop=True, sound=sound) as source:
            assert source.read() is not None
            assert not sound.has_sound


def test_muting_does_not_mute_recordings() -> None:
    speaker = Speaker(_Output(), Mixer(1000))
    sound = SourceSound(lambda: speaker)
    capture = sound.capture()
    sound.mute(True)
    now = time.monotonic()
    sound.take(np.ones((96_000, 2), np.float32), now - 0.5)
    heard = np.zeros((10, 2), np.float32)
    speaker.fill(heard, now)
    assert not heard.any()
    sound.mute(False)
    speaker.fill(heard, now + 0.01)
    assert heard.all()
    time.sleep(0.05)
    ((samples, stamp),) = capture.take()
    assert samples.any()
    assert stamp == pytest.approx(now, abs=0.1)
    capture.close()
    sound.take(np.ones((10, 2), np.float32), now)
    assert capture.level > 0


class _Follower:
    def __init__(self) -> None:
        self.begun: list[tuple[float, float]] = []
        self.ended = 0

    def begin(self, file_seconds: float, moment: float) -> None:
        self.begun.append((file_seconds, moment))

    def end(self) -> None:
        self.ended += 1


def test_the_follower_is_informed_of_every_round_and_the_end(tmp_path: Path) -> None:
    follower = _Follower()
    clip = make_clip(tmp_path / "party.mp4", 0.4, sound=None)
    from masquerade.pipeline.sources.videos.video_file import VideoFile  # noqa: PLC0415 (loads PyAV)

    with Paced(VideoFile(clip), loop=True, follower=follower) as source:
        for _ in range(25):
            assert source.read() is not None
    rounds = [moment for _, moment in follower.begun]
    assert [place for place, _ in follower.begun] == [0.0] * len(rounds)
    assert len(rounds) in (3, 4)
    assert np.diff(rounds) == pytest.approx(0.4, abs=0.05)
    assert follower.ended == 1
