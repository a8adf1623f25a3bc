"""Makes small video files with known frames."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from masquerade.values import ByteArray


def grey(level: int, size_wh: tuple[int, int]) -> ByteArray:
    """(H, W, 3) uint8, all of one brightness."""
    return np.full((size_wh[1], size_wh[0], 3), level, np.uint8)


def halves(size_wh: tuple[int, int]) -> ByteArray:
    """(H, W, 3) uint8 BGR: the top half red, the bottom half blue."""
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    image[: size_wh[1] // 2] = (0, 0, 255)
    image[size_wh[1] // 2 :] = (255, 0, 0)
    return image


def write_clip(
    path: Path,
    images: list[ByteArray],
    moments_ms: list[int] | None = None,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    rate: int = 25,
) -> Path:
    """Writes (H, W, 3) BGR or (H, W, 4) BGRA images; `moments_ms` where not evenly spaced."""
    height, width = images[0].shape[:2]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.codec_context.time_base = Fraction(1, 1000)
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "crf": "10"}
        for i, image in enumerate(images):
            frame = VideoFrame.from_ndarray(image, format="bgra" if image.shape[2] == 4 else "bgr24")
            frame.pts = moments_ms[i] if moments_ms else i * 1000 // rate
            frame.time_base = Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_sound(path: Path) -> Path:
    """Writes a tenth of a second of silence, without any image."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44_100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4410), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turn_clip(path: Path, quarters_clockwise: int) -> Path:
    """Writes into the MP4's track header that players shall turn the image."""
    cosine, sine = {1: (0, 1), 2: (-1, 0), 3: (0, -1)}[quarters_clockwise]
    one, last = 1 << 16, 1 << 30
    matrix = (cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, last)
    content = bytearray(path.read_bytes())
    # After the name: version and flags, two times, identity, two reserved fields, duration,
    # layer, group, volume (ISO 14496-12, track header of version 0).
    begin = content.index(b"tkhd") + 4 + 40
    content[begin : begin + 36] = struct.pack(">9i", *matrix)
    path.write_bytes(content)
    return path
