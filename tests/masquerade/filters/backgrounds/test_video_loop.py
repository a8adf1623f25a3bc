"""Test that a video plays behind the people, over and over, and that a foreign file does no harm."""

import gc
import io
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from masquerade.errors import PackageError
from masquerade.filters.backgrounds.video_loop import VideoLoop
from masquerade.filters.format.art.video import MAX_VIDEO_SECONDS, VideoError, video_frames, video_size_wh
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.intake.packed import pack, unpack
from masquerade.filters.render import Painter
from masquerade.values import ByteArray, Frame, Scene

from tests.masquerade.filters.package_writer import HEAD, package

LAYER = '[[layer]]\nkind = "background"\neffect = "video"\nart = "room.mp4"\n'
RATE = 10


def video(frames: int = 10, size_wh: tuple[int, int] = (64, 48), rate: int = RATE) -> bytes:
    """Return an MP4 whose frames get brighter from one to the next; their left half is darker."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size_wh, "yuv420p"
        stream.bit_rate = 4_000_000
        for index in range(frames):
            pixels = np.full((size_wh[1], size_wh[0], 3), 60 + 15 * (index % 12), np.uint8)
            pixels[:, : size_wh[0] // 2] //= 2
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="bgr24")))
        container.mux(stream.encode(None))
    return target.getvalue()


def written(tmp_path: Path, content: bytes, keys: str = "") -> Path:
    folder = package(tmp_path / "clip", HEAD.replace("format = 1", "format = 2") + LAYER + keys)
    (folder / "room.mp4").write_bytes(content)
    return folder


def load(tmp_path: Path, keys: str = "") -> Filter:
    return load_filter(written(tmp_path, video(), keys))


def played(painter: Painter, chosen: Filter, seconds: float, size_wh: tuple[int, int] = (128, 96)) -> ByteArray:
    pixels = np.zeros((size_wh[1], size_wh[0], 4), np.uint8)
    mask = np.zeros((48, 64), np.uint8)
    mask[24:, 20:40] = 255
    return painter.paint(Scene(Frame(pixels, 0, seconds), person=mask), (chosen,)).frame.pixels


def shade(pixels: ByteArray) -> int:
    return int(np.median(pixels[10:40, 80:, 1]))


def test_a_video_plays_behind_people_in_its_own_time_and_begins_again(tmp_path: Path) -> None:
    painter, chosen = Painter(), load(tmp_path)
    shades = [shade(played(painter, chosen, index / 20)) for index in range(44)]
    # Every frame is shown for two of ours.
    assert shades[6] == pytest.approx(60 + 15 * 3, abs=8)
    assert shades[18] == pytest.approx(60 + 15 * 9, abs=8)
    assert all(after >= before - 2 for before, after in pairwise(shades[:19]))
    assert min(shades[19:24]) == pytest.approx(60, abs=12)
    person = played(painter, chosen, 3.0)[70:, 50:70]
    assert person[..., :3].max() == 0


def test_a_stream_that_waited_goes_on_at_once(tmp_path: Path) -> None:
    loop = VideoLoop(load(tmp_path).art[0][0])
    loop.step(0.0)
    assert loop.step(3600.0).shape == (48, 64, 4)
    assert loop.step(0.0).shape == (48, 64, 4)


def test_no_more_than_two_frames_are_held(tmp_path: Path) -> None:
    loop = VideoLoop(load(tmp_path).art[0][0])
    for _ in range(30):
        loop.step(0.1)
    gc.collect()
    held = [each for each in gc.get_objects() if isinstance(each, np.ndarray) and each.shape == (48, 64, 4)]
    assert len(held) <= 3


@pytest.mark.parametrize(("pan", "edge"), [(-1, "left"), (1, "right")])
def test_pan_says_which_part_is_kept(tmp_path: Path, pan: int, edge: str) -> None:
    chosen = load(tmp_path, f"pan = [{pan}, 0]\n")
    # A frame half as wide as the video: one half of it is seen.
    pixels = played(Painter(), chosen, 0.0, (48, 72))
    middle = pixels[5:30, 24, 1].mean()
    assert (middle < 45) if edge == "left" else (middle > 45)


def test_a_fitted_video_has_bars(tmp_path: Path) -> None:
    chosen = load(tmp_path, 'fit = "fit"\ncolour = "#00ff00"\n')
    pixels = played(Painter(), chosen, 0.0, (128, 40))
    assert pixels[20, 3, :3].tolist() == [0, 255, 0]
    assert pixels[20, 80, 2] > 40


def test_a_checked_video_is_kept_and_read_again(tmp_path: Path) -> None:
    folder = written(tmp_path, video())
    chosen = load_filter(folder)
    again = unpack(pack((folder / "filter.toml").read_bytes(), chosen.art), folder)
    assert again.art[0][0].video
    assert again.art[0][0].content == chosen.art[0][0].content
    assert shade(played(Painter(), again, 0.0)) == shade(played(Painter(), chosen, 0.0))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "cannot be played"),
        (b"not a video at all" * 50, "cannot be played"),
        (video()[:200], "cannot be played"),
        (video(size_wh=(1936, 32)), "1936 x 32"),
    ],
)
def test_a_file_without_video_is_a_problem_of_its_layer(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(PackageError, match=problem):
        load_filter(written(tmp_path, content))


def test_a_video_that_is_too_long_ends_the_filter_and_nothing_else(tmp_path: Path) -> None:
    long = video(frames=64, rate=1)
    with pytest.raises(VideoError, match=f"{MAX_VIDEO_SECONDS:g} seconds"):
        list(video_frames(long))
    assert video_size_wh(long) == (64, 48)


def test_a_video_is_only_art_of_a_background(tmp_path: Path) -> None:
    folder = written(tmp_path, video())
    manifest = folder / "filter.toml"
    manifest.write_text(manifest.read_text().replace('effect = "video"', 'effect = "image"'))
    with pytest.raises(PackageError, match=r"\.svg, \.png or \.gif"):
        load_filter(folder)
