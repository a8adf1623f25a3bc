"""Looks, particles and animations are read as written, and every problem in them is reported."""

from pathlib import Path

import pytest
from masquerade.errors import FilterError
from masquerade.filters.format.image_layers import Flight, LookArea, LookLayer, ParticlesLayer
from masquerade.filters.format.layers import Blend, LayerTrigger, Motion
from masquerade.filters.format.manifest import load_filter
from masquerade.values import Trigger

from tests.masquerade.filters.package_writer import HEAD, package

LOOK = '[[layer]]\nkind = "look"\n'
BARE = '[[layer]]\nkind = "particles"\nart = "art.svg"\nfrom = "chin"\n'
PARTICLES = BARE + "rate = 3\n"
STICKER = '[[layer]]\nkind = "sticker"\nanchors = { nose_tip = [1, 2] }\nwidth = 1\n'
FRAMES = STICKER + 'frames = ["art.svg", "two.svg", "art.svg"]\n'
TWO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100"><rect width="9" height="9"/></svg>'


def test_a_look_with_every_key_is_read_as_written(tmp_path: Path) -> None:
    keys = (
        'area = "surroundings"\nlevels = 4\nlines = 0.5\nline_colour = "#102030"\nsoft = true\nsaturation = 0.25\n'
        'gradient = ["#000000", "#FF8000"]\ncurve = [[0, 1], [255, 254]]\nred = [[0, 2], [255, 253]]\n'
        "green = [[0, 3], [255, 252]]\nblue = [[0, 4], [255, 251]]\nglow = 0.1\nvignette = 0.2\ngrain = 0.3\n"
        'opacity = 0.9\n[layer.trigger]\non = "nod"\nmotion = "hide"\nseconds = 1\n'
    )
    assert load_filter(package(tmp_path, HEAD + LOOK + keys)).manifest.layers == (
        LookLayer(
            area=LookArea.SURROUNDINGS,
            levels=4,
            lines=0.5,
            line_colour=(16, 32, 48),
            soft=True,
            saturation=0.25,
            gradient=((0, 0, 0), (255, 128, 0)),
            curve=((0.0, 1.0), (255.0, 254.0)),
            red=((0.0, 2.0), (255.0, 253.0)),
            green=((0.0, 3.0), (255.0, 252.0)),
            blue=((0.0, 4.0), (255.0, 251.0)),
            glow=0.1,
            vignette=0.2,
            grain=0.3,
            opacity=0.9,
            trigger=LayerTrigger(Trigger.NOD, Motion.HIDE, 1.0),
        ),
    )


def test_particles_with_every_key_are_read_as_written(tmp_path: Path) -> None:
    keys = (
        '[[layer]]\nkind = "particles"\nart = ["art.svg", "two.svg"]\nfrom = ["left_ear", "nose_tip"]\n'
        "offset = [0.1, -0.2]\narea = [1, 2]\nburst = 5\nmost = 9\nlife = [1, 2]\nsize = [0.1, 0.3]\ngrow = 2\n"
        "fade = [0.2, 0.4]\ntilt = 30\nspeed = [1, 3]\ndirection = 90\nspread = 10\ngravity = 2\ndrag = 0.5\n"
        'sway = [0.1, 3]\nspin = [-10, 20]\nflip = [1, 2]\ncling = 0.5\nblend = "screen"\nopacity = 0.7\nseed = 8\n'
        '[layer.trigger]\non = "kiss"\nmotion = "spawn"\n'
    )
    assert load_filter(package(tmp_path, HEAD + keys, two_svg=TWO)).manifest.layers == (
        ParticlesLayer(
            art=("art.svg", "two.svg"),
            places=("left_ear", "nose_tip"),
            offset=(0.1, -0.2),
            area=(1.0, 2.0),
            rate=0.0,
            burst=5,
            most=9,
            life=(1.0, 2.0),
            size=(0.1, 0.3),
            grow=2.0,
            tilt=30.0,
            fade=(0.2, 0.4),
            flight=Flight((1.0, 3.0), 90.0, 10.0, 2.0, 0.5, (0.1, 3.0), (-10.0, 20.0), (1.0, 2.0), 0.5),
            blend=Blend.SCREEN,
            opacity=0.7,
            seed=8,
            trigger=LayerTrigger(Trigger.KISS, Motion.SPAWN, 0.18),
        ),
    )


@pytest.mark.parametrize(
    ("layer", "problem"),
    [
        (LOOK + 'area = "fase"\n', r"'area' must be picture, face or surroundings.*\(did you mean 'face'\?\)"),
        (LOOK + "levels = 2.5\n", "'levels' must be a whole number from 0 to 32, not 2.5"),
        (LOOK + "levels = true\n", "'levels' must be a whole number"),
        (LOOK + "levels = 33\n", "'levels' must be a whole number from 0 to 32, not 33"),
        (LOOK + "saturation = nan\n", "'saturation' must be a number from 0 to 2"),
        (LOOK + 'line_colour = "red"\n', "'line_colour' must be a colour such as \"#ffcc00\", not 'red'"),
        (LOOK + 'gradient = ["#000000"]\n', "'gradient' must be a list of 2 to 16 colours"),
        (LOOK + 'gradient = ["#000000", 4]\n', "'gradient' must be a list of 2 to 16 colours"),
        (LOOK + 'gradient = "#000000"\n', "'gradient' must be a list"),
        (LOOK + "curve = [[0, 0]]\n", "'curve' must be 2 to 16 points"),
        (LOOK + "curve = [[0, 0], [0, 255]]\n", "'curve' must be 2 to 16 points"),
        (LOOK + "curve = [[9, 0], [5, 255]]\n", "rising in the first"),
        (LOOK + "red = [[0, 0], [255, inf]]\n", "'red' must be 2 to 16 points"),
        (LOOK + "blue = [[0, 0, 0], [255, 1]]\n", "'blue' must be 2 to 16 points"),
        (LOOK + f"green = {[[each, 0] for each in range(17)]}\n", "'green' must be 2 to 16 points"),
        (LOOK + 'area = "face"\nvignette = 1\n', "'vignette' darkens the corners of the image"),
        (LOOK + "glo = 1\n", r"unknown key 'glo' \(did you mean 'glow'\?\)"),
        (LOOK + '[layer.trigger]\non = "nod"\nmotion = "slide"\n', "'motion' must be show or hide here"),
        (BARE, "'rate' is missing"),
        (BARE + "burst = 3\n", "'burst' needs a trigger with motion = \"spawn\""),
        (BARE + '[layer.trigger]\non = "nod"\nmotion = "spawn"\n', "'burst' is missing: motion = \"spawn\" needs it"),
        (PARTICLES + 'burst = 3\n[layer.trigger]\non = "nod"\nmotion = "spawn"\n', "'rate' and 'burst' need a layer"),
        (PARTICLES.replace('"chin"', '"chinn"'), r"unknown place 'chinn' in 'from' \(did you mean 'chin'\?\)"),
        (
            PARTICLES.replace('"chin"', '["picture_top", "chin"]'),
            "'from' cannot hold 'picture_top' beside other places",
        ),
        (PARTICLES.replace('"chin"', "[]"), "'from' must be a text or a list of 1 to 6 texts"),
        (PARTICLES.replace('from = "chin"\n', ""), "'from' is missing"),
        (PARTICLES.replace('"art.svg"', "[3]"), "'art' must be a text or a list of 1 to 8 texts"),
        (PARTICLES.replace('"art.svg"', '["art.svg", "../x.svg"]'), "'art' must be a file in the package's own folder"),
        (PARTICLES.replace('"art.svg"', '"gone.svg"'), "there is no file 'gone.svg'"),
        (PARTICLES + "most = 100000\n", "'most' must be a whole number from 1 to 200, not 100000"),
        (PARTICLES + "rate = 1e9\n".replace("rate", "speed = [0, 1e9]\n#"), "'speed' must be two numbers from 0 to 20"),
        (PARTICLES + "life = [3, 1]\n", r"'life' must be minimum and maximum, not \[3, 1\]"),
        (PARTICLES + "size = [0.2, inf]\n", "'size' must be two numbers"),
        (STICKER + 'art = "art.svg"\nframes = ["art.svg"]\n', "'frames' and 'art' exclude each other"),
        (STICKER + "frames = []\n", "'frames' must be a list of 1 to 48"),
        (STICKER + f"frames = {['art.svg'] * 49}\n", "'frames' must be a list of 1 to 48"),
        (FRAMES + "frames_per_second = 0\n", "'frames_per_second' must be a number from 0.1 to 60"),
        (FRAMES.replace("two.svg", "odd.svg"), "'frames' has frames of different sizes"),
        (
            STICKER + 'art = "art.svg"\n[layer.trigger]\non = "nod"\nmotion = "play"\n',
            "motion = \"play\" needs 'frames'",
        ),
        (STICKER + 'art = "art.svg"\n[layer.trigger]\non = "nod"\nmotion = "spawn"\n', "'motion' must be show"),
        (LOOK * 5, "has 5 looks; at most 4 are allowed"),
        ((PARTICLES + "most = 150\n") * 3, "allows 450 particles"),
        (PARTICLES + "size = [1, 3]\n", "'size' must be two numbers from 0.01 to 2"),
        (STICKER + 'art = "broken.gif"\n', "'broken.gif' is not a PNG|broken animation"),
    ],
)
def test_an_error_is_reported(tmp_path: Path, layer: str, problem: str) -> None:
    odd = TWO.replace("400 100", "400 101")
    folder = package(tmp_path, HEAD + layer, two_svg=TWO, odd_svg=odd)
    (folder / "broken.gif").write_bytes(b"GIF89a")
    with pytest.raises(FilterError, match=problem):
        load_filter(folder)


def test_a_name_that_comes_again_is_one_piece_of_art(tmp_path: Path) -> None:
    ((first, second, third),) = load_filter(package(tmp_path, HEAD + FRAMES, two_svg=TWO)).art
    assert first is third
    assert first is not second
    assert first.seconds == pytest.approx(1 / 12)
