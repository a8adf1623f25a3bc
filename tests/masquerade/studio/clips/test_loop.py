"""Makes loops: what they show, how large they are, what is refused."""

from pathlib import Path

import av
import numpy as np
import pytest
from masquerade.__main__ import main
from masquerade.errors import RecordingError, SourceError
from masquerade.studio.clips.loop import make_loop
from masquerade.studio.clips.options import LoopOptions, Stretch
from masquerade.studio.recording.encoders import RENDERED
from masquerade.studio.recording.video_writer import VideoWriter
from PIL import Image, ImageSequence

from tests.masquerade.studio.full_disk import files_end_at, needs_a_limit
from tests.masquerade.studio.sample_clips import bgra, make_clip, save_image_of

_KINDS = ("gif", "webp", "mp4")


def _ramp(path: Path, seconds: float = 2.0, size_wh: tuple[int, int] = (160, 120)) -> Path:
    """A video that becomes brighter, with some colour and noise in it."""
    noise = np.random.default_rng(1).integers(-12, 12, (size_wh[1], size_wh[0], 4))
    with VideoWriter(path, size_wh, RENDERED) as writer:
        for index in range(round(seconds * 20)):
            image = np.clip(30 + index * 170 / (seconds * 20) + noise, 0, 255).astype(np.uint8)
            image[: size_wh[1] // 2, :, 2] = 200
            writer.write(image, index / 20)
    return path


def _brightness(path: Path) -> list[float]:
    if path.suffix == ".mp4":
        with av.open(str(path)) as file:
            return [float(frame.to_ndarray(format="rgb24")[-20:].mean()) for frame in file.decode(video=0)]
    shown = []
    with Image.open(path) as image:
        for each in ImageSequence.Iterator(image):
            level = float(np.asarray(each.convert("RGB"))[-20:].mean())
            # WebP joins frames that are alike into a longer one.
            shown += [level] * round(each.info["duration"] / 50)
    return shown


@pytest.mark.parametrize("kind", _KINDS)
def test_a_loop_shows_the_stretch_once(tmp_path: Path, kind: str) -> None:
    loop = make_loop(_ramp(tmp_path / "take.mp4"), tmp_path / f"out.{kind}", LoopOptions(Stretch(0.5, 1.5)))
    shown = _brightness(loop.path)
    assert len(shown) == pytest.approx(20, abs=1)
    assert loop.seconds == pytest.approx(1.0, abs=0.06)
    assert loop.size_bytes == loop.path.stat().st_size
    # 30 + 170 * 0.25, and as much at three quarters.
    assert shown[0] == pytest.approx(30 + 170 * 0.25, abs=6)
    assert shown[-1] == pytest.approx(30 + 170 * 0.75, abs=10)
    assert np.all(np.diff(shown) > -3)


@pytest.mark.parametrize("kind", _KINDS)
def test_a_boomerang_comes_back_without_a_doubled_end(tmp_path: Path, kind: str) -> None:
    loop = make_loop(_ramp(tmp_path / "take.mp4", 1), tmp_path / f"out.{kind}", LoopOptions(boomerang=True))
    shown = _brightness(loop.path)
    assert len(shown) == 2 * 20 - 2
    top = int(np.argmax(shown))
    assert top == pytest.approx(19, abs=1)
    assert np.all(np.diff(shown[: top + 1]) > -3)
    assert np.all(np.diff(shown[top:]) < 3)


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_animations_go_on_for_ever_at_their_pace(tmp_path: Path, kind: str) -> None:
    loop = make_loop(_ramp(tmp_path / "take.mp4", 1), tmp_path / f"out.{kind}", LoopOptions())
    with Image.open(loop.path) as image:
        assert image.info.get("loop") == 0
        frames = ImageSequence.Iterator(image)
        assert sum(each.load() and each.info["duration"] for each in frames) == pytest.approx(1000, abs=60)


@pytest.mark.parametrize("kind", _KINDS)
def test_a_loop_is_no_larger_than_wanted(tmp_path: Path, kind: str) -> None:
    take = _ramp(tmp_path / "take.mp4", 2, (320, 240))
    large = make_loop(take, tmp_path / f"large.{kind}", LoopOptions()).size_bytes
    wanted = large // 4
    small = make_loop(take, tmp_path / f"small.{kind}", LoopOptions(max_bytes=wanted))
    assert small.path.stat().st_size <= wanted
    # Not far below either: what was allowed is used.
    assert small.size_bytes > wanted * 0.1
    assert small.seconds == pytest.approx(2, abs=0.11)


def test_a_gif_has_the_colours_of_its_video(tmp_path: Path) -> None:
    loop = make_loop(_ramp(tmp_path / "take.mp4", 1), tmp_path / "out.gif", LoopOptions())
    with Image.open(loop.path) as image:
        top = np.asarray(image.convert("RGB"))[10:50].reshape(-1, 3).mean(axis=0)
    assert top[0] == pytest.approx(200, abs=12)
    assert top[1] < 60


def test_a_loop_that_cannot_be_small_enough_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="does not fit into 1 kB"):
        make_loop(_ramp(tmp_path / "take.mp4"), tmp_path / "out.gif", LoopOptions(max_bytes=1000))
    assert not (tmp_path / "out.gif").exists()


def test_stretches_that_are_empty_or_too_long_are_refused(tmp_path: Path) -> None:
    take = make_clip(tmp_path / "take.mp4", 23, (32, 32), sound=None)
    with pytest.raises(RecordingError, match="at most 20 seconds"):
        make_loop(take, tmp_path / "out.gif", LoopOptions())
    with pytest.raises(RecordingError, match="nothing to loop"):
        make_loop(take, tmp_path / "out.gif", LoopOptions(Stretch(90.0, 99.0)))


def test_photos_and_broken_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a photo"):
        make_loop(save_image_of(tmp_path / "photo.png", bgra((8, 8))), tmp_path / "out.gif", LoopOptions())
    (tmp_path / "broken.mp4").write_bytes(b"x" * 999)
    with pytest.raises(SourceError, match=r"broken\.mp4"):
        make_loop(tmp_path / "broken.mp4", tmp_path / "out.gif", LoopOptions())


@needs_a_limit
def test_a_full_disk_leaves_no_file_behind(tmp_path: Path) -> None:
    take = _ramp(tmp_path / "take.mp4")
    with files_end_at(2000), pytest.raises(RecordingError, match="the disk is full"):
        make_loop(take, tmp_path / "out.gif", LoopOptions())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["take.mp4"]


def test_the_command_makes_a_loop_and_says_how_large(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take, out = _ramp(tmp_path / "take.mp4"), tmp_path / "out.webp"
    words = ["loop", str(take), "-o", str(out), "--boomerang", "--from", "0.5", "--to", "1", "--max-size", "200kB"]
    assert main(words) == 0
    assert "0.9 s, 160 x 120 pixels" in capsys.readouterr().err
    assert main(words) == 1
    assert "already exists" in capsys.readouterr().err
    assert main([*words, "--force"]) == 0


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["-o", "out.avi"], 1, "loops are GIF, WebP or MP4 files"),
        (["-o", "out.gif", "--from", "3", "--to", "2"], 1, "ends before it begins"),
        (["-o", "out.gif", "--max-size", "5 parsecs"], 2, "expected a size such as 500kB"),
        (["-o", "out.gif", "--max-size", "0"], 2, "expected a size such as 500kB"),
        (["-o", "out.gif", "--from", "nan"], 2, "expected a number of seconds"),
        (["-o", "nowhere/out.gif"], 1, "does not exist"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    words: list[str], code: int, sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    _ramp(Path("take.mp4"), 1)
    try:
        assert main(["loop", "take.mp4", *words]) == code
    except SystemExit as end:
        assert end.code == code  # noqa: PT017 (argparse ends so)
    assert sentence in capsys.readouterr().err
