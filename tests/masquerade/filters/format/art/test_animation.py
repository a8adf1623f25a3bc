"""Animated files are taken apart into whole frames, and are looked at before they are decoded."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.errors import FilterError
from masquerade.filters.compositing.rasters import decode_png
from masquerade.filters.format.art.animation import (
    MAX_FRAMES,
    MAX_PIXELS,
    MAX_SIDE,
    animation_problem,
    is_animated,
    split_animation,
)
from masquerade.filters.format.manifest import load_filter
from masquerade.values import ByteArray

from tests.masquerade.filters.package_writer import HEAD, package

STICKER = '[[layer]]\nkind = "sticker"\nanchors = { nose_tip = [1, 2] }\nwidth = 1\nart = '


def frames(count: int = 4, side: int = 32) -> list[ByteArray]:
    """A square that wanders on a transparent ground."""
    images = []
    for index in range(count):
        image = np.zeros((side, side, 4), np.uint8)
        left = index * (side - 8) // max(count - 1, 1)
        image[4:12, left : left + 8] = (255 * (index % 2), 0, 255, 255)
        images.append(image)
    return images


def encoded(ending: str, images: list[ByteArray], milliseconds: int = 80) -> bytes:
    animation = cv2.Animation()
    animation.frames, animation.durations = images, np.full(len(images), milliseconds, np.int32)
    written, content = cv2.imencodeanimation(ending, animation)
    assert written
    return content.tobytes()


@pytest.mark.parametrize("ending", [".png", ".gif"])
def test_every_frame_comes_out_whole_with_its_time(ending: str) -> None:
    content = encoded(ending, frames())
    assert is_animated(content)
    assert animation_problem(content) is None
    split = split_animation(content)
    assert [seconds for _, seconds in split] == pytest.approx([0.08] * 4)
    for (still, _), wanted in zip(split, frames(), strict=True):
        # A GIF has a palette of 256 colours.
        assert np.abs(decode_png(still).astype(int) - wanted).max() <= 8
        assert (decode_png(still)[..., 3] == wanted[..., 3]).all()


def test_no_time_at_all_is_a_tenth_of_a_second() -> None:
    assert {seconds for _, seconds in split_animation(encoded(".png", frames(), 0))} == {0.1}


def test_a_still_png_is_no_animation() -> None:
    assert not is_animated(cv2.imencode(".png", frames()[0])[1].tobytes())


def too_wide(content: bytes) -> bytes:
    """A GIF that says it is as large as can be."""
    return content[:6] + struct.pack("<HH", 65535, 65535) + content[10:]


def promising(content: bytes, count: int) -> bytes:
    """An APNG that says it has so many frames."""
    at = content.index(b"acTL") + 4
    return content[:at] + struct.pack(">I", count) + content[at + 4 :]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (encoded(".gif", frames(MAX_FRAMES + 1)), f"has {MAX_FRAMES + 1} frames"),
        (too_wide(encoded(".gif", frames())), f"65535 x 65535 pixels; an animation may be {MAX_SIDE}"),
        (promising(encoded(".png", frames()), 4_000_000_000), "has 4000000000 frames"),
        (encoded(".png", frames(8, 1000)), f"all together may have {MAX_PIXELS // 1_000_000} million pixels"),
        (b"GIF89a", "broken animation"),
        (encoded(".gif", frames())[:30], "broken animation"),
        (encoded(".gif", frames()) + bytes(9_000_000), "larger than 8 MB"),
    ],
    ids=["frames", "size", "promised", "pixels", "empty", "cut", "bytes"],
)
def test_a_hostile_file_is_refused_unread(content: bytes, problem: str) -> None:
    assert problem in str(animation_problem(content))


@pytest.mark.parametrize("ending", [".png", ".gif"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_is_cut_off_does_no_harm(tmp_path: Path, ending: str, share: float) -> None:
    content = encoded(ending, frames())
    folder = package(tmp_path, HEAD + STICKER + f'"a{ending}"\n')
    (folder / f"a{ending}").write_bytes(content[: int(share * len(content))])
    try:
        count = len(load_filter(folder).art[0])
    except FilterError as error:
        count = 0
        reported = str(error)
    assert 1 <= count <= 4 or "broken" in reported or "is not a PNG" in reported


@pytest.mark.parametrize("ending", [".png", ".gif"])
def test_a_sticker_takes_an_animated_file(tmp_path: Path, ending: str) -> None:
    folder = package(tmp_path, HEAD + STICKER + f'"a{ending}"\n')
    (folder / f"a{ending}").write_bytes(encoded(ending, frames()))
    (art,) = load_filter(folder).art
    assert [(each.vector, each.box.width, each.seconds) for each in art] == [(False, 32, 0.08)] * 4


def test_particles_and_paint_take_no_animation(tmp_path: Path) -> None:
    layer = '[[layer]]\nkind = "particles"\nart = "a.gif"\nfrom = "chin"\nrate = 1\n'
    folder = package(tmp_path, HEAD + layer)
    (folder / "a.gif").write_bytes(encoded(".gif", frames()))
    with pytest.raises(FilterError, match=r"'a.gif' is not a PNG"):
        load_filter(folder)
