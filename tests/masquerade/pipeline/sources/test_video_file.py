"""Tests that every kind of video gives upright, opaque frames with their true times, or a clear sentence."""

from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import SourceError
from masquerade.pipeline.sources.video_file import VideoFile
from masquerade.values import Frame

from tests.masquerade.pipeline.sources.clips import grey, halves, turn_clip, write_clip, write_sound
from tests.shared import SHARED, needs_shared

RED, BLUE = np.array([0, 0, 255]), np.array([255, 0, 0])


def read_all(path: Path) -> list[Frame]:
    frames = []
    with VideoFile(path) as source:
        while (frame := source.read()) is not None:
            frames.append(frame)
    for frame in frames:
        assert (frame.pixels[:, :, 3] == 255).all()
        assert frame.pixels.flags.writeable
    return frames


def test_frames_come_in_order_with_their_true_times(tmp_path: Path) -> None:
    moments = [0, 40, 90, 400, 410]
    path = write_clip(tmp_path / "uneven.mp4", [grey(40 * i + 20, (64, 48)) for i in range(5)], moments)
    frames = read_all(path)
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.taken_at for frame in frames] == pytest.approx([moment / 1000 for moment in moments], abs=0.001)
    assert [int(frame.pixels[24, 32, 0]) for frame in frames] == pytest.approx([20, 60, 100, 140, 180], abs=5)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "size_wh"),
    [
        ("odd.mkv", "ffv1", "yuv420p", (101, 97)),
        ("odd.avi", "mpeg4", "yuv420p", (101, 97)),
        ("grey.mkv", "ffv1", "gray", (64, 48)),
        ("sixteen.mkv", "ffv1", "gray16le", (64, 48)),
        ("ten.mkv", "libx264", "yuv420p10le", (64, 48)),
        ("rgb.mkv", "ffv1", "bgr0", (64, 48)),
        ("full.mkv", "mjpeg", "yuvj420p", (64, 48)),
        ("tiny.mkv", "ffv1", "yuv420p", (2, 2)),
    ],
)
def test_every_kind_of_image_becomes_bgra_of_its_size(
    tmp_path: Path, name: str, codec: str, pixel_format: str, size_wh: tuple[int, int]
) -> None:
    path = write_clip(tmp_path / name, [grey(100, size_wh)] * 3, codec=codec, pixel_format=pixel_format)
    frames = read_all(path)
    assert [frame.size_wh for frame in frames] == [size_wh] * 3
    assert np.abs(frames[0].pixels[:, :, :3].astype(int) - 100).max() <= 5


def test_transparent_video_is_laid_on_white(tmp_path: Path) -> None:
    image = np.zeros((48, 64, 4), np.uint8)
    image[:24] = (0, 0, 255, 255)
    frames = read_all(write_clip(tmp_path / "alpha.mkv", [image] * 2, codec="ffv1", pixel_format="bgra"))
    assert frames[0].pixels[0, 0].tolist() == [0, 0, 255, 255]
    assert frames[0].pixels[47, 0].tolist() == [255, 255, 255, 255]


def test_paint_in_one_frame_of_a_gif_is_not_seen_in_the_next(tmp_path: Path) -> None:
    # The decoder draws only what changes into an image that it keeps.
    images = [grey(40, (64, 48)) for _ in range(3)]
    images[1][8:16, 8:16] = 200
    images[2][24:32, 24:32] = 200
    path = write_clip(tmp_path / "moving.gif", images, codec="gif", pixel_format="gray", rate=10)
    untouched = read_all(path)
    with VideoFile(path) as source:
        for expected in untouched:
            frame = source.read()
            assert frame is not None
            assert np.array_equal(frame.pixels, expected.pixels)
            frame.pixels[:, :, :3] = 99


def test_gif_moves(tmp_path: Path) -> None:
    images = [grey(level, (50, 40)) for level in (0, 255, 0)]
    frames = read_all(write_clip(tmp_path / "moving.gif", images, codec="gif", pixel_format="gray", rate=10))
    assert [int(frame.pixels[20, 20, 0]) for frame in frames] == [0, 255, 0]
    assert [frame.taken_at for frame in frames] == pytest.approx([0.0, 0.1, 0.2], abs=0.011)


@pytest.mark.parametrize(
    ("quarters", "size_wh", "red_xy"),
    [
        (1, (48, 64), (40, 32)),  # clockwise: the top is now on the right
        (2, (64, 48), (32, 40)),  # upside down: at the bottom
        (3, (48, 64), (8, 32)),  # counter-clockwise: on the left
    ],
)
def test_phone_video_is_turned_upright(
    tmp_path: Path, quarters: int, size_wh: tuple[int, int], red_xy: tuple[int, int]
) -> None:
    path = turn_clip(write_clip(tmp_path / "turned.mp4", [halves((64, 48))] * 2), quarters)
    frame = read_all(path)[0]
    assert frame.size_wh == size_wh
    x, y = red_xy
    width, height = size_wh
    assert np.abs(frame.pixels[y, x, :3] - RED).max() < 40
    assert np.abs(frame.pixels[height - 1 - y, width - 1 - x, :3] - BLUE).max() < 40


def test_cut_file_gives_the_frames_it_has_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    noise = np.random.default_rng(0)
    images = [noise.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(50)]
    path = write_clip(tmp_path / "cut.avi", images, codec="mjpeg", pixel_format="yuvj420p")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    frames = read_all(path)
    assert 10 <= len(frames) <= 40
    assert "damaged or cut" in caplog.text
    assert str(path) in caplog.text


def test_file_with_a_damaged_middle_goes_on_behind_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_clip(tmp_path / "hole.mov", [grey(i, (64, 48)) for i in range(100)], codec="png", pixel_format="rgb24")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(content)
    frames = read_all(path)
    assert 90 <= len(frames) < 100
    assert frames[-1].pixels[0, 0, 0] == 99
    assert "damaged or cut" in caplog.text


def test_whole_file_is_not_called_damaged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    read_all(write_clip(tmp_path / "whole.mp4", [grey(9, (64, 48))] * 10))
    assert caplog.text == ""


def test_rate_and_count_are_those_of_the_file(tmp_path: Path) -> None:
    with VideoFile(write_clip(tmp_path / "clip.mp4", [grey(9, (64, 48))] * 10, rate=20)) as source:
        assert source.frames_per_second == pytest.approx(20, rel=0.12)
        assert source.frame_count == 10
        assert source.name == "clip.mp4"


def test_video_may_be_read_twice(tmp_path: Path) -> None:
    source = VideoFile(write_clip(tmp_path / "clip.mp4", [grey(9, (64, 48))] * 3))
    for _ in range(2):
        with source:
            indices = []
            while (frame := source.read()) is not None:
                indices.append(frame.index)
        assert indices == [0, 1, 2]


def make_nothing(path: Path) -> None:
    path.touch()


def make_text(path: Path) -> None:
    path.write_text("This is no video. " * 500)


def make_headless(path: Path) -> None:
    """An MP4 whose index, at its end, was never written: a killed recorder's."""
    whole = write_clip(path.with_suffix(".mp4"), [grey(9, (64, 48))] * 10).read_bytes()
    path.write_bytes(whole[: whole.index(b"moov") + 20])


def make_song(path: Path) -> None:
    path.write_bytes(write_sound(path.with_suffix(".m4a")).read_bytes())


def make_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (make_nothing, "is empty"),
        (make_text, "is no video"),
        (make_headless, "damaged"),
        (make_song, "holds no moving image"),
        (make_folder, "is no video"),
        (lambda path: None, "cannot be opened: No such file"),
    ],
)
def test_what_is_no_video_is_told_with_its_name_and_what_to_do(tmp_path: Path, make: object, said: str) -> None:
    path = tmp_path / "thing.video"
    make(path)  # type: ignore[operator]
    with pytest.raises(SourceError, match=said) as told, VideoFile(path) as source:
        source.read()
    assert str(path) in str(told.value)


@needs_shared
@pytest.mark.parametrize(
    ("name", "size_wh"),
    [
        ("liveportrait_s18.mp4", (1280, 720)),
        ("facenet_pytorch_video.mp4", (1920, 1080)),
        ("intel_head-pose-female-and-male.gif", None),
    ],
)
def test_real_clip_is_read_to_its_end(name: str, size_wh: tuple[int, int] | None) -> None:
    frames = 0
    last = -1.0
    with VideoFile(SHARED / "data" / "videos" / name) as source:
        while (frame := source.read()) is not None:
            assert frame.taken_at > last
            assert size_wh in (None, frame.size_wh)
            last = frame.taken_at
            frames += 1
    assert frames == source.frame_count
    assert last == pytest.approx(frames / source.frames_per_second, rel=0.1)
