"""Reads finished videos back, with PyAV and with FFmpeg's own programs where they are installed."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from masquerade.values import Frame
from numpy.typing import NDArray

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe and ffmpeg are not installed")


@dataclass(frozen=True)
class Video:
    """A video as PyAV reads it: `times` and `durations` in seconds, one for each packet in the order shown."""

    size_wh: tuple[int, int]
    times: list[float]
    durations: list[float]
    keyframe_times: list[float]
    images: list[NDArray[np.uint8]]

    @property
    def end(self) -> float:
        return self.times[-1] + self.durations[-1]


def read_video(path: Path, decode: bool = True) -> Video:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = sorted((packet for packet in container.demux(stream) if packet.size), key=lambda packet: packet.pts)
        base = float(stream.time_base)
        size_wh = (stream.width, stream.height)
    images = []
    if decode:
        with av.open(str(path)) as container:
            images = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    return Video(
        size_wh=size_wh,
        times=[packet.pts * base for packet in packets],
        durations=[packet.duration * base for packet in packets],
        keyframe_times=[packet.pts * base for packet in packets if packet.is_keyframe],
        images=images,
    )


def probe(path: Path, entries: str) -> list[str]:
    """What ffprobe tells of the video stream, in ffprobe's own order."""
    answer = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", entries, "-of", "csv=p=0", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout.strip().split(",")


def ffmpeg_complaints(path: Path) -> str:
    """What ffmpeg says while it plays the whole file; nothing when all is well."""
    answer = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-f", "null", "-"], capture_output=True, text=True, check=False
    )
    return answer.stderr


def numbered_frame(index: int, seconds: float, size_wh: tuple[int, int] = (160, 120)) -> Frame:
    """A grey image whose left half's brightness tells its index (mod 10), read-only as after drawing."""
    pixels = np.full((size_wh[1], size_wh[0], 4), 255, np.uint8)
    pixels[:, :, :3] = 128
    pixels[:, : size_wh[0] // 2, :3] = 20 + 20 * (index % 10)
    pixels.flags.writeable = False
    return Frame(pixels, index, seconds)


def noisy_frame(index: int, seconds: float, size_wh: tuple[int, int] = (320, 240)) -> Frame:
    """An image that needs much room."""
    pixels = np.random.default_rng(index).integers(0, 255, (size_wh[1], size_wh[0], 4), np.uint8)
    pixels.flags.writeable = False
    return Frame(pixels, index, seconds)


def number_in(image: NDArray[np.uint8]) -> int:
    """The index (mod 10) that `numbered_frame` wrote."""
    return round((float(image[:, : image.shape[1] // 4].mean()) - 20) / 20)
