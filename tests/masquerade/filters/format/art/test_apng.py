"""Animated PNGs are taken apart by ourselves: rectangles, ways to lay and to clear them, and all that may be wrong."""

import struct
import zlib

import numpy as np
import pytest
from masquerade.filters.format.art.animation import animation_problem, split_animation
from masquerade.filters.format.art.apng import apng_frames
from masquerade.values import ByteArray

from tests.masquerade.filters.format.art.test_svg import chunk_of

SIDE = 8
RED, BLUE, CLEAR, GLASS = (255, 0, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0), (0, 255, 0, 128)
NONE, BACKGROUND, PREVIOUS = 0, 1, 2
SOURCE, OVER = 0, 1


def pixels(colour: tuple[int, int, int, int], width: int, height: int) -> bytes:
    return zlib.compress((b"\0" + bytes(colour) * width) * height)


class Writer:
    """Writes an APNG chunk by chunk."""

    def __init__(self, frames: int) -> None:
        self.number = 0
        self.chunks = [
            chunk_of(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 6, 0, 0, 0)),
            chunk_of(b"acTL", struct.pack(">II", frames, 0)),
        ]

    def control(self, box: tuple[int, int, int, int], dispose: int = NONE, blend: int = SOURCE, step: int = 1) -> None:
        left, top, width, height = box
        data = struct.pack(">IIIIIHHBB", self.number, width, height, left, top, 1, 10, dispose, blend)
        self.chunks.append(chunk_of(b"fcTL", data))
        self.number += step

    def first(self, colour: tuple[int, int, int, int]) -> None:
        self.chunks.append(chunk_of(b"IDAT", pixels(colour, SIDE, SIDE)))

    def data(self, content: bytes, step: int = 1) -> None:
        self.chunks.append(chunk_of(b"fdAT", struct.pack(">I", self.number) + content))
        self.number += step

    def bytes(self) -> bytes:
        return b"\x89PNG\r\n\x1a\n" + b"".join(self.chunks) + chunk_of(b"IEND", b"")


WHOLE, CORNER = (0, 0, SIDE, SIDE), (2, 3, 4, 2)


def two_frames(dispose: int, blend: int, colour: tuple[int, int, int, int]) -> bytes:
    writer = Writer(3)
    writer.control(WHOLE)
    writer.first(RED)
    writer.control(CORNER, dispose, blend)
    writer.data(pixels(colour, 4, 2))
    writer.control((0, 0, 1, 1), blend=OVER)
    writer.data(pixels(CLEAR, 1, 1))
    return writer.bytes()


def frames_of(content: bytes) -> list[ByteArray]:
    assert animation_problem(content) is None
    return [frame for frame, _ in apng_frames(content)]


@pytest.mark.parametrize(
    ("dispose", "blend", "colour", "inside", "afterwards"),
    [
        (NONE, SOURCE, BLUE, (255, 0, 0, 255), (255, 0, 0, 255)),
        (BACKGROUND, SOURCE, BLUE, (255, 0, 0, 255), (0, 0, 0, 0)),
        (PREVIOUS, SOURCE, BLUE, (255, 0, 0, 255), (0, 0, 255, 255)),
        (NONE, SOURCE, CLEAR, (0, 0, 0, 0), (0, 0, 0, 0)),
        (NONE, OVER, CLEAR, (0, 0, 255, 255), (0, 0, 255, 255)),
        # 128 of 255 green over red.
        (NONE, OVER, GLASS, (0, 128, 127, 255), (0, 128, 127, 255)),
        (NONE, SOURCE, GLASS, (0, 255, 0, 128), (0, 255, 0, 128)),
    ],
)
def test_frames_are_laid_and_cleared_as_they_say(
    dispose: int,
    blend: int,
    colour: tuple[int, int, int, int],
    inside: tuple[int, int, int, int],
    afterwards: tuple[int, int, int, int],
) -> None:
    first, second, third = frames_of(two_frames(dispose, blend, colour))
    assert (first == (0, 0, 255, 255)).all()
    assert (second[3:5, 2:6] == inside).all()
    outside = np.ones((SIDE, SIDE), bool)
    outside[3:5, 2:6] = False
    assert (second[outside] == (0, 0, 255, 255)).all()
    assert (third[3:5, 2:6] == afterwards).all()


def test_a_first_image_that_is_no_frame_is_left_out() -> None:
    writer = Writer(1)
    writer.first(RED)
    writer.control(WHOLE)
    writer.data(pixels(BLUE, SIDE, SIDE)[:9])
    writer.data(pixels(BLUE, SIDE, SIDE)[9:])
    (frame,) = frames_of(writer.bytes())
    assert (frame == (255, 0, 0, 255)).all()
    assert split_animation(writer.bytes())[0][1] == 0.1


def broken(name: str) -> bytes:
    writer = Writer(3 if name == "too few" else 2)
    if name == "twice":
        writer.chunks.append(writer.chunks[1])
    writer.control((0, 0, 4, 4) if name == "first too small" else WHOLE, step=2 if name == "number" else 1)
    writer.first(RED)
    box = {"outside": (6, 2, 4, 4), "huge": (0, 0, 2**31, 2**31), "wraps": (2**32 - 1, 0, 2, 1), "empty": (0, 0, 0, 4)}
    writer.control(box.get(name, CORNER), dispose=9 if name == "dispose" else 0, blend=9 if name == "blend" else 0)
    size = {"more pixels": (800, 800), "fewer pixels": (4, 1), "outside": (4, 4)}.get(name, (4, 2))
    data = pixels(BLUE, *size)
    writer.data({"no pixels": b"", "noise": bytes(50), "cut": data[:-6]}.get(name, data))
    content = writer.bytes()
    return content[:-30] if name == "end" else content


@pytest.mark.parametrize(
    "name",
    [
        "too few",
        "twice",
        "first too small",
        "number",
        "outside",
        "huge",
        "wraps",
        "empty",
        "dispose",
        "blend",
        "more pixels",
        "fewer pixels",
        "no pixels",
        "noise",
        "cut",
        "end",
    ],
)
def test_what_is_wrong_with_an_animation_is_found_before_it_is_decoded(name: str) -> None:
    assert animation_problem(broken(name)) == "is a broken animation"


def test_a_frame_without_a_control_is_an_error() -> None:
    writer = Writer(1)
    writer.first(RED)
    writer.data(pixels(BLUE, SIDE, SIDE))
    assert animation_problem(writer.bytes()) == "is a broken animation"
