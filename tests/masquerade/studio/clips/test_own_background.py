"""Test that an image or video of one's own becomes a background, is placed, and plays through `render`."""

import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.__main__ import main
from masquerade.compose import install_package
from masquerade.errors import AppError, FilterError
from masquerade.filters.format.image_layers import BackgroundEffect, BackgroundLayer, Fit
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.packages.own_background import place_background
from masquerade.filters.packages.renaming import rename_package
from masquerade.resources import bundled, user_filters
from masquerade.studio.clips import own_background
from masquerade.studio.clips.own_background import is_background, make_background
from masquerade.studio.recording.encoders import RENDERED
from masquerade.studio.recording.video_writer import VideoWriter
from masquerade.values import ByteArray

from tests.masquerade.studio.videos import read_video

# Wall above and beside her; its edge is soft.
LEFT, RIGHT = (8, 8), (8, -8)
PORTRAIT = bundled("assets") / "demo" / "eileen_collins.jpg"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def image(path: Path, size_wh: tuple[int, int] = (320, 180)) -> Path:
    """Write an image: red, and blue in its right half."""
    pixels = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    pixels[..., 2] = 255
    pixels[:, size_wh[0] // 2 :] = (255, 0, 0)
    assert cv2.imwrite(str(path), pixels)
    return path


def video(path: Path, seconds: float = 1.0, size_wh: tuple[int, int] = (320, 180), rate: int = 10) -> Path:
    """Write a video that becomes brighter."""
    with VideoWriter(path, size_wh, RENDERED) as writer:
        for index in range(round(seconds * rate)):
            shade = 40 + round(180 * index / (seconds * rate))
            writer.write(np.full((size_wh[1], size_wh[0], 4), (shade, shade, shade, 255), np.uint8), index / rate)
    return path


def layer_of(package: Path) -> BackgroundLayer:
    (layer,) = load_filter(package).manifest.layers
    assert isinstance(layer, BackgroundLayer)
    return layer


def rendered_photo(tmp_path: Path, package: Path) -> ByteArray:
    target = tmp_path / f"out-{len(list(tmp_path.iterdir()))}.png"
    assert main(["render", str(PORTRAIT), "-o", str(target), "--filter", package.name]) == 0
    pixels = cv2.imread(str(target))
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def test_an_image_stands_behind_the_person_in_a_rendered_photo(tmp_path: Path) -> None:
    package = install_package(image(tmp_path / "My room.jpg"))
    assert (package.parent, package.name) == (user_filters(), "background-my-room")
    assert load_filter(package).manifest.name == "My room"
    pixels, before = rendered_photo(tmp_path, package), cv2.imread(str(PORTRAIT))
    assert before is not None
    left, right = pixels[LEFT].astype(int), pixels[RIGHT].astype(int)
    assert left[2] > left[0] + 100
    assert right[0] > right[2] + 100
    # The nose is hers.
    face = np.s_[110:140, 210:240]
    assert np.abs(pixels[face].astype(int) - before[face]).mean() < 6


def test_a_placed_image_shows_the_part_that_was_chosen(tmp_path: Path) -> None:
    # As wide as two frames: filled, a frame sees half of it.
    package = install_package(image(tmp_path / "wide.png", (800, 400)))
    place_background(package, Fit.FILL, (-1.0, 0.0))
    assert rendered_photo(tmp_path, package)[*RIGHT, 2] > 180
    place_background(package, Fit.FILL, (1.0, 0.0))
    assert rendered_photo(tmp_path, package)[*LEFT, 0] > 180
    place_background(package, Fit.FIT, (0.0, 0.0))
    assert rendered_photo(tmp_path, package)[4, 4].max() < 100


def test_a_video_plays_over_and_over_behind_a_rendered_video(tmp_path: Path) -> None:
    package = install_package(video(tmp_path / "waves.mp4", seconds=1.0))
    source, target = tmp_path / "take.mp4", tmp_path / "out.mp4"
    portrait = cv2.cvtColor(np.asarray(cv2.imread(str(PORTRAIT)), np.uint8), cv2.COLOR_BGR2BGRA)
    with VideoWriter(source, (portrait.shape[1], portrait.shape[0]), RENDERED) as writer:
        for index in range(16):
            writer.write(np.asarray(portrait, np.uint8), index / 10)
    assert main(["render", str(source), "-o", str(target), "--filter", package.name]) == 0
    shades = [int(np.median(each[4:30, 4:30])) for each in read_video(target).images]
    assert shades[8] > shades[1] + 50
    # After a second it begins again.
    assert shades[11] < shades[8] - 50


def test_a_video_that_a_package_may_have_is_taken_as_it_is(tmp_path: Path) -> None:
    source = video(tmp_path / "waves.mp4")
    package = make_background(source, tmp_path / "made", tmp_path)
    assert layer_of(package).effect is BackgroundEffect.VIDEO
    assert (package / "video.mp4").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("why", ["kind", "bytes", "size", "length"])
def test_any_other_video_is_encoded_again(tmp_path: Path, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if why == "bytes":
        monkeypatch.setattr(own_background, "MAX_VIDEO_BYTES", 4000)
    size_wh = (1922, 1082) if why == "size" else (320, 180)
    seconds, rate = (62.0, 1) if why == "length" else (0.4, 10)
    source = video(tmp_path / f"waves.{'mkv' if why == 'kind' else 'mp4'}", seconds, size_wh, rate)
    if why == "bytes":
        source.write_bytes(source.read_bytes() + bytes(8000))
    package = make_background(source, tmp_path / "made", tmp_path)
    assert layer_of(package).art == "video.mp4"
    assert (package / "video.mp4").read_bytes() != source.read_bytes()


def test_a_large_image_is_made_smaller_until_a_package_may_have_it(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1600, 3000, 3), np.uint8)
    assert cv2.imwrite(str(tmp_path / "noise.png"), noise)
    package = make_background(tmp_path / "noise.png", tmp_path / "made", tmp_path)
    content = (package / "image.png").read_bytes()
    assert len(content) <= 8_000_000
    found = cv2.imread(str(package / "image.png"))
    assert found is not None
    assert found.shape[1] / found.shape[0] == pytest.approx(3000 / 1600, abs=0.01)
    assert layer_of(package).effect is BackgroundEffect.IMAGE


def test_two_images_of_one_name_stand_beside_each_other(tmp_path: Path) -> None:
    source = image(tmp_path / "room.png")
    assert [install_package(source).name for _ in range(3)] == [
        "background-room",
        "background-room-2",
        "background-room-3",
    ]


@pytest.mark.parametrize("name", ['Früh\u202eling "x".png', "日本.png", "con.png", "x" * 120 + ".png"])
def test_any_file_name_makes_a_valid_package(tmp_path: Path, name: str) -> None:
    assert layer_of(make_background(image(tmp_path / "a.png").rename(tmp_path / name), tmp_path / "made", tmp_path))


@pytest.mark.parametrize("name", ["broken.png", "broken.mp4", "broken.mkv", "broken.gif"])
def test_what_cannot_be_read_is_reported_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x89PNG\r\n\x1a\nnothing of the kind")
    assert is_background(tmp_path / name)
    with pytest.raises(AppError, match=name):
        install_package(tmp_path / name)
    assert not user_filters().exists() or not list(user_filters().iterdir())


def test_a_package_is_no_image(tmp_path: Path) -> None:
    assert not is_background(bundled("assets") / "filters" / "dog")
    assert not is_background(tmp_path / "missing.png")


def test_placing_keeps_all_else_and_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    package = make_background(image(tmp_path / "room.png"), tmp_path / "made", tmp_path)
    rename_package(package, "Renamed")
    place_background(package, Fit.FIT, (0.0, -1.0))
    layer = layer_of(package)
    assert (layer.fit, layer.pan, load_filter(package).manifest.name) == (Fit.FIT, (0.0, -1.0), "Renamed")
    manifest = package / "filter.toml"
    for text in (manifest.read_text().replace("pan = [0, -1]\n", ""), "name = 3\n", "layer = 3\n", "\udcff"):
        manifest.write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(FilterError, match="cannot be placed"):
            place_background(package, Fit.FILL, (0.0, 0.0))
    with pytest.raises(FilterError, match="cannot be placed"):
        place_background(tmp_path / "gone", Fit.FILL, (0.0, 0.0))
    assert "layer" not in tomllib.loads("name = 3")
