"""Art is read from the package's own folder only, and looked at before it is decoded."""

import os
import struct
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.filters.compositing.rasters import decode_png
from masquerade.filters.format.art.loading import load_art
from masquerade.filters.format.art.svg import ArtBox

from tests.masquerade.filters.format.art.test_svg import chunk_of, png_of
from tests.masquerade.filters.package_writer import package

PNG = cv2.imencode(".png", np.full((30, 50, 4), 200, np.uint8))[1].tobytes()

NOISE = cv2.imencode(".png", np.random.default_rng(0).integers(0, 256, (60, 50, 4), np.uint8))[1].tobytes()


# Every sum is right, but the pixels end too soon.
HALF_PACKED = png_of(50, 60) + chunk_of(b"IDAT", zlib.compress(bytes(60 * 201))[:-9]) + chunk_of(b"IEND", b"")


def png(header: bytes, *chunks: bytes, pixels: bytes = b"") -> bytes:
    """A PNG of these chunks; every sum is right."""
    body = b"".join(chunks) + chunk_of(b"IDAT", zlib.compress(pixels)) + chunk_of(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk_of(b"IHDR", header) + body


def header(width: int, height: int, bits: int = 8, colours: int = 6, *rest: int) -> bytes:
    return struct.pack(">IIBBBBB", width, height, bits, colours, *(rest or (0, 0, 0)))


PIXELS = bytes(10 * 41)
PALETTE = chunk_of(b"PLTE", bytes(3 * 4))


def test_a_png_fills_its_pixels(tmp_path: Path) -> None:
    art, problems = load_art(package(tmp_path, art_png=PNG), "art.png", None)
    assert problems == ()
    assert art is not None
    assert art.box == ArtBox(0, 0, 50, 30)


@pytest.mark.parametrize(
    ("content", "part", "problem"),
    [
        (png_of(60_000, 60_000), None, "60000 x 60000 pixels"),
        (png_of(0, 10), None, "0 x 10 pixels"),
        (b"GIF89a", None, "is not a PNG"),
        (b"", None, "is not a PNG"),
        (PNG + bytes(9_000_000), None, "larger than 8 MB"),
        (PNG, "shadow", "'part' only applies to SVG"),
        (PNG[:-13], None, "is cut off or damaged"),
        (NOISE[: len(NOISE) // 2], None, "is cut off or damaged"),
        (NOISE[:400] + bytes([NOISE[400] ^ 1]) + NOISE[401:], None, "is cut off or damaged"),
        (HALF_PACKED, None, "is cut off or damaged"),
        (png_of(10, 10), None, "is cut off or damaged"),
        # What the header says is what unpacks: a small image must not hide 800 MB.
        (png(header(10, 10), pixels=PIXELS + b"0"), None, "more pixels than the header says"),
        (png(header(10, 10), pixels=bytes(80_000_000)), None, "more pixels than the header says"),
        (png(header(10, 10), pixels=PIXELS[:-1]), None, "fewer pixels than the header says"),
        (png(header(10, 10, 8, 6, 0, 0, 1), pixels=PIXELS), None, "pixels than the header says"),
        (png(header(10, 10, 3), pixels=PIXELS), None, "pixel format is unknown"),
        (png(header(10, 10, 8, 5), pixels=PIXELS), None, "pixel format is unknown"),
        (png(header(10, 10, 8, 6, 1, 0, 0), pixels=PIXELS), None, "pixel format is unknown"),
        (png(header(10, 10, 8, 6, 0, 0, 2), pixels=PIXELS), None, "pixel format is unknown"),
        (png(header(10, 10, 8, 3), pixels=bytes(110)), None, "must be one palette"),
        (png(header(10, 10, 8, 3), PALETTE, PALETTE, pixels=bytes(110)), None, "must be one palette"),
        (png(header(10, 10, 8, 3), chunk_of(b"PLTE", bytes(10)), pixels=bytes(110)), None, "palette is damaged"),
        (png(header(10, 10, 8, 3), PALETTE, chunk_of(b"tRNS", bytes(9)), pixels=bytes(110)), None, "does not fit"),
        (png(header(10, 10), chunk_of(b"IHDR", header(99, 99)), pixels=PIXELS), None, "only IHDR"),
        (png(header(10, 10), *[chunk_of(b"tEXt", b"")] * 20_000, pixels=PIXELS), None, "too many chunks"),
    ],
)
def test_a_png_that_may_not_be_drawn_is_refused(tmp_path: Path, content: bytes, part: str | None, problem: str) -> None:
    art, problems = load_art(package(tmp_path, art_png=content), "art.png", part)
    assert art is None
    assert problem in problems[0].text


def test_a_folder_with_a_name_like_art_is_no_art(tmp_path: Path) -> None:
    (tmp_path / "art.svg").mkdir()
    art, problems = load_art(tmp_path, "art.svg", None)
    assert art is None
    assert "there is no file" in problems[0].text


@pytest.mark.parametrize(
    "content",
    [
        png(header(10, 10), pixels=PIXELS),
        png(header(9, 10, 1, 0), pixels=bytes(10 * 3)),
        png(header(10, 10, 8, 3), PALETTE, chunk_of(b"tRNS", bytes(4)), pixels=bytes(110)),
        png(header(10, 10, 16, 2), pixels=bytes(10 * 61)),
        # Seven passes: 2x2, 1x2, 3x1, 2x3, 5x2, 5x5, 10x5 pixels.
        png(header(10, 10, 8, 0, 0, 0, 1), pixels=bytes(2 * 3 + 2 * 2 + 4 + 3 * 3 + 2 * 6 + 5 * 6 + 5 * 11)),
        cv2.imencode(".png", np.zeros((7, 5, 4), np.uint16))[1].tobytes(),
        cv2.imencode(".png", np.zeros((7, 5), np.uint8))[1].tobytes(),
    ],
    ids=["rgba", "1 bit", "palette", "16 bit", "interlaced", "16 bit rgba", "grey"],
)
def test_every_kind_of_png_is_taken(tmp_path: Path, content: bytes) -> None:
    art, problems = load_art(package(tmp_path, art_png=content), "art.png", None)
    assert problems == ()
    assert art is not None
    assert decode_png(art.content).shape[:2] == (art.box.height, art.box.width)


def test_what_is_not_drawn_is_left_out(tmp_path: Path) -> None:
    noted = PNG[:33] + chunk_of(b"iCCP", b"x\0\0" + zlib.compress(bytes(1_000_000))) + PNG[33:]
    art, problems = load_art(package(tmp_path, art_png=noted), "art.png", None)
    assert problems == ()
    assert art is not None
    assert art.content == PNG


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFO")
def test_what_is_no_plain_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "art.svg")
    assert load_art(tmp_path, "art.svg", None)[0] is None
