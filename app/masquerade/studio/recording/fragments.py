"""Truncates an unfinished fragmented MP4 to its last complete fragment, so that every player opens it."""

import struct
from pathlib import Path
from typing import BinaryIO

_SHORT_HEADER_BYTES, _LONG_HEADER_BYTES = 8, 16


def cut_to_whole_fragments(path: Path) -> None:
    """Remove the last fragment where it is incomplete.

    A file whose first fragment is incomplete is left as it is: some players show a part
    of it, and there is nothing else to keep.

    Raises:
        OSError: the file cannot be read or written.

    Source:
        ISO/IEC 14496-12, 4.2: a file is a row of boxes, each a 32-bit big-endian size
        (1: a 64-bit one follows; 0: up to the end), a type, and the content.
    """
    with path.open("r+b") as file:
        end = _end_of_whole_fragments(file)
        if end is not None:
            file.truncate(end)


def _end_of_whole_fragments(file: BinaryIO) -> int | None:
    """Return where the last complete fragment ends, bytes; None where there is none."""
    file_end = file.seek(0, 2)
    position, whole_end, header_seen = 0, None, False
    while position < file_end:
        kind, length = _read_box(file, position)
        if length < _SHORT_HEADER_BYTES or position + length > file_end:
            break
        position += length
        if kind == b"mdat" and header_seen:
            whole_end = position
        header_seen = kind == b"moof"
    return whole_end


def _read_box(file: BinaryIO, position: int) -> tuple[bytes, int]:
    """Return the box's type and its length in bytes; 0 where the file ends before it."""
    file.seek(position)
    header = file.read(_LONG_HEADER_BYTES)
    if len(header) < _SHORT_HEADER_BYTES:
        return b"", 0
    length, kind = struct.unpack(">I4s", header[:_SHORT_HEADER_BYTES])
    if length == 1 and len(header) == _LONG_HEADER_BYTES:
        (length,) = struct.unpack(">Q", header[_SHORT_HEADER_BYTES:])
    return kind, length
