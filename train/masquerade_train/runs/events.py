"""Writes scalars in the form that TensorBoard reads, without tensorflow, so that every Keras backend can.

A file of events is a row of records (length, its sum, content, its sum); each content is one
protocol buffer `Event`, of which only time, step and scalars are needed.
"""

import struct
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

_VERSION = b"brain.Event:2"
# The polynomial of CRC-32C, bits turned round.
_POLYNOMIAL = 0x82F63B78


def _table_entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_TABLE = tuple(_table_entry(value) for value in range(256))


class EventFile:
    """One file of events, for `with`."""

    def __init__(self, folder: Path) -> None:
        """Make a new file beside those of earlier parts of the run.

        Raises:
            OSError: the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        # TensorBoard reads files whose name holds "tfevents", in the order of their names.
        self._file: BinaryIO = (folder / f"events.out.tfevents.{time.time_ns()}").open("wb")
        self._write(_field(3, _VERSION))

    def add(self, step: int, scalars: Mapping[str, float]) -> None:
        """Write named numbers of one step, and flushes."""
        values = b"".join(
            _field(1, _field(1, name.encode()) + _key(2, 5) + struct.pack("<f", number))
            for name, number in scalars.items()
        )
        self._write(_key(2, 0) + _varint(step) + _field(5, values))

    def _write(self, content: bytes) -> None:
        event = _key(1, 1) + struct.pack("<d", time.time()) + content
        length = struct.pack("<Q", len(event))
        self._file.write(length + _sum(length) + event + _sum(event))
        self._file.flush()

    def __enter__(self) -> "EventFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _key(number: int, wire: int) -> bytes:
    """Return number and wire type of a field of a protocol buffer."""
    return _varint(number << 3 | wire)


def _field(number: int, content: bytes) -> bytes:
    """Return a field whose content tells its length."""
    return _key(number, 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Return seven bits a byte, the lowest first."""
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _sum(content: bytes) -> bytes:
    """CRC-32C, turned and shifted as the format wants it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
