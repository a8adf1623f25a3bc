"""Recognises image files whose end is missing: is_cut."""

import re

_JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")
_PNG_START = b"\x89PNG\r\n\x1a\n"
_TOP_LEVEL_BOXES = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid", b"idat"})
_END_OF_IMAGE, _START_OF_IMAGE = 0xD9, 0xD8


def is_cut(content: bytes) -> bool:
    """Return whether a JPEG, PNG, WebP, HEIF or AVIF ends before its structure does; False for other kinds."""
    if content.startswith(b"\xff\xd8\xff"):
        return _is_cut_jpeg(content)
    if content.startswith(_PNG_START):
        return _is_cut_png(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return 8 + int.from_bytes(content[4:8], "little") > len(content)
    return content[4:8] == b"ftyp" and _is_cut_heif(content)


def _is_cut_jpeg(content: bytes) -> bool:
    """Walk from marker to marker, to ignore the end of an embedded thumbnail.

    Source:
        ITU-T T.81, B.1.1: a marker is 0xFF and a byte; all but a few are followed by a
        segment with its length in 16 bits.
    """
    position = 2
    while (match := _JPEG_MARKER.search(content, position)) is not None:
        marker = content[match.start() + 1]
        if marker == _END_OF_IMAGE:
            return False
        length = int.from_bytes(content[match.end() : match.end() + 2], "big")
        position = match.end() + (0 if marker == _START_OF_IMAGE else max(length, 2))
    return True


def _is_cut_png(content: bytes) -> bool:
    """Walk from chunk to chunk: length in 32 bits, type, content, checksum (ISO/IEC 15948, 5.3)."""
    position = len(_PNG_START)
    while position + 12 <= len(content):
        kind = content[position + 4 : position + 8]
        position += 12 + int.from_bytes(content[position : position + 4], "big")
        if kind == b"IEND":
            return position > len(content)
    return True


def _is_cut_heif(content: bytes) -> bool:
    """Walk from box to box (ISO/IEC 14496-12, 4.2): length in 32 bits, type; 1 = 64 bits follow, 0 = up to the end.

    What phones append behind the last box is ignored.
    """
    position = 0
    while position + 8 <= len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        if content[position + 4 : position + 8] not in _TOP_LEVEL_BOXES:
            return False
        if length == 1:
            length = int.from_bytes(content[position + 8 : position + 16], "big")
        if length == 0:
            return False
        position += max(length, 8)
    return position > len(content)
