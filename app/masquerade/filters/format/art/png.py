"""Checks a PNG before anything decodes it: all of it is there, and no more than its header says."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_PNG_BYTES = 8_000_000
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS = 20_000
_BLOCK_BYTES = 1 << 16
# Samples of a pixel by colour type, and the bits that one may have.
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_BITS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# Left, top, and steps across and down of the seven passes of an interlaced PNG.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_DRAWN = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
Chunk = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class PngHeader:
    """What IHDR says."""

    width: int
    height: int
    bits: int
    colour_type: int
    interlaced: bool

    def unpacked_bytes(self, width: int, height: int) -> int:
        """Return how many bytes the pixels of this kind take once unpacked, filter bytes included."""
        pixel_bits = self.bits * _SAMPLES[self.colour_type]
        passes = _ADAM7 if self.interlaced else ((0, 0, 1, 1),)
        total = 0
        for left, top, across, down in passes:
            columns, rows = -(-max(width - left, 0) // across), -(-max(height - top, 0) // down)
            total += rows * (1 + (columns * pixel_bits + 7) // 8) if columns else 0
        return total


def png_size_wh(content: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels by the header, or None if this is not a PNG."""
    if len(content) < 33 or content[:8] != SIGNATURE or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def png_problem(content: bytes, max_side: int) -> str | None:
    """Return why a PNG may not be decoded, or None.

    Args:
        content: the file.
        max_side: pixels that it may be wide and high; a small file can unpack to a huge image.
    """
    if len(content) > MAX_PNG_BYTES:
        return f"is larger than {MAX_PNG_BYTES // 1_000_000} MB"
    size_wh = png_size_wh(content)
    if size_wh is None:
        return "is not a PNG"
    if not (1 <= size_wh[0] <= max_side and 1 <= size_wh[1] <= max_side):
        return f"is {size_wh[0]} x {size_wh[1]} pixels; at most {max_side} x {max_side} are allowed"
    try:
        chunks = tuple(read_chunks(content))
        header = read_header(chunks)
        check_palette(header, chunks)
        unpack([data for kind, data in chunks if kind == b"IDAT"], header, *size_wh)
    except ValueError as error:
        return f"is cut off or damaged ({error})"
    except (struct.error, zlib.error, IndexError, KeyError, MemoryError):
        return "is cut off or damaged"
    return None


def clean_png(content: bytes) -> bytes:
    """Return a PNG in which `png_problem` found none, without all that is not drawn: texts, profiles, frames."""
    return write_png([chunk for chunk in read_chunks(content) if chunk[0] in _DRAWN])


def write_png(chunks: list[Chunk]) -> bytes:
    """Return the file that holds these chunks."""
    parts = [SIGNATURE]
    for kind, data in chunks:
        parts += [struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(kind + data))]
    return b"".join(parts)


def read_chunks(content: bytes) -> Iterator[Chunk]:
    """Return kind and data of each chunk up to IEND.

    Raises:
        ValueError: a chunk is missing, or not as it was written; or struct.error.
    """
    at = len(SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        data, end = content[at + 8 : at + 8 + length], at + 8 + length
        if struct.unpack(">I", content[end : end + 4])[0] != zlib.crc32(kind + data):
            raise ValueError("the checksum of a chunk is wrong")
        yield kind, data
        if kind == b"IEND":
            return
        at = end + 4
    raise ValueError("there are too many chunks")


def read_header(chunks: tuple[Chunk, ...]) -> PngHeader:
    """Return the header; raises ValueError where it allows no decoding."""
    kind, data = chunks[0]
    width, height, bits, colour_type, packing, filtering, interlacing = struct.unpack(">IIBBBBB", data)
    if kind != b"IHDR" or sum(each == b"IHDR" for each, _ in chunks) != 1:
        raise ValueError("the first chunk must be the only IHDR")
    if bits not in _BITS.get(colour_type, ()) or packing or filtering or interlacing > 1:
        raise ValueError("its pixel format is unknown")
    return PngHeader(width, height, bits, colour_type, bool(interlacing))


def check_palette(header: PngHeader, chunks: tuple[Chunk, ...]) -> None:
    """Raise ValueError where palette or transparency do not fit the pixels."""
    palettes = [data for kind, data in chunks if kind == b"PLTE"]
    clear = [data for kind, data in chunks if kind == b"tRNS"]
    if len(palettes) > 1 or len(clear) > 1 or (header.colour_type == 3 and not palettes):
        raise ValueError("there must be one palette")
    colours = len(palettes[0]) // 3 if palettes else 0
    if palettes and (len(palettes[0]) % 3 or not 1 <= colours <= 256):
        raise ValueError("the palette is damaged")
    wanted = {0: (2,), 2: (6,), 3: range(colours + 1)}.get(header.colour_type, ())
    if clear and len(clear[0]) not in wanted:
        raise ValueError("the transparency does not fit")
    kinds = [kind for kind, _ in chunks]
    if any(b"IDAT" in kinds[: kinds.index(kind)] for kind in (b"PLTE", b"tRNS") if kind in kinds):
        raise ValueError("the palette comes too late")


def unpack(parts: list[bytes], header: PngHeader, width: int, height: int) -> None:
    """Unpack pixels without keeping them; raises ValueError where they are not exactly as many as announced."""
    unpacker, left = zlib.decompressobj(), header.unpacked_bytes(width, height)
    for part in parts:
        data = part
        while data and not unpacker.eof:
            left -= len(unpacker.decompress(data, min(_BLOCK_BYTES, max(left, 0) + 1)))
            if left < 0:
                raise ValueError("there are more pixels than the header says")
            data = unpacker.unconsumed_tail
    if left or not unpacker.eof:
        raise ValueError("there are fewer pixels than the header says")
