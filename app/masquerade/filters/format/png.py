"""Looks at a PNG before anything decodes it, so that its size is known beforehand and nothing of it is missing."""

import struct
import zlib
from collections.abc import Iterator

PNG_BYTES_MOST = 8_000_000
_UNPACKED_AT_ONCE = 1 << 16
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_size_wh(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels as the header tells them; None where this is no PNG."""
    if len(content) < 33 or content[:8] != _SIGNATURE or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def png_problem(content: bytes, side_most: int) -> str | None:
    """Return why a PNG may not be decoded, or None.

    Args:
        content: the file.
        side_most: pixels that it may be wide and high; a small file can unpack to a huge image.
    """
    if len(content) > PNG_BYTES_MOST:
        return f"is larger than {PNG_BYTES_MOST // 1_000_000} MB"
    size_wh = png_size_wh(content)
    if size_wh is None:
        return "is no PNG"
    if not (1 <= size_wh[0] <= side_most and 1 <= size_wh[1] <= side_most):
        return f"is {size_wh[0]} x {size_wh[1]} pixels; at most {side_most} x {side_most} are allowed"
    return None if _is_whole(content) else "is cut off or damaged"


def _is_whole(content: bytes) -> bool:
    """Return whether every chunk is there and as it was written, and the pixels unpack to their end."""
    unpacker, ended = zlib.decompressobj(), False
    try:
        for kind, data in _chunks(content):
            if kind == b"IDAT":
                _unpack(unpacker, data)
            ended = ended or kind == b"IEND"
    except (struct.error, zlib.error, ValueError):
        return False
    return ended and unpacker.eof


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each; raises ValueError or struct.error where one is not as it was written."""
    at = len(_SIGNATURE)
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        data, end = content[at + 8 : at + 8 + length], at + 8 + length
        if struct.unpack(">I", content[end : end + 4])[0] != zlib.crc32(kind + data):
            raise ValueError("the sum of a chunk is wrong")
        yield kind, data
        if kind == b"IEND":
            return
        at = end + 4


def _unpack(unpacker: "zlib._Decompress", data: bytes) -> None:
    """Unpack without keeping anything: a small file may hold a lot of nothing."""
    while data and not unpacker.eof:
        unpacker.decompress(data, _UNPACKED_AT_ONCE)
        data = unpacker.unconsumed_tail
