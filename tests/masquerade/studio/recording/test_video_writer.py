"""Tests that a written video shows the right image at the right time, in the right colour."""

from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import RecordingError
from masquerade.studio.recording.encoders import LIVE, RENDERED, Encoding
from masquerade.studio.recording.video_writer import VideoWriter

from tests.masquerade.studio.videos import needs_ffmpeg, number_in, numbered_frame, probe, read_video

LAYOUTS = pytest.mark.parametrize("encoding", [LIVE, RENDERED], ids=["live", "rendered"])


def write_numbered(path: Path, times: list[float], encoding: Encoding, size_wh: tuple[int, int] = (160, 120)) -> float:
    with VideoWriter(path, size_wh, encoding) as writer:
        for index, seconds in enumerate(times):
            frame = numbered_frame(index, seconds, size_wh)
            writer.write(frame.pixels, frame.taken_at)
    return writer.seconds


@LAYOUTS
@pytest.mark.parametrize("frames_per_second", [10, 24, 30, 60, 29.97])
def test_ten_seconds_of_frames_last_ten_seconds(tmp_path: Path, encoding: Encoding, frames_per_second: float) -> None:
    path = tmp_path / "take.mp4"
    count = round(10 * frames_per_second)
    reported = write_numbered(path, [index / frames_per_second for index in range(count)], encoding, (64, 48))
    video = read_video(path, decode=False)
    assert len(video.times) == count
    assert video.end == pytest.approx(count / frames_per_second, abs=0.001)
    assert reported == pytest.approx(video.end, abs=0.001)


@needs_ffmpeg
@LAYOUTS
def test_ffprobe_reads_the_same_duration(tmp_path: Path, encoding: Encoding) -> None:
    path = tmp_path / "take.mp4"
    write_numbered(path, [index / 24 for index in range(240)], encoding, (64, 48))
    assert float(probe(path, "stream=duration")[0]) == pytest.approx(10.0, abs=0.001)


@LAYOUTS
def test_uneven_times_are_kept_as_they_were_taken(tmp_path: Path, encoding: Encoding) -> None:
    path = tmp_path / "uneven.mp4"
    times = [7.0, 7.033, 7.2, 7.21, 8.7, 8.75]
    write_numbered(path, times, encoding)
    video = read_video(path)
    assert video.times == pytest.approx([seconds - 7.0 for seconds in times], abs=0.00002)
    # Each image is shown until the next; the last as long as the one before it.
    assert video.durations == pytest.approx([0.033, 0.167, 0.01, 1.49, 0.05, 0.05], abs=0.00003)
    assert [number_in(image) for image in video.images] == [0, 1, 2, 3, 4, 5]


@LAYOUTS
def test_a_time_that_does_not_go_on_loses_no_image(tmp_path: Path, encoding: Encoding) -> None:
    path = tmp_path / "backwards.mp4"
    write_numbered(path, [1.0, 1.1, 1.1, 0.5, 1.2], encoding)
    video = read_video(path)
    assert [number_in(image) for image in video.images] == [0, 1, 2, 3, 4]
    assert video.times == sorted(set(video.times))


@LAYOUTS
def test_a_single_image_is_a_video_too(tmp_path: Path, encoding: Encoding) -> None:
    path = tmp_path / "one.mp4"
    write_numbered(path, [3.0], encoding)
    video = read_video(path)
    assert len(video.images) == 1
    assert video.end > 0


@LAYOUTS
@pytest.mark.parametrize("size_wh", [(101, 97), (100, 97), (101, 98), (2, 2), (1, 1)])
def test_an_odd_size_is_padded_and_nothing_is_cut_off(
    tmp_path: Path, encoding: Encoding, size_wh: tuple[int, int]
) -> None:
    path = tmp_path / "odd.mp4"
    width, height = size_wh
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[:, :, :3] = 40
    pixels[-1, :, :3] = 220
    with VideoWriter(path, size_wh, encoding) as writer:
        writer.write(pixels, 0.0)
    video = read_video(path)
    assert video.size_wh == (width + width % 2, height + height % 2)
    assert video.images[0][-1].mean() > 190


@pytest.mark.parametrize(("size_wh", "matrix"), [((1280, 720), "bt709"), ((640, 480), "smpte170m")])
@needs_ffmpeg
def test_colours_come_back_as_they_went_in(tmp_path: Path, size_wh: tuple[int, int], matrix: str) -> None:
    path = tmp_path / "colours.mp4"
    # Saturated ones: the wrong matrix or range moves them by 20 to 40 levels.
    colours = np.array([[200, 30, 30], [30, 180, 30], [30, 30, 210], [16, 16, 16], [240, 240, 240]], np.uint8)
    stripe = size_wh[0] // len(colours)
    pixels = np.full((size_wh[1], size_wh[0], 4), 255, np.uint8)
    for number, colour in enumerate(colours):
        pixels[:, number * stripe :, :3] = colour
    with VideoWriter(path, size_wh, LIVE) as writer:
        writer.write(pixels, 0.0)
        writer.write(pixels, 0.1)
    assert probe(path, "stream=pix_fmt,color_range,color_space,color_transfer,color_primaries") == [
        "yuv420p",
        "tv",
        matrix,
        "bt709",
        "bt709",
    ]
    image = read_video(path).images[-1]
    for number, colour in enumerate(colours):
        middle = image[size_wh[1] // 2, number * stripe + stripe // 2].astype(int)
        assert np.abs(middle - colour).max() <= 4, (middle, colour)


def test_live_files_have_a_keyframe_every_second_at_any_rate(tmp_path: Path) -> None:
    path = tmp_path / "keys.mp4"
    write_numbered(path, [index / 12 for index in range(60)], LIVE, (64, 48))
    times = read_video(path, decode=False).keyframe_times
    assert np.diff([*times, 5.0]).max() <= 1.001


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no_such_folder does not exist"):
        VideoWriter(tmp_path / "no_such_folder" / "take.mp4", (64, 48), LIVE)
