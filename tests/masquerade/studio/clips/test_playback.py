"""Plays clips: sound and image at the same moment, silence where there is none, an end that is waited for."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import AppError
from masquerade.studio.clips.file_sound import SOUND_RATE, Samples
from masquerade.studio.clips.options import Stretch
from masquerade.studio.clips.playback import Playback
from masquerade.studio.clips.speaker import Mixer, open_speaker
from masquerade.values import Frame

from tests.masquerade.studio.sample_clips import make_clip

_LONG_SECONDS = 20


class _Ear:
    """A speaker that notes what is to be heard when."""

    def __init__(self) -> None:
        self.muted = False
        self.blocks: list[tuple[Samples, float]] = []
        self.cleared = 0

    def play(self, samples: Samples, due: float) -> None:
        assert due > time.monotonic() - 0.5
        self.blocks.append((samples, due))

    def clear(self) -> None:
        self.cleared += 1

    def heard_at(self) -> float:
        for samples, due in self.blocks:
            loud = np.flatnonzero(np.abs(samples[:, 0]) > 0.3)
            if loud.size:
                return due + loud[0] / SOUND_RATE
        raise AssertionError("nothing was heard")


def _play(path: Path, stretch: Stretch, ear: _Ear | None = None) -> tuple[list[tuple[float, Frame]], AppError | None]:
    frames: list[tuple[float, Frame]] = []
    over = threading.Event()
    problems: list[AppError | None] = []

    def end(problem: AppError | None) -> None:
        problems.append(problem)
        over.set()

    playback = Playback(path, stretch, lambda frame: frames.append((time.monotonic(), frame)), end, ear)  # type: ignore[arg-type]
    assert over.wait(_LONG_SECONDS)
    playback.close()
    return frames, problems[0]


def test_sound_is_due_when_its_image_is_shown(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "take.mp4", 2.0, keyframe_every=25)
    ear = _Ear()
    frames, problem = _play(clip, Stretch(0.5, 1.5), ear)
    assert problem is None
    assert frames[0][1].taken_at == pytest.approx(0.48, abs=0.03)
    assert frames[-1][1].taken_at < 1.5
    # On a busy machine some frames are shown late, none early.
    begun_at = min(shown - frame.taken_at for shown, frame in frames)
    flash = next(frame.taken_at for _, frame in frames if frame.pixels.mean() > 150)
    assert begun_at + flash == pytest.approx(ear.heard_at(), abs=0.04)
    assert ear.cleared


def test_a_broken_clip_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "take.mp4").write_bytes(b"nothing" * 99)
    frames, problem = _play(tmp_path / "take.mp4", Stretch())
    assert not frames
    assert "take.mp4" in str(problem)


def test_closing_ends_playback_silently(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "take.mp4", 5.0)
    begun, ended = threading.Event(), threading.Event()
    playback = Playback(clip, Stretch(), lambda frame: begun.set(), lambda problem: ended.set(), None)
    assert begun.wait(_LONG_SECONDS)
    playback.close()
    assert not ended.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name in ("playback", "file sound")]


def test_the_mixer_puts_blocks_where_they_are_due() -> None:
    mixer = Mixer(1000)
    mixer.add(np.full((50, 2), 1.0, np.float32), 10.05)
    mixer.add(np.full((50, 2), 2.0, np.float32), 10.10)
    heard = mixer.render(200, 10.0)[:, 0]
    assert list(np.flatnonzero(np.diff(heard))) == [49, 99, 149]


def test_the_mixer_leaves_out_what_is_late_and_smooths_over_what_is_a_little_late() -> None:
    mixer = Mixer(1000)
    mixer.add(np.arange(200, dtype=np.float32)[:, None].repeat(2, axis=1), 10.0)
    # It begins 100 ms late: what is over is left out.
    assert mixer.render(10, 10.1)[0, 0] == 100
    # 20 ms off are played on without a gap, as nobody hears.
    assert mixer.render(10, 10.13)[0, 0] == 110
    # 60 ms off are jumped over.
    assert mixer.render(10, 10.18)[0, 0] == 180
    mixer.clear()
    assert not mixer.render(10, 10.19).any()


def test_a_system_without_sound_gives_no_speaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", None)
    assert open_speaker() is None
