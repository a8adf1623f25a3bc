"""Art is read from the package's own folder only, and looked at before it is decoded."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.filters.format.art import load_art
from masquerade.filters.format.svg import ArtBox

from tests.masquerade.filters.format.test_svg import png_of
from tests.masquerade.filters.package_writer import package

PNG = cv2.imencode(".png", np.full((30, 50, 4), 200, np.uint8))[1].tobytes()

NOISE = cv2.imencode(".png", np.random.default_rng(0).integers(0, 256, (60, 50, 4), np.uint8))[1].tobytes()


def chunk_of(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


# Every sum is right, but the pixels end too soon.
HALF_PACKED = png_of(50, 60) + chunk_of(b"IDAT", zlib.compress(bytes(60 * 201))[:-9]) + chunk_of(b"IEND", b"")


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
        (b"GIF89a", None, "is no PNG"),
        (b"", None, "is no PNG"),
        (PNG + bytes(9_000_000), None, "larger than 8 MB"),
        (PNG, "shadow", "'part' only applies to SVG"),
        (PNG[:-13], None, "is cut off or damaged"),
        (NOISE[: len(NOISE) // 2], None, "is cut off or damaged"),
        (NOISE[:400] + bytes([NOISE[400] ^ 1]) + NOISE[401:], None, "is cut off or damaged"),
        (HALF_PACKED, None, "is cut off or damaged"),
        (png_of(10, 10), None, "is cut off or damaged"),
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
