"""Tests that a photo is saved whole, unmirrored or mirrored, and never over another file."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.errors import RecordingError
from masquerade.gui.services.studio.recent_files import plays
from masquerade.studio.clips.clip import read_clip
from masquerade.studio.photos.snapshot import replace_image, save_image
from masquerade.values import ByteArray
from PIL import Image

from tests.masquerade.studio.full_disk import files_end_at, needs_a_limit


def half_red() -> ByteArray:
    pixels = np.full((20, 31, 4), 255, np.uint8)
    pixels[:, :, :3] = (250, 250, 250)
    pixels[:, :10, :3] = (30, 30, 220)
    pixels.flags.writeable = False
    return pixels


def test_a_png_holds_every_pixel_as_it_was(tmp_path: Path) -> None:
    path = save_image(tmp_path / "photo.png", half_red())
    assert np.array_equal(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), half_red()[..., :3])


@pytest.mark.parametrize("name", ["photo.jpg", "photo.JPEG"])
def test_a_jpeg_is_a_jpeg_and_close(tmp_path: Path, name: str) -> None:
    path = save_image(tmp_path / name, half_red())
    assert path.read_bytes()[:3] == b"\xff\xd8\xff"
    difference = np.abs(cv2.imread(str(path)).astype(int) - half_red()[..., :3])
    assert difference.mean() < 3


def test_a_webp_is_a_webp_and_close(tmp_path: Path) -> None:
    path = save_image(tmp_path / "photo.webp", half_red())
    assert path.read_bytes()[8:12] == b"WEBP"
    difference = np.abs(cv2.imread(str(path)).astype(int) - half_red()[..., :3])
    assert difference.mean() < 4
    assert not plays(path)
    assert read_clip(path).seconds == 0


def test_an_animated_webp_plays_and_a_damaged_one_does_not(tmp_path: Path) -> None:
    path = tmp_path / "loop.webp"
    colours = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    colours[0].save(path, save_all=True, append_images=colours[1:], duration=100)
    assert plays(path)
    path.write_bytes(path.read_bytes()[:20])
    assert not plays(path)
    assert not plays(tmp_path / "nothing.webp")


def test_the_mirror_switch_turns_left_and_right(tmp_path: Path) -> None:
    path = save_image(tmp_path / "photo.png", half_red(), mirrored=True)
    assert np.array_equal(cv2.imread(str(path)), half_red()[:, ::-1, :3])


def test_a_second_photo_gets_a_name_of_its_own(tmp_path: Path) -> None:
    names = [save_image(tmp_path / "photo.png", half_red()).name for _ in range(3)]
    assert names == ["photo.png", "photo-2.png", "photo-3.png"]


def test_replacing_takes_exactly_the_name(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_text("older")
    replace_image(path, half_red())
    assert [entry.name for entry in tmp_path.iterdir()] == ["photo.png"]
    assert cv2.imread(str(path)).shape == (20, 31, 3)


@needs_a_limit
@pytest.mark.parametrize("save", [save_image, replace_image])
def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path: Path, save: object) -> None:
    assert callable(save)
    noise = np.random.default_rng(0).integers(0, 255, (100, 100, 4), np.uint8)
    with pytest.raises(RecordingError, match="the disk is full"), files_end_at(5_000):
        save(tmp_path / "photo.png", noise)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("save", [save_image, replace_image])
@pytest.mark.parametrize(
    ("name", "sentence"), [("photo.bmp", "ends in .png or .jpg"), ("no_such_folder/photo.png", "does not exist")]
)
def test_an_impossible_path_is_an_error_and_leaves_nothing(
    tmp_path: Path, save: object, name: str, sentence: str
) -> None:
    assert callable(save)
    with pytest.raises(RecordingError, match=sentence):
        save(tmp_path / name, half_red())
    assert list(tmp_path.iterdir()) == []
