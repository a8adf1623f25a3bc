"""Takes animated GIF and PNG files apart into still images, after looking at their size and number."""

import struct

import numpy as np

from masquerade.filters.format.png import PNG_BYTES_MOST, png_size_wh

FRAMES_MOST = 48
SIDE_MOST = 1024
# Of all frames together: what they take in memory, once drawn, is four bytes for each.
PIXELS_MOST = 6_000_000
# Shorter times are mistakes of old programs; browsers take them for a tenth of a second, too.
_SECONDS_LEAST = 0.02
_SECONDS_USUAL = 0.1
_GIF_SIGNATURES = (b"GIF87a", b"GIF89a")


def is_animated(content: bytes) -> bool:
    """Return whether a file is a GIF, or a PNG with several frames."""
    return content[:6] in _GIF_SIGNATURES or _apng_frames(content) > 0


def animation_problem(content: bytes) -> str | None:
    """Return why an animation may not be decoded, or None; looks at its blocks, decodes nothing."""
    if len(content) > PNG_BYTES_MOST:
        return f"is larger than {PNG_BYTES_MOST // 1_000_000} MB"
    gif = content[:6] in _GIF_SIGNATURES
    frames = _gif_frames(content) if gif else _apng_frames(content)
    size_wh = struct.unpack("<HH", content[6:10]) if gif and len(content) >= 13 else png_size_wh(content)
    if frames == 0 or size_wh is None:
        return "is a broken animation"
    width, height = size_wh
    if not (1 <= width <= SIDE_MOST and 1 <= height <= SIDE_MOST):
        return f"is {width} x {height} pixels; an animation may be {SIDE_MOST} x {SIDE_MOST}"
    if frames > FRAMES_MOST:
        return f"has {frames} frames; at most {FRAMES_MOST} are allowed"
    if frames * width * height > PIXELS_MOST:
        most = PIXELS_MOST // 1_000_000
        return f"has {frames} frames of {width} x {height}; all together may have {most} million pixels"
    return None


def split_animation(content: bytes) -> tuple[tuple[bytes, float], ...]:
    """Return each frame as a PNG file of the full size with the seconds it is shown; empty where it is broken.

    Args:
        content: an animation in which `animation_problem` found none.
    """
    import cv2  # noqa: PLC0415 (0.2 s that listing the filters can do without)

    try:
        read, animation = cv2.imdecodeanimation(np.frombuffer(content, np.uint8), 0, FRAMES_MOST)
    except cv2.error:
        return ()
    if not read:
        return ()
    return tuple(
        (cv2.imencode(".png", frame)[1].tobytes(), _seconds(milliseconds))
        for frame, milliseconds in zip(animation.frames, animation.durations, strict=True)
    )


def _seconds(milliseconds: float) -> float:
    seconds = float(milliseconds) / 1000.0
    return seconds if seconds >= _SECONDS_LEAST else _SECONDS_USUAL


def _apng_frames(content: bytes) -> int:
    """Return how many frames a PNG says it has; 0 for a still one, which has no such chunk before its pixels."""
    at = 8
    while png_size_wh(content) is not None and at + 20 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        if kind == b"acTL":
            return int(struct.unpack(">I", content[at + 8 : at + 12])[0])
        if kind == b"IDAT":
            break
        at += 12 + length
    return 0


def _gif_frames(content: bytes) -> int:
    """Return how many images lie in a GIF up to its end, or up to where it is broken."""
    if len(content) < 13:
        return 0
    at, frames = 13 + _palette_bytes(content[10]), 0
    while at < len(content) and content[at] in (0x21, 0x2C):
        if content[at] == 0x2C:
            if at + 10 >= len(content):
                break
            frames += 1
            at += 11 + _palette_bytes(content[at + 9])
        else:
            at += 2
        at = _after_blocks(content, at)
    return frames


def _after_blocks(content: bytes, at: int) -> int:
    """Behind a chain of data blocks, each headed by its length; a length of 0 ends it."""
    while at < len(content) and content[at] > 0:
        at += 1 + content[at]
    return at + 1


def _palette_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
