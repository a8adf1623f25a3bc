"""Makes small video files with known frames."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from masquerade.values import ByteArray

RED, GREEN, BLUE = (0, 0, 255), (0, 255, 0), (255, 0, 0)


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
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    fields: str = "",
    **context: object,
) -> Path:
    """Writes (H, W, 3) BGR or (H, W, 4) BGRA images; `moments_ms` where not evenly spaced.

    `fields` marks the frames as interlaced: "tff" or "bff". `context` sets what the encoder
    is given: `color_trc`, `sample_aspect_ratio`...
    """
    height, width = images[0].shape[:2]
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.codec_context.time_base = Fraction(1, 1000)
        for name, value in context.items():
            setattr(stream.codec_context, name, value)
        fast = {"preset": "ultrafast", "crf": "10"} if codec in ("libx264", "libx265") else {}
        stream.options = {**fast, **(options or {})}
        for i, image in enumerate(images):
            frame = VideoFrame.from_ndarray(image, format="bgra" if image.shape[2] == 4 else "bgr24")
            frame.pts = moments_ms[i] if moments_ms else i * 1000 // rate
            frame.time_base = Fraction(1, 1000)
            container.mux(stream.encode(_woven(frame, fields) if fields else frame))
        container.mux(stream.encode(None))
    return path


def _woven(frame: VideoFrame, fields: str) -> VideoFrame:
    """The frame, marked as two fields; a filter is PyAV's only way to do so."""
    graph = Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
    mark, sink = graph.add("setfield", mode=fields), graph.add("buffersink")
    source.link_to(mark)
    mark.link_to(sink)
    graph.configure()
    source.push(frame)
    return graph.vpull()


def write_sound(path: Path) -> Path:
    """Writes a tenth of a second of silence, without any image."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44_100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4410), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def set_matrix(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Writes a b c d of the display matrix into the MP4's track header: how players turn and mirror the image."""
    a, b, c, d = (value << 16 for value in matrix)
    content = bytearray(path.read_bytes())
    # After the name: version and flags, two times, identity, two reserved fields, duration,
    # layer, group, volume (ISO 14496-12, track header of version 0).
    begin = content.index(b"tkhd") + 4 + 40
    content[begin : begin + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    return path


def corners(size_wh: tuple[int, int]) -> ByteArray:
    """(H, W, 3) uint8 BGR: every corner of another colour, so that the eight orientations differ."""
    width, height = size_wh
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = RED
    image[: height // 2, width // 2 :] = GREEN
    image[height // 2 :, : width // 2] = BLUE
    image[height // 2 :, width // 2 :] = 255
    return image


def corner_names(pixels: ByteArray) -> str:
    """The corners of an image of `corners`, line by line: "RGBW" where it is upright."""
    height, width = pixels.shape[:2]
    names = ""
    for y in (height // 4, height * 3 // 4):
        for x in (width // 4, width * 3 // 4):
            blue, green, red = (int(value) > 128 for value in pixels[y, x, :3])
            names += {(0, 0, 1): "R", (0, 1, 0): "G", (1, 0, 0): "B", (1, 1, 1): "W"}.get((blue, green, red), "?")
    return names
