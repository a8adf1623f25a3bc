"""Encodes frames as an endless GIF, WebP or MP4 in memory: encode_animation."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import cast

import av
import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from PIL import Image

from masquerade.values import ByteArray

_GIF_TICKS = 100  # a second: a GIF's times are hundredths
# x264's CRF and WebP's quality, from the best to what is still bearable.
_CRF = {90: 20, 75: 24, 60: 28, 45: 32}


class LoopKind(StrEnum):
    """The file formats of loops, by their endings."""

    GIF = "gif"
    WEBP = "webp"
    MP4 = "mp4"


@dataclass(frozen=True, slots=True, eq=False)
class Animation:
    """Frames of one size at a constant rate.

    Attributes:
        images: (H, W, 3) uint8, BGR, with even sides.
        frames_per_second: of all of them.
    """

    images: Sequence[ByteArray]
    frames_per_second: float

    def __post_init__(self) -> None:
        if not self.images:
            raise ValueError("an animation needs an image")
        if not self.frames_per_second > 0:
            raise ValueError(f"frames_per_second must be above 0, got {self.frames_per_second}")


def encode_animation(animation: Animation, kind: LoopKind, quality: int) -> bytes:
    """Return the content of a file that plays the animation, over and over where the format says so.

    Args:
        animation: what it shows.
        kind: of the file.
        quality: 90, 75, 60 or 45; a GIF has one quality only.

    Raises:
        av.FFmpegError: the encoder failed.
    """
    encoders: dict[LoopKind, Callable[[Animation, int], bytes]] = {
        LoopKind.GIF: lambda animation, _: _encode_gif(animation),
        LoopKind.WEBP: _encode_webp,
        LoopKind.MP4: _encode_mp4,
    }
    return encoders[kind](animation, quality)


def _encode_gif(animation: Animation) -> bytes:
    """Encode with one palette for all frames, optimized for motion, and a still dither pattern."""
    palette = _make_palette(animation)
    content = io.BytesIO()
    with av.open(content, "w", format="gif", options={"loop": "0"}) as container:
        height, width = animation.images[0].shape[:2]
        stream = container.add_stream("gif", rate=Fraction(animation.frames_per_second).limit_denominator(100))
        stream.width, stream.height, stream.pix_fmt = width, height, "pal8"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _GIF_TICKS)
        for frame in _map_colours(animation, palette):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return content.getvalue()


def _make_palette(animation: Animation) -> VideoFrame:
    graph, source = _graph(animation)
    generate = graph.add("palettegen", "stats_mode=full")
    sink = graph.add("buffersink")
    source.link_to(generate)
    generate.link_to(sink)
    graph.configure()
    for frame in _frames(animation):
        source.push(frame)
    source.push(None)
    return cast(VideoFrame, sink.pull())


def _map_colours(animation: Animation, palette: VideoFrame) -> Iterator[VideoFrame]:
    graph, source = _graph(animation)
    colours = graph.add_buffer(
        width=palette.width, height=palette.height, format=palette.format, time_base=Fraction(1, _GIF_TICKS)
    )
    use = graph.add("paletteuse", "dither=bayer:bayer_scale=3:diff_mode=rectangle")
    sink = graph.add("buffersink")
    source.link_to(use, 0, 0)
    colours.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    palette.pts, palette.time_base = 0, Fraction(1, _GIF_TICKS)
    colours.push(palette)
    colours.push(None)
    for frame in _frames(animation):
        source.push(frame)
        yield from _pull_all(sink)
    source.push(None)
    yield from _pull_all(sink)


def _graph(animation: Animation) -> "tuple[Graph, av.filter.FilterContext]":
    graph = Graph()
    height, width = animation.images[0].shape[:2]
    source = graph.add_buffer(
        width=width, height=height, format=av.VideoFormat("rgb24"), time_base=Fraction(1, _GIF_TICKS)
    )
    return graph, source


def _frames(animation: Animation) -> Iterator[VideoFrame]:
    for number, image in enumerate(animation.images):
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(image[..., ::-1]), format="rgb24")
        frame.pts = round(number * _GIF_TICKS / animation.frames_per_second)
        frame.time_base = Fraction(1, _GIF_TICKS)
        yield frame


def _pull_all(sink: "av.filter.FilterContext") -> Iterator[VideoFrame]:
    while True:
        try:
            yield cast(VideoFrame, sink.pull())
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _encode_webp(animation: Animation, quality: int) -> bytes:
    images = [Image.fromarray(np.ascontiguousarray(image[..., ::-1])) for image in animation.images]
    times = [round(number * 1000 / animation.frames_per_second) for number in range(len(images) + 1)]
    durations = [after - before for before, after in pairwise(times)]
    content = io.BytesIO()
    images[0].save(
        content,
        "WEBP",
        save_all=True,
        append_images=images[1:],
        duration=durations,
        loop=0,
        quality=quality,
        method=3,
        minimize_size=False,
    )
    return content.getvalue()


def _encode_mp4(animation: Animation, quality: int) -> bytes:
    content = io.BytesIO()
    with av.open(content, "w", format="mp4") as container:
        height, width = animation.images[0].shape[:2]
        rate = Fraction(animation.frames_per_second).limit_denominator(1000)
        stream = container.add_stream("libx264", rate=rate, options={"crf": str(_CRF[quality]), "preset": "medium"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for image in animation.images:
            container.mux(stream.encode(VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")))
        container.mux(stream.encode(None))
    return content.getvalue()
