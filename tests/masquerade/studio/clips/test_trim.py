"""Trims recordings: where they are cut, that sound stays with the images, and what is refused."""

import subprocess
import sys
import threading
from pathlib import Path

import av
import numpy as np
import pytest
from masquerade.__main__ import main
from masquerade.errors import AppError, RecordingError, SourceError
from masquerade.studio.clips.clip import read_clip, read_frames, read_still
from masquerade.studio.clips.trim import trim_video
from masquerade.studio.recording.recorder import Recorder

from tests.masquerade.studio.full_disk import files_end_at, needs_a_limit
from tests.masquerade.studio.sample_clips import flash_begins, make_clip, sound_codecs, tone_begins
from tests.masquerade.studio.videos import number_in, numbered_frame, read_video


def _take(folder: Path, seconds: float = 5.0) -> Path:
    """A silent take of this program's at 20 frames a second; each frame shows its number."""
    recorder = Recorder(folder / "take.mp4", lambda error: None)
    for index in range(round(seconds * 20)):
        recorder.offer(numbered_frame(index, index / 20))
        while recorder._frames.qsize() > 4:
            threading.Event().wait(0.001)
    return recorder.stop(at=seconds).path


def test_a_trimmed_recording_begins_at_a_keyframe_and_ends_at_the_handle(tmp_path: Path) -> None:
    take = _take(tmp_path)
    before = take.read_bytes()
    clip = read_clip(take)
    assert clip.seconds == pytest.approx(5, abs=0.01)
    assert clip.key_seconds == pytest.approx((0, 1, 2, 3, 4), abs=0.001)
    trimmed = trim_video(take, 2.3, 3.5).path
    assert trimmed.name == "take trimmed.mp4"
    video = read_video(trimmed)
    assert video.times[0] == 0
    assert video.end == pytest.approx(1.5, abs=0.001)
    # The frames from 2 to 3.5 s are 40 to 69, by their last figure.
    assert [number_in(image) for image in video.images] == [index % 10 for index in range(40, 70)]
    assert take.read_bytes() == before
    assert trim_video(take, 2.3, 3.5).path.name == "take trimmed-2.mp4"


def test_nothing_of_what_was_cut_off_stays_in_the_file(tmp_path: Path) -> None:
    take = _take(tmp_path)
    with av.open(str(trim_video(take, 2.9, 3.5).path)) as file:
        packets = [packet for packet in file.demux(video=0) if packet.size]
    # 2.0 to 3.5 s, 20 a second: no packet is hidden before the beginning.
    assert len(packets) == 30


@pytest.mark.parametrize(("name", "codec", "sound"), [("a.mp4", "libx264", "aac"), ("a.webm", "libvpx-vp9", "libopus")])
def test_sound_stays_with_its_images(tmp_path: Path, name: str, codec: str, sound: str) -> None:
    clip = make_clip(tmp_path / name, 4.0, sound=sound, codec=codec, keyframe_every=20)
    trimmed = trim_video(clip, 0.9, 3.0).path
    assert sound_codecs(trimmed) == sound_codecs(clip)
    # The stretch begins at 0.8 s, and the flash is at 1 s.
    assert flash_begins(trimmed) == pytest.approx(0.2, abs=0.01)
    assert abs(tone_begins(trimmed) - flash_begins(trimmed)) < 0.03
    with av.open(str(trimmed)) as file:
        assert float(file.duration or 0) / av.time_base == pytest.approx(2.2, abs=0.08)


def test_a_video_with_reordered_frames_keeps_all_that_it_shows(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "b.mp4", 4.0, keyframe_every=25)
    with av.open(str(clip)) as file:
        assert any(packet.pts != packet.dts for packet in file.demux(video=0) if packet.size)
    video = read_video(trim_video(clip, 1.0, 2.0).path)
    # A frame of the stretch may need one that is shown after it.
    assert 25 <= len(video.images) <= 28
    assert video.times[0] == pytest.approx(0, abs=0.001)


@pytest.mark.parametrize(("begin", "end"), [(2.0, 2.05), (3.0, 1.0), (9.0, 12.0), (0.0, float("nan"))])
def test_an_empty_part_is_refused(tmp_path: Path, begin: float, end: float) -> None:
    take = _take(tmp_path, 3)
    with pytest.raises(RecordingError, match="hardly anything of it would be left"):
        trim_video(take, begin, end)
    assert [path.name for path in tmp_path.iterdir()] == ["take.mp4"]


@pytest.mark.parametrize("content", [b"", b"no video at all" * 99, None])
def test_a_file_without_video_is_refused_in_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "take.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=r"take\.mp4"):
        trim_video(path, 0, 1)
    with pytest.raises(SourceError, match="only videos can"):
        trim_video(tmp_path / "photo.jpg", 0, 1)


def test_a_truncated_recording_is_trimmed_as_far_as_it_goes(tmp_path: Path) -> None:
    take = _take(tmp_path)
    take.write_bytes(take.read_bytes()[: take.stat().st_size * 3 // 4])
    try:
        trimmed = trim_video(take, 1.0, 5.0).path
    except AppError as error:
        assert "take.mp4" in str(error)  # noqa: PT017 (either is right)
    else:
        assert len(list(read_frames(trimmed))) > 20


@needs_a_limit
def test_a_full_disk_leaves_no_file_behind(tmp_path: Path) -> None:
    take = _take(tmp_path)
    with files_end_at(2000), pytest.raises(RecordingError, match="the disk is full"):
        trim_video(take, 0, 4)
    assert [path.name for path in tmp_path.iterdir()] == ["take.mp4"]


def test_frames_from_a_moment_on_count_from_the_beginning(tmp_path: Path) -> None:
    take = _take(tmp_path)
    frames = list(read_frames(take, 2.5))
    assert frames[0].taken_at == pytest.approx(2.5, abs=0.001)
    assert number_in(np.asarray(frames[0].pixels[..., :3])) == 0
    assert len(frames) == 50
    # Between two frames the earlier one is shown.
    assert next(read_frames(take, 2.52)).taken_at == pytest.approx(2.5, abs=0.001)


def test_a_still_is_small_and_of_its_moment(tmp_path: Path) -> None:
    take = _take(tmp_path)
    still = read_still(take, 80, 2.35)
    assert still.shape == (60, 80, 4)
    assert number_in(np.asarray(still[..., :3])) == 7


def test_the_command_writes_the_part_and_says_where_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take, out = _take(tmp_path), tmp_path / "out.mp4"
    words = ["trim", str(take), "-o", str(out), "--start", "2.3", "--end", "3.5"]
    assert main(words) == 0
    assert capsys.readouterr().err == f"{out}: 1.5 s. It begins at 2.0 s, the last keyframe before 2.3 s.\n"
    assert [number_in(image) for image in read_video(out).images] == [index % 10 for index in range(40, 70)]
    assert main(words) == 1
    assert "already exists" in capsys.readouterr().err
    assert main(["trim", str(take), "-o", str(out), "--end", "1", "--force"]) == 0
    assert capsys.readouterr().err == f"{out}: 1.0 s.\n"
    assert read_video(out).end == pytest.approx(1, abs=0.001)


def test_the_command_finds_a_name_of_its_own(tmp_path: Path) -> None:
    take = _take(tmp_path, 3)
    for _ in range(2):
        assert main(["trim", str(take), "--from", "1"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"take.mp4", "take trimmed.mp4", "take trimmed-2.mp4"}


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 1, "Nothing would be cut off"),
        (["--start", "3", "--end", "2"], 1, "ends before it begins"),
        (["--start", "90"], 1, "take.mp4 is 2.0 seconds long"),
        (["--start", "1", "-o", "out.webm"], 1, "a name that ends in .mp4"),
        (["--start", "1", "-o", "take.mp4", "--force"], 1, "is the input and would be lost"),
        (["--start", "1", "-o", "link.mp4", "--force"], 1, "is the input and would be lost"),
        (["--start", "1", "-o", "nowhere/out.mp4"], 1, "does not exist"),
        (["--start", "1", "-o", "folder.mp4", "--force"], 1, "it is a folder"),
        (["--start", "-1"], 2, "expected a number of seconds, 0 or more"),
        (["--end", "nan"], 2, "expected a number of seconds above 0"),
        (["--stat", "1"], 2, "Did you mean '--start'?"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    words: list[str], code: int, sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    content = _take(Path(), 2).read_bytes()
    Path("folder.mp4").mkdir()
    Path("link.mp4").symlink_to("take.mp4")
    try:
        assert main(["trim", "take.mp4", *words]) == code
    except SystemExit as end:
        assert end.code == code  # noqa: PT017 (argparse ends so)
    assert sentence in capsys.readouterr().err
    assert Path("take.mp4").read_bytes() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.mp4", "link.mp4", "take.mp4"]


def test_reading_a_clip_loads_neither_qt_nor_a_network() -> None:
    program = (
        "import sys, masquerade.studio.clips.trim, masquerade.studio.clips.loop;"
        "assert not {'PySide6', 'ai_edge_litert'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
