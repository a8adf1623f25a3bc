"""Makes photos as cameras and phones do: with colour profiles, EXIF, thumbnails, as HEIC."""

import io
import struct
from pathlib import Path

import av
import numpy as np
from masquerade.values import ByteArray
from PIL import Image

from tests.masquerade.pipeline.sources.clips import write_clip

# Columns: X Y Z of red, green and blue under D50, as the profiles of these spaces have them.
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))


def icc_profile(columns: tuple[tuple[float, ...], ...], gamma: float = 2.2) -> bytes:
    """A display profile of ICC version 2 from three primaries and a gamma (ICC.1:2001-04, 6)."""

    def xyz(values: tuple[float, ...]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65_536)) for value in values)

    text = b"Made by a test\0"
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78 + 1),
        b"cprt": b"text\0\0\0\0" + text + bytes(1),
        b"wtpt": xyz((0.9642, 1.0, 0.8249)),
        **{name: xyz(column) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, content = struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        table += name + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(content), len(tag))
        content += tag + bytes(-len(tag) % 4)
    size = 128 + len(table) + len(content)
    white = struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D)
    header = struct.pack(">I4sI4s4s4s", size, b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    return (header.ljust(68, b"\0") + white).ljust(128, b"\0") + table + content


def with_thumbnail(image: Image.Image) -> bytes:
    """A JPEG whose EXIF block holds a JPEG of its own, as every camera writes it."""
    small, large = io.BytesIO(), io.BytesIO()
    image.resize((32, 24)).save(small, "JPEG")
    thumbnail = small.getvalue()
    # One empty directory, and one that points at the thumbnail (Exif 2.32, 4.5.4).
    tags = struct.pack(">HHHIIHHIII", 2, 0x0201, 4, 1, 44, 0x0202, 4, 1, len(thumbnail), 0)
    block = b"Exif\0\0MM\0\x2a" + struct.pack(">IHI", 8, 0, 14) + tags + thumbnail
    image.save(large, "JPEG", exif=block)
    assert thumbnail in large.getvalue()
    return large.getvalue()


def write_heic(path: Path, image: ByteArray, turns: int = 0, nclx: tuple[int, int, int] = (1, 13, 6)) -> Path:
    """Writes one HEVC image (H, W, 3) BGR as HEIF; `turns` are quarter turns counter-clockwise (ISO/IEC 23008-12)."""
    video = write_clip(
        path.with_suffix(".mp4"), [image] * 3, codec="libx265", options={"x265-params": "log-level=none", "crf": "4"}
    )
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        configuration = bytes(stream.codec_context.extradata or b"")
        coded = bytes(next(container.demux(stream)))
    video.unlink()
    height, width = image.shape[:2]
    properties = [
        box(b"hvcC", configuration),
        full_box(b"ispe", struct.pack(">II", width, height)),
        box(b"colr", b"nclx" + struct.pack(">HHHB", *nclx, 0)),
        box(b"irot", bytes([turns])),
    ]
    association = struct.pack(">IHB4B", 1, 1, 4, 0x81, 2, 3, 0x84)
    item = full_box(b"infe", struct.pack(">HH4s", 1, 0, b"hvc1") + b"\0", version=2)
    before = box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(offset: int) -> bytes:
        location = struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, offset, len(coded))
        return full_box(
            b"meta",
            full_box(b"hdlr", bytes(4) + b"pict" + bytes(13))
            + full_box(b"pitm", struct.pack(">H", 1))
            + full_box(b"iloc", location)
            + full_box(b"iinf", struct.pack(">H", 1) + item)
            + box(b"iprp", box(b"ipco", b"".join(properties)) + full_box(b"ipma", association)),
        )

    offset = len(before) + len(meta(0)) + 8
    path.write_bytes(before + meta(offset) + box(b"mdat", coded))
    return path


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full_box(kind: bytes, content: bytes, version: int = 0) -> bytes:
    return box(kind, struct.pack(">B3x", version) + content)


def flat(rgb: tuple[int, int, int], size_wh: tuple[int, int] = (64, 48)) -> Image.Image:
    return Image.fromarray(np.full((size_wh[1], size_wh[0], 3), rgb, np.uint8))
