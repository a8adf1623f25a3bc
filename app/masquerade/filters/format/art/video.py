"""Check videos of packages, and play them frame by frame."""

import io
from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np

from masquerade.values import ByteArray

if TYPE_CHECKING:
    from av.container import InputContainer

# Seconds from the start, and (H, W, 4) uint8 BGRA.
TimedFrame = tuple[float, ByteArray]
VIDEO_ENDINGS = (".mp4", ".webm")
MAX_VIDEO_BYTES = 10_000_000
MAX_VIDEO_WH = (1920, 1080)
MAX_VIDEO_SECONDS = 60.0
_MIN_SIDE = 16
# What PyAV raises for foreign bytes besides its own errors.
_RAISED = (OSError, ValueError, TypeError, ArithmeticError, LookupError, RuntimeError, MemoryError, EOFError)


class VideoError(Exception):
    """A video cannot be played; the text says why and stands after the file's name."""


def video_size_wh(content: bytes) -> tuple[int, int]:
    """Return width and height of a video, after its first frame was decoded.

    Args:
        content: of the file.

    Raises:
        VideoError: it cannot be played, or is too large or too long.
    """
    first = next(video_frames(content), None)
    if first is None:
        raise VideoError("contains no video")
    return first[1].shape[1], first[1].shape[0]


def video_frames(content: bytes) -> Generator[TimedFrame, None, None]:
    """Return each frame of a video once: seconds from its start, and (H, W, 4) uint8 BGRA.

    Args:
        content: of the file.

    Raises:
        VideoError: as above, on the way.
    """
    import av  # noqa: PLC0415 (loaded only where a filter has a video)

    try:
        with av.open(io.BytesIO(content), "r") as container:
            yield from _decoded(container)
    except VideoError:
        raise
    except (av.error.FFmpegError, *_RAISED) as error:
        raise VideoError(f"cannot be played ({type(error).__name__})") from error


def _decoded(container: "InputContainer") -> Generator[TimedFrame, None, None]:
    stream = next(iter(container.streams.video), None)
    if stream is None:
        raise VideoError("contains no video")
    stream.thread_type = "NONE"
    width, height = stream.codec_context.width, stream.codec_context.height
    if not (_MIN_SIDE <= width <= MAX_VIDEO_WH[0] and _MIN_SIDE <= height <= MAX_VIDEO_WH[1]):
        raise VideoError(f"is {width} x {height}; at most {MAX_VIDEO_WH[0]} x {MAX_VIDEO_WH[1]} are allowed")
    begin: float | None = None
    for frame in container.decode(stream):
        if (frame.width, frame.height) != (width, height):
            raise VideoError("changes its size partway")
        begin = frame.time or 0.0 if begin is None else begin
        seconds = (frame.time or 0.0) - begin
        if seconds > MAX_VIDEO_SECONDS:
            raise VideoError(f"is longer than {MAX_VIDEO_SECONDS:g} seconds")
        yield seconds, np.ascontiguousarray(frame.to_ndarray(format="bgra"), np.uint8)
