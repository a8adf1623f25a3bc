"""Splits animated GIF and PNG files into still images, after checking their size and number."""

import struct

import numpy as np

from masquerade.filters.format.art.apng import apng_frame_count, apng_frames, apng_problem
from masquerade.filters.format.art.png import MAX_PNG_BYTES, png_size_wh
from masquerade.values import ByteArray

MAX_FRAMES = 48
MAX_SIDE = 1024
# Of all frames together: once drawn they take four bytes of memory for each.
MAX_PIXELS = 6_000_000
# Shorter times are mistakes of old programs; browsers take them for a tenth of a second, too.
_MIN_SECONDS = 0.02
_USUAL_SECONDS = 0.1
_GIF_SIGNATURES = (b"GIF87a", b"GIF89a")
_GIF_IMAGE, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, 0x3B


def is_animated(content: bytes) -> bool:
    """Return whether a file is a GIF, or a PNG with several frames."""
    return content[:6] in _GIF_SIGNATURES or apng_frame_count(content) > 0


def animation_problem(content: bytes) -> str | None:
    """Return why an animation may not be decoded, or None."""
    if len(content) > MAX_PNG_BYTES:
        return f"is larger than {MAX_PNG_BYTES // 1_000_000} MB"
    gif = content[:6] in _GIF_SIGNATURES
    frames = _gif_frames(content) if gif else apng_frame_count(content)
    size_wh = struct.unpack("<HH", content[6:10]) if gif and len(content) >= 13 else png_size_wh(content)
    if frames == 0 or size_wh is None:
        return "is a broken animation"
    width, height = size_wh
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        return f"is {width} x {height} pixels; an animation may be {MAX_SIDE} x {MAX_SIDE}"
    if frames > MAX_FRAMES:
        return f"has {frames} frames; at most {MAX_FRAMES} are allowed"
    if frames * width * height > MAX_PIXELS:
        most = MAX_PIXELS // 1_000_000
        return f"has {frames} frames of {width} x {height}; all together may have {most} million pixels"
    return None if gif else apng_problem(content)


def split_animation(content: bytes) -> tuple[tuple[bytes, float], ...]:
    """Return each frame as a PNG file of the full size with the seconds it is shown; empty if it is broken.

    Args:
        content: an animation in which `animation_problem` found none.
    """
    import cv2  # noqa: PLC0415 (0.2 s that listing the filters can do without)

    try:
        frames = _split_gif(content) if content[:6] in _GIF_SIGNATURES else tuple(apng_frames(content))
        return tuple((cv2.imencode(".png", pixels)[1].tobytes(), _shown_seconds(seconds)) for pixels, seconds in frames)
    except (cv2.error, ValueError, MemoryError):
        return ()


def _split_gif(content: bytes) -> tuple[tuple[ByteArray, float], ...]:
    import cv2  # noqa: PLC0415 (as above)

    read, animation = cv2.imdecodeanimation(np.frombuffer(content, np.uint8), 0, MAX_FRAMES)
    if not read:
        return ()
    milliseconds = animation.durations
    return tuple(
        (np.asarray(frame, np.uint8), float(each) / 1000)
        for frame, each in zip(animation.frames, milliseconds, strict=True)
    )


def _shown_seconds(seconds: float) -> float:
    return seconds if seconds >= _MIN_SECONDS else _USUAL_SECONDS


def _gif_frames(content: bytes) -> int:
    """Return how many images lie in a GIF; 0 if it is cut off or any of them does not fit into it."""
    if len(content) < 13:
        return 0
    width, height = struct.unpack("<HH", content[6:10])
    at, frames = 13 + _palette_bytes(content[10]), 0
    while at < len(content) and content[at] in (_GIF_EXTENSION, _GIF_IMAGE):
        if content[at] == _GIF_EXTENSION:
            at = _after_blocks(content, at + 2)
            continue
        if at + 11 > len(content):
            return 0
        left, top, across, down, flags = struct.unpack("<HHHHB", content[at + 1 : at + 10])
        at += 10 + _palette_bytes(flags)
        if not (1 <= across <= width - left and 1 <= down <= height - top) or not _is_code_size(content, at):
            return 0
        frames += 1
        at = _after_blocks(content, at + 1)
    return frames if content[at : at + 1] == bytes([_GIF_END]) else 0


def _is_code_size(content: bytes, at: int) -> bool:
    return at < len(content) and 1 <= content[at] <= 8


def _after_blocks(content: bytes, at: int) -> int:
    """Return the position after a chain of length-prefixed data blocks, which a length of 0 ends."""
    while at < len(content) and content[at] > 0:
        at += 1 + content[at]
    return at + 1


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
