"""Looks at a PNG's header before anything decodes it, so that its size is known beforehand."""

import struct

PNG_BYTES_MOST = 8_000_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_size_wh(content: bytes) -> tuple[int, int] | None:
    """Returns width and height in pixels as the header tells them; None where this is no PNG."""
    if len(content) < 33 or content[:8] != _SIGNATURE or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def png_fault(content: bytes, side_most: int) -> str | None:
    """Returns why a PNG may not be decoded, or None.

    Args:
        content: the file.
        side_most: pixels that it may be wide and high; a small file can unpack to a huge picture.
    """
    if len(content) > PNG_BYTES_MOST:
        return f"is larger than {PNG_BYTES_MOST // 1_000_000} MB"
    size_wh = png_size_wh(content)
    if size_wh is None:
        return "is no PNG"
    if not (1 <= size_wh[0] <= side_most and 1 <= size_wh[1] <= side_most):
        return f"is {size_wh[0]} x {size_wh[1]} pixels; at most {side_most} x {side_most} are allowed"
    return None
