"""Tests that the sound of a video comes over, and stays beside its image."""

from pathlib import Path

import av
import pytest

from tests.masquerade.studio.recording.carrying import carry_over
from tests.masquerade.studio.sample_clips import begins, flash_begins, make_clip, sound_codecs, tone_begins


@pytest.mark.parametrize(
    ("name", "codec", "comes_over_as"),
    [
        ("clip.mp4", "aac", "aac"),
        ("clip.mkv", "aac", "aac"),
        ("clip.ts", "aac", "aac"),
        ("clip.mp4", "libmp3lame", "mp3float"),
        ("clip.avi", "libmp3lame", "mp3float"),
        ("clip.mp4", "ac3", "ac3"),
        ("clip.mkv", "libopus", "opus"),
        ("clip.mov", "alac", "alac"),
        ("clip.mov", "pcm_s16le", "aac"),
        ("clip.avi", "pcm_s16le", "aac"),
        ("clip.mkv", "vorbis", "aac"),
        ("clip.mkv", "flac", "aac"),
    ],
)
def test_sound_and_image_stay_side_by_side(tmp_path: Path, name: str, codec: str, comes_over_as: str) -> None:
    # AVI knows no times of images that wait for later ones, as those of H.264 do; nor is
    # what PyAV writes there quite in time, so the source is the measure.
    source = make_clip(tmp_path / name, sound=codec, codec="mpeg4" if name.endswith("avi") else "libx264")
    target = carry_over(source, tmp_path / "rendered.mp4")
    assert sound_codecs(target) == [comes_over_as]
    assert flash_begins(target) == pytest.approx(flash_begins(source) - begins(source), abs=0.001)
    before = tone_begins(source) - flash_begins(source)
    after = tone_begins(target) - flash_begins(target)
    assert after == pytest.approx(before, abs=0.005)


@pytest.mark.parametrize("codec", ["aac", "flac"], ids=["copied", "encoded again"])
def test_a_file_that_does_not_begin_at_zero_stays_in_time(tmp_path: Path, codec: str) -> None:
    source = make_clip(tmp_path / "clip.mkv", start_seconds=5.0, sound=codec)
    target = carry_over(source, tmp_path / "rendered.mp4")
    assert flash_begins(target) == pytest.approx(1.0, abs=0.001)
    assert tone_begins(target) == pytest.approx(tone_begins(source) - 5.0, abs=0.005)


def test_a_silent_video_stays_silent(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "clip.mp4", sound=None)
    assert sound_codecs(carry_over(source, tmp_path / "rendered.mp4")) == []


def test_a_truncated_file_keeps_the_sound_it_has(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "clip.ts", seconds=3.0)
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) * 2 // 3])
    target = carry_over(source, tmp_path / "rendered.mp4")
    assert tone_begins(target) == pytest.approx(flash_begins(target), abs=0.05)


def test_long_sound_is_kept_to_its_end(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "clip.mp4", seconds=4.0, frames_per_second=10)
    target = carry_over(source, tmp_path / "rendered.mp4")
    with av.open(str(target)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples / 44_100 == pytest.approx(4.0, abs=0.06)
