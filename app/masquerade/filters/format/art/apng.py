"""Splits an animated PNG into full still frames, after checking every part.

OpenCV's own reader of such files ends the process on some that are damaged.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np

from masquerade.filters.format.art.png import (
    Chunk,
    PngHeader,
    check_palette,
    png_size_wh,
    read_chunks,
    read_header,
    unpack,
    write_png,
)
from masquerade.values import ByteArray

_DISPOSE_BACKGROUND, _DISPOSE_PREVIOUS = 1, 2
_BLEND_OVER = 1


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame as it is stored: a rectangle of the image, and how it is laid on the one before."""

    left: int
    top: int
    width: int
    height: int
    seconds: float
    dispose: int
    blend: int
    parts: list[bytes]


def apng_frame_count(content: bytes) -> int:
    """Return how many frames a PNG says it has; 0 for a still one. Nothing else of it is checked."""
    at = 8
    while png_size_wh(content) is not None and at + 20 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        if kind == b"acTL":
            return int(struct.unpack(">I", content[at + 8 : at + 12])[0])
        if kind == b"IDAT":
            break
        at += 12 + length
    return 0


def apng_problem(content: bytes) -> str | None:
    """Return why an animated PNG may not be decoded, or None; its sizes have been checked."""
    try:
        header, chunks, frames = _parse(content)
        check_palette(header, chunks)
        for frame in frames:
            unpack(frame.parts, header, frame.width, frame.height)
    except (struct.error, zlib.error, ValueError, IndexError, KeyError, MemoryError):
        return "is a broken animation"
    return None


def apng_frames(content: bytes) -> Iterator[tuple[ByteArray, float]]:
    """Give each frame as (h, w, 4) uint8 BGRA of the full size with its seconds.

    Args:
        content: a file in which `apng_problem` found none.

    Raises:
        ValueError: a frame cannot be decoded.
    """
    header, chunks, frames = _parse(content)
    shared = [chunk for chunk in chunks if chunk[0] in (b"PLTE", b"tRNS")]
    canvas = np.zeros((header.height, header.width, 4), np.uint8)
    for frame in frames:
        before = canvas.copy() if frame.dispose == _DISPOSE_PREVIOUS else None
        rows, columns = slice(frame.top, frame.top + frame.height), slice(frame.left, frame.left + frame.width)
        drawn = _decode(frame, header, shared)
        canvas[rows, columns] = _over(drawn, canvas[rows, columns]) if frame.blend == _BLEND_OVER else drawn
        yield canvas.copy(), frame.seconds
        if before is not None:
            canvas = before
        elif frame.dispose == _DISPOSE_BACKGROUND:
            canvas[rows, columns] = 0


def _parse(content: bytes) -> tuple[PngHeader, tuple[Chunk, ...], list[_Frame]]:
    """Return what an animated PNG holds; raises ValueError or struct.error where it is damaged."""
    chunks = tuple(read_chunks(content))
    header = read_header(chunks)
    counts = [struct.unpack(">II", data)[0] for kind, data in chunks if kind == b"acTL"]
    frames: list[_Frame] = []
    expected = 0
    for kind, data in chunks:
        if kind == b"fcTL":
            expected = _expect(data, expected)
            frames.append(_frame(data, header))
        elif kind == b"fdAT":
            expected = _expect(data, expected)
            frames[-1].parts.append(data[4:])
        elif kind == b"IDAT" and frames:
            if len(frames) > 1 or (frames[0].width, frames[0].height) != (header.width, header.height):
                raise ValueError("the first frame must fill the image")
            frames[0].parts.append(data)
    if len(counts) != 1 or counts[0] != len(frames):
        raise ValueError("there are fewer frames than the header says")
    return header, chunks, frames


def _expect(data: bytes, number: int) -> int:
    """Check the sequence number of this chunk; return the next one."""
    if struct.unpack(">I", data[:4])[0] != number:
        raise ValueError("a part is missing")
    return number + 1


def _frame(data: bytes, header: PngHeader) -> _Frame:
    _, width, height, left, top, delay, per_second, dispose, blend = struct.unpack(">IIIIIHHBB", data)
    if not (1 <= width <= header.width - left and 1 <= height <= header.height - top):
        raise ValueError("a frame reaches beyond the image")
    if dispose > _DISPOSE_PREVIOUS or blend > _BLEND_OVER:
        raise ValueError("a frame has an unknown blend or dispose mode")
    return _Frame(left, top, width, height, delay / (per_second or 100), dispose, blend, [])


def _decode(frame: _Frame, header: PngHeader, shared: list[Chunk]) -> ByteArray:
    import cv2  # noqa: PLC0415 (0.2 s that listing the filters can do without)

    sizes = struct.pack(
        ">IIBBBBB", frame.width, frame.height, header.bits, header.colour_type, 0, 0, int(header.interlaced)
    )
    still = write_png([(b"IHDR", sizes), *shared, (b"IDAT", b"".join(frame.parts)), (b"IEND", b"")])
    pixels: ByteArray | None
    try:
        pixels = cast(ByteArray | None, cv2.imdecode(np.frombuffer(still, np.uint8), cv2.IMREAD_UNCHANGED))
    except cv2.error as error:
        raise ValueError(str(error)) from error
    if pixels is None or pixels.shape[:2] != (frame.height, frame.width):
        raise ValueError("a frame cannot be decoded")
    if pixels.dtype != np.uint8:
        pixels = (pixels // 256).astype(np.uint8)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGRA if pixels.ndim == 2 else cv2.COLOR_BGR2BGRA), np.uint8)


def _over(drawn: ByteArray, below: ByteArray) -> ByteArray:
    """Return straight colours laid over others."""
    alpha, alpha_below = drawn[..., 3:] / 255.0, below[..., 3:] / 255.0
    total = alpha + alpha_below * (1.0 - alpha)
    colour = drawn[..., :3] * alpha + below[..., :3] * alpha_below * (1.0 - alpha)
    colour = colour / np.maximum(total, 1e-6)
    return np.concatenate([colour, total * 255.0], axis=2).round().astype(np.uint8)
