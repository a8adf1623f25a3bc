"""Makes a loop of part of a clip, forwards or as a boomerang, up to a size: make_loop."""

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from masquerade.errors import RecordingError, SourceError
from masquerade.pipeline.sources.photos.kinds import is_still
from masquerade.studio.clips.animation import Animation, LoopKind, encode_animation
from masquerade.studio.clips.clip import read_frames
from masquerade.studio.clips.options import MAX_LOOP_SECONDS, LoopOptions
from masquerade.studio.whole_file import written_new, written_whole
from masquerade.terminal import printable
from masquerade.values import ByteArray

_LONGEST_SIDE = 640
_SHORTEST_SIDE = 96
_RATE = 20.0
_QUALITIES = (90, 75, 60, 45)
_RATES = (20.0, 15.0, 10.0)
# An encoder's size is a guess until it has been tried: aim a little below.
_AIM = 0.92
_MAX_TRIES = 12

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop that was written.

    Attributes:
        path: of the file.
        seconds: of one round.
        size_wh: of its images, pixels.
        size_bytes: of the file.
    """

    path: Path
    seconds: float
    size_wh: tuple[int, int]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Quality, size and rate of one attempt to make the file small enough.

    Attributes:
        scale: of the sides, 0 to 1.
        rate: frames a second.
        quality: of the encoder.
    """

    scale: float = 1.0
    rate: float = _RATE
    quality: int = _QUALITIES[0]


def make_loop(source: Path, target: Path, options: LoopOptions, replace: bool = False) -> Loop:
    """Write a loop of a clip into a GIF, WebP or MP4 file, by the ending of `target`.

    Where it would be too large, first quality goes, then size, then frames.

    Args:
        source: a video or animation.
        target: where it exists, `target-2` and so on is used.
        options: which stretch, and how large.
        replace: True replaces `target` instead.

    Raises:
        SourceError: the clip is missing, damaged, or a photo.
        RecordingError: the stretch is empty or too long, or the file cannot be small enough, or not be written.
    """
    kind = loop_kind(target)
    images = _read_images(source, options)
    if options.boomerang:
        images = [*images, *images[-2:0:-1]]
    content, animation = _encode_under(images, kind, options.max_bytes, target)
    if replace:
        path = target
        with written_whole(target) as temporary:
            temporary.write_bytes(content)
    else:
        with written_new(target) as new:
            new.temporary.write_bytes(content)
        path = new.path
    height, width = animation.images[0].shape[:2]
    return Loop(path, len(animation.images) / animation.frames_per_second, (width, height), len(content))


def loop_kind(target: Path) -> LoopKind:
    """Return the format of a file by its ending.

    Raises:
        RecordingError: it is another one.
    """
    try:
        return LoopKind(target.suffix.lower().removeprefix("."))
    except ValueError as error:
        raise RecordingError(
            f"{printable(target)}: loops are GIF, WebP or MP4 files. Give it a name that ends in .gif, .webp or .mp4."
        ) from error


def _read_images(source: Path, options: LoopOptions) -> list[ByteArray]:
    """Return the images at the loop's frame rate, (H, W, 3) BGR, at most _LONGEST_SIDE long."""
    if is_still(source):
        raise SourceError(f"{printable(source)} is a photo. Choose a video to make a loop of.")
    images = list(_steps(source, options))
    if len(images) < 2:
        raise RecordingError(f"{printable(source)}: there is nothing to loop in this part. Choose a longer one.")
    return images


def _steps(source: Path, options: LoopOptions) -> Iterator[ByteArray]:
    begin, end = options.stretch.begin_seconds, options.stretch.end_seconds
    count = 0
    small: ByteArray | None = None
    for frame in read_frames(source, begin):
        while small is not None and count / _RATE < min(frame.taken_at, end) - begin:
            yield small
            count += 1
        if frame.taken_at >= end:
            return
        if count / _RATE > MAX_LOOP_SECONDS:
            raise RecordingError(
                f"{printable(source)}: a loop is at most {MAX_LOOP_SECONDS:.0f} seconds long. Choose a shorter part."
            )
        small = _shrink(frame.pixels)
    if small is not None:
        yield small


def _shrink(pixels: ByteArray) -> ByteArray:
    scale = min(_LONGEST_SIDE / max(pixels.shape[:2]), 1.0)
    return _scaled(np.ascontiguousarray(pixels[..., :3]), scale)


def _scaled(image: ByteArray, scale: float) -> ByteArray:
    """Scale to even sides of at least 2."""
    height, width = image.shape[:2]
    size_wh = (max(round(width * scale / 2) * 2, 2), max(round(height * scale / 2) * 2, 2))
    if size_wh == (width, height):
        return image
    smaller: ByteArray = cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return smaller


def _encode_under(images: list[ByteArray], kind: LoopKind, max_bytes: int, target: Path) -> tuple[bytes, Animation]:
    """Return the best encoding that is small enough."""
    attempt: _Attempt | None = _Attempt()
    for _ in range(_MAX_TRIES):
        if attempt is None:
            break
        animation = _reduced(images, attempt)
        try:
            content = encode_animation(animation, kind, attempt.quality)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise RecordingError(f"{printable(target)} cannot be written: its encoder failed ({error}).") from error
        _log.debug("%s: %s gives %d bytes", target, attempt, len(content))
        if len(content) <= max_bytes:
            return content, animation
        attempt = _smaller(attempt, len(content) / max_bytes, kind, images[0])
    raise RecordingError(
        f"{printable(target)}: this loop does not fit into {max_bytes / 1000:.0f} kB. "
        "Choose a shorter part, or allow a larger file."
    )


def _reduced(images: list[ByteArray], attempt: _Attempt) -> Animation:
    step = _RATE / attempt.rate
    chosen = [images[int(place * step)] for place in range(math.ceil(len(images) / step))]
    return Animation([_scaled(image, attempt.scale) for image in chosen], attempt.rate)


def _smaller(attempt: _Attempt, excess: float, kind: LoopKind, image: ByteArray) -> _Attempt | None:
    """Return the next attempt if the file is `excess` times too large; None if nothing is left to try."""
    if kind is not LoopKind.GIF and attempt.quality > _QUALITIES[-1]:
        skip = 1 if excess < 2 else 2
        place = min(_QUALITIES.index(attempt.quality) + skip, len(_QUALITIES) - 1)
        return _Attempt(attempt.scale, attempt.rate, _QUALITIES[place])
    least = min(_SHORTEST_SIDE / max(image.shape[:2]), 1.0)
    # Half a step of the frames for a third of the size: movement shows more than detail in a small image.
    if attempt.scale < 0.6 and attempt.rate > _RATES[-1]:
        rate = _RATES[_RATES.index(attempt.rate) + 1]
        excess *= rate / attempt.rate
        attempt = _Attempt(attempt.scale, rate, attempt.quality)
    elif attempt.scale <= least:
        return None
    scale = attempt.scale * min(math.sqrt(_AIM / excess), 0.97)
    return _Attempt(max(min(scale, attempt.scale), least), attempt.rate, attempt.quality)
