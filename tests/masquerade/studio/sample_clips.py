"""Makes small videos in which a light and a tone come at the same moment, and finds both again."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

SOUND_RATE = 44_100
FLASH_SECONDS = (1.0, 1.2)


def make_clip(
    path: Path,
    seconds: float = 2.0,
    size_wh: tuple[int, int] = (160, 120),
    sound: str | None = "aac",
    frames_per_second: int = 25,
    start_seconds: float = 0.0,
    codec: str = "libx264",
    keyframe_every: int | None = None,
) -> Path:
    """Writes a clip: dark, but for a white flash with a 1 kHz tone from 1.0 to 1.2 s."""
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=frames_per_second)
        video.width, video.height = size_wh
        if keyframe_every is not None:
            video.codec_context.options = {"g": str(keyframe_every), "keyint_min": str(keyframe_every)}
        video.pix_fmt = "yuv444p" if size_wh[0] % 2 or size_wh[1] % 2 else "yuv420p"
        audio = container.add_stream(sound, rate=48_000 if "opus" in sound else SOUND_RATE) if sound else None
        if audio is not None:
            audio.layout = "stereo"
            if sound == "vorbis":
                audio.codec_context.options = {"strict": "experimental"}
        for index in range(round(seconds * frames_per_second)):
            lit = FLASH_SECONDS[0] <= index / frames_per_second < FLASH_SECONDS[1]
            frame = av.VideoFrame.from_ndarray(np.full((size_wh[1], size_wh[0], 3), 235 if lit else 20, np.uint8))
            frame.pts = index + round(start_seconds * frames_per_second)
            frame.time_base = Fraction(1, frames_per_second)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            for sounded in _tone(seconds, audio.codec_context.sample_rate, start_seconds):
                container.mux(audio.encode(sounded))
            container.mux(audio.encode(None))
    return path


def _tone(seconds: float, rate: int, start_seconds: float) -> list[av.AudioFrame]:
    times = np.arange(round(seconds * rate)) / rate
    lit = (times >= FLASH_SECONDS[0]) & (times < FLASH_SECONDS[1])
    wave = np.where(lit, 0.5 * np.sin(2 * np.pi * 1000 * times), 0).astype(np.float32)
    frames = []
    for begin in range(0, len(wave) - 1023, 1024):
        frame = av.AudioFrame.from_ndarray(np.stack([wave[begin : begin + 1024]] * 2), format="fltp", layout="stereo")
        frame.sample_rate = rate
        frame.pts = begin + round(start_seconds * rate)
        frame.time_base = Fraction(1, rate)
        frames.append(frame)
    return frames


def flash_begins(path: Path) -> float:
    """The time of the first bright image, seconds."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.to_ndarray(format="gray").mean() > 120:
                return float(frame.time or 0.0)
    raise AssertionError("no flash in the video")


def begins(path: Path) -> float:
    """The time of the first image, seconds."""
    with av.open(str(path)) as container:
        return float(next(container.decode(video=0)).time or 0.0)


def tone_begins(path: Path) -> float:
    """The time of the first loud sample, seconds."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SOUND_RATE)
    with av.open(str(path)) as container:
        for decoded in container.decode(audio=0):
            for frame in resampler.resample(decoded):
                loud = np.flatnonzero(np.abs(frame.to_ndarray()[0]) > 0.1)
                if loud.size:
                    return float(frame.pts * frame.time_base) + loud[0] / SOUND_RATE
    raise AssertionError("no tone in the video")


def sound_codecs(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.codec_context.name for stream in container.streams.audio]


def bgra(size_wh: tuple[int, int], level: int = 90) -> NDArray[np.uint8]:
    pixels = np.full((size_wh[1], size_wh[0], 4), level, np.uint8)
    pixels[:, :, 3] = 255
    return pixels


def save_rotated(path: Path, source: Path, degrees: int) -> Path:
    """Copies a video and tells players to turn it, as a phone held upright does."""
    with av.open(str(source)) as given, av.open(str(path), "w") as container:
        stream = container.add_stream_from_template(given.streams.video[0])
        stream.metadata["rotate"] = str(degrees)
        for packet in given.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                container.mux(packet)
    return path


def save_image_of(path: Path, pixels: NDArray[np.generic]) -> Path:
    assert cv2.imwrite(str(path), pixels)
    return path
