"""Stickers take the light of the image: calmly, and the same on every skin."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.render import Painter, paint_still
from masquerade.resources import bundled
from masquerade.values import ByteArray, Face, Frame, Scene

from tests.masquerade.filters.golden import assert_looks_like
from tests.masquerade.filters.package_writer import HEAD, package, svg
from tests.masquerade.filters.portrait import PORTRAIT_POINTS, face_of, model_face, portrait_pixels

LAYER = '[[layer]]\nkind = "sticker"\nart = "art.svg"\nanchors = { nose_tip = [50, 50] }\nwidth = 1.0\n'
WHITE = '<rect width="100" height="100" fill="#fff"/>'
COVER = '[[layer]]\nkind = "privacy"\neffect = "cover"\ncolour = "#ffffff"\n'
FACE = model_face(50, (160, 90), (0, 0, 0))
# Neutral light on skin and all round it.
TONE = np.array([0.88, 1.0, 1.08])

Load = Callable[..., Filter]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def make(keys: str = "", before: str = "") -> Filter:
        return load_filter(package(tmp_path / "one", HEAD + before + LAYER + keys, art_svg=svg(WHITE)))

    return make


def image(skin: float, gleam: float | None = None, surroundings: float | None = None) -> ByteArray:
    """A square of skin, of which a fifth gleams, in its surroundings; brightness 0 to 255."""
    pixels = np.full((240, 320), skin if surroundings is None else surroundings)
    pixels[30:180, 100:220] = skin
    if gleam is not None:
        pixels[30:180:10, 100:220] = gleam
        pixels[31:180:10, 100:220] = gleam
    return coloured(pixels)


def coloured(greys: np.ndarray, tone: np.ndarray = TONE) -> ByteArray:
    colours = np.clip(greys[..., None] * tone, 0, 255).astype(np.uint8)
    return np.dstack([colours, np.full(greys.shape, 255, np.uint8)])


def colour_on(painter: Painter, chosen: Filter, pixels: ByteArray, at: float, face: Face = FACE) -> list[int]:
    """The sticker's colour, blue green red, after a frame."""
    painter.paint(Scene(Frame(pixels, 0, at), faces=(face,)), (chosen,))
    x, y = (round(float(each)) for each in face.keypoints.points[10])
    return [int(each) for each in pixels[y, x, :3]]


def still(chosen: Filter, pixels: ByteArray) -> list[int]:
    return colour_on(Painter(), chosen, pixels, 0.0)


def test_a_sticker_is_darker_in_the_dark_and_never_black(load: Load) -> None:
    greens = [still(load(), image(grey))[1] for grey in (0, 40, 80, 110, 150, 220)]
    assert greens == sorted(greens)
    assert 0.1 * 255 < greens[0] < 0.25 * 255
    assert greens[2] < 0.7 * 255
    assert greens[4] == greens[5] == 255


def test_dark_skin_in_good_light_is_no_darkness(load: Load) -> None:
    assert still(load(), image(45, gleam=145, surroundings=150)) == [255, 255, 255]
    assert still(load(), image(45, gleam=60, surroundings=60))[1] < 0.65 * 255


def test_a_bright_window_behind_a_dark_face_and_a_curtain_behind_a_bright_one_do_not_win(load: Load) -> None:
    assert still(load(), image(50, gleam=70, surroundings=250))[1] < 0.75 * 255
    assert still(load(), image(130, gleam=190, surroundings=10)) == [255, 255, 255]


# Fair, tanned, brown and dark skin as it gleams in neutral light; blue, green, red.
SKINS = ([0.86, 1.0, 1.18], [0.80, 1.0, 1.24], [0.84, 1.0, 1.26], [0.90, 1.0, 1.14], [0.96, 1.0, 1.06])


@pytest.mark.parametrize("skin", SKINS)
def test_white_stays_white_on_every_skin_in_neutral_light(load: Load, skin: list[float]) -> None:
    assert still(load(), coloured(np.full((240, 320), 180.0), np.array(skin))) == [255, 255, 255]


@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize(
    ("light", "strongest", "weakest"), [([0.25, 0.35, 1.3], 2, 0), ([1.3, 0.8, 0.3], 0, 2), ([0.4, 1.2, 0.4], 1, 2)]
)
def test_coloured_light_colours_white_on_every_skin(
    load: Load, skin: list[float], light: list[float], strongest: int, weakest: int
) -> None:
    colour = still(load(), coloured(np.full((240, 320), 150.0), np.array(skin) * light))
    assert colour[weakest] < 0.75 * colour[strongest]
    assert colour[strongest] == max(colour)


def test_red_light_makes_white_about_as_red_as_it_is(load: Load) -> None:
    blue, green, red = still(load(), coloured(np.full((240, 320), 150.0), np.array(SKINS[0]) * [0.2, 0.3, 1.3]))
    assert green / red == pytest.approx(0.3 / 1.3, abs=0.12)
    assert blue / red == pytest.approx(0.2 / 1.3, abs=0.12)


def test_stickers_with_their_own_light_and_other_blends_are_not_relit(load: Load) -> None:
    assert still(load('light = "own"\n'), image(10)) == [255, 255, 255]
    assert still(load('blend = "screen"\n'), image(10)) == [255, 255, 255]


def test_what_is_worn_on_a_cover_stays_as_bright_as_that(load: Load) -> None:
    assert still(load(before=COVER), image(10)) == [255, 255, 255]


@pytest.mark.parametrize("level", range(62, 130, 11))
def test_noise_does_not_let_a_sticker_flicker(load: Load, level: int) -> None:
    chance, painter, chosen = np.random.default_rng(level), Painter(), load()
    greens = []
    for index in range(60):
        noisy = coloured(level + chance.normal(0, 8, (240, 320)))
        greens.append(colour_on(painter, chosen, noisy, index / 30)[1])
    assert np.count_nonzero(np.diff(greens)) <= 1


def test_when_the_light_goes_out_a_sticker_follows_within_two_seconds_and_without_a_jump(load: Load) -> None:
    painter, chosen = Painter(), load()
    greens = [colour_on(painter, chosen, image(180 if index < 30 else 20), index / 30)[1] for index in range(30 + 60)]
    assert greens[29] == 255
    # Two steps at most: the light itself went out at once.
    assert max(-np.diff(greens)) <= 0.08 * 255
    assert greens[-1] < 0.5 * 255


def test_a_face_that_is_held_keeps_its_light(load: Load) -> None:
    painter, chosen = Painter(), load()
    before = colour_on(painter, chosen, image(60), 0.0)
    held = [colour_on(painter, chosen, image(250), index / 10, replace(FACE, held=True)) for index in range(1, 8)]
    assert held == [before] * 7


@pytest.mark.parametrize("place", [(0, 0), (320, 240), (-500, 90), (160, 1e5)])
def test_a_face_at_the_edge_or_beyond_does_no_harm(load: Load, place: tuple[float, float]) -> None:
    Painter().paint(Scene(Frame(image(60), 0, 0.0), faces=(model_face(50, place, (0, 0, 0)),)), (load(),))


def test_stickers_in_the_dark_and_flames_in_their_own_light_look_as_approved() -> None:
    above = 70
    pixels = cv2.copyMakeBorder(portrait_pixels(), above, 0, 0, 0, cv2.BORDER_REPLICATE)
    pixels[..., :3] = (pixels[..., :3] * 0.35).astype(np.uint8)
    folder, face = bundled("assets") / "filters", face_of(PORTRAIT_POINTS + np.float32([0, above]))
    paint_still(
        pixels,
        (face,),
        tuple(load_filter(folder / name) for name in ("birthday-candles", "tortoiseshell", "handlebar")),
    )
    assert_looks_like("light_in_the_dark", pixels[0:260, 130:320])
