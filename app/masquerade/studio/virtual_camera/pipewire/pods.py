"""Packs what PipeWire calls PODs, and reads the one number of them that is needed here."""

import struct
from collections.abc import Iterable

# Of spa/utils/type.h, spa/param/param.h, spa/param/format.h, spa/param/buffers.h and spa/param/video/raw.h.
_ID, _INT, _RECTANGLE, _FRACTION, _OBJECT, _CHOICE = 3, 4, 10, 11, 15, 19
_OBJECT_FORMAT, _OBJECT_BUFFERS, _OBJECT_META = 0x40003, 0x40004, 0x40005
PARAM_ENUM_FORMAT, PARAM_FORMAT, PARAM_BUFFERS, PARAM_META = 3, 4, 5, 6
_MEDIA_TYPE, _MEDIA_SUBTYPE = 1, 2
_VIDEO, _RAW = 2, 1
_VIDEO_FORMAT, _VIDEO_SIZE, _VIDEO_RATE = 0x20001, 0x20003, 0x20004
_COLOUR_RANGE, _COLOUR_MATRIX = 0x2000C, 0x2000D
_LIMITED_RANGE, _BT601 = 2, 4
_CHOICE_RANGE, _CHOICE_FLAGS = 1, 4
_META_HEADER, _META_HEADER_BYTES = 1, 32
_MEMORY_FILE = 1 << 2


def video_format(spa_format: int, size_wh: tuple[int, int], frames_per_second: int) -> bytes:
    """Return the offer of one pixel layout at one size and rate."""
    return _object(
        _OBJECT_FORMAT,
        PARAM_ENUM_FORMAT,
        (
            (_MEDIA_TYPE, _id(_VIDEO)),
            (_MEDIA_SUBTYPE, _id(_RAW)),
            (_VIDEO_FORMAT, _id(spa_format)),
            (_VIDEO_SIZE, _pod(_RECTANGLE, struct.pack("<II", *size_wh))),
            (_VIDEO_RATE, _pod(_FRACTION, struct.pack("<II", frames_per_second, 1))),
            (_COLOUR_RANGE, _id(_LIMITED_RANGE)),
            (_COLOUR_MATRIX, _id(_BT601)),
        ),
    )


def buffers(byte_count: int, stride: int) -> bytes:
    """Return the wish for 2 to 16 buffers of one block each, in memory that another process can map."""
    return _object(
        _OBJECT_BUFFERS,
        PARAM_BUFFERS,
        (
            (1, _choice(_CHOICE_RANGE, 4, 2, 16)),
            (2, _int(1)),
            (3, _int(byte_count)),
            (4, _int(stride)),
            (6, _choice(_CHOICE_FLAGS, _MEMORY_FILE)),
        ),
    )


def header_meta() -> bytes:
    """Return the wish for a header with the time of each buffer."""
    return _object(_OBJECT_META, PARAM_META, ((1, _id(_META_HEADER)), (2, _int(_META_HEADER_BYTES))))


def read_video_format(pod: bytes) -> int | None:
    """Return the pixel layout of a format that was agreed on, None where it names none."""
    position = 16  # size and type of the object, then its kind and its id
    while position + 16 <= len(pod):
        key, _flags, length, kind = struct.unpack_from("<IIII", pod, position)
        if key == _VIDEO_FORMAT and length >= 4:
            # A choice holds its kind, flags, child's size and child's type before the value.
            at = position + 16 + (16 if kind == _CHOICE else 0)
            return int(struct.unpack_from("<I", pod, at)[0]) if at + 4 <= len(pod) else None
        position += 16 + length + -length % 8
    return None


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("<II", len(body), kind) + body + bytes(-len(body) % 8)


def _id(value: int) -> bytes:
    return _pod(_ID, struct.pack("<I", value))


def _int(value: int) -> bytes:
    return _pod(_INT, struct.pack("<i", value))


def _choice(kind: int, *values: int) -> bytes:
    return _pod(_CHOICE, struct.pack("<IIII", kind, 0, 4, _INT) + struct.pack(f"<{len(values)}i", *values))


def _object(kind: int, param: int, properties: Iterable[tuple[int, bytes]]) -> bytes:
    body = b"".join(struct.pack("<II", key, 0) + value for key, value in properties)
    return _pod(_OBJECT, struct.pack("<II", kind, param) + body)
