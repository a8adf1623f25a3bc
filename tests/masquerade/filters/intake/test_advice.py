"""Test what a check says of filters that are valid and yet not for everybody."""

from pathlib import Path

import pytest
from masquerade.compose import bundled_filters
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.intake.advice import MIN_CONTRAST, advice, contrast_kept

from tests.masquerade.filters.package_writer import HEAD, package, svg

BOX = "0 0 800 960"
MASK = svg('<rect x="150" y="200" width="500" height="500" fill="#a33"/>', BOX)
CHEEKS = svg('<circle cx="245" cy="550" r="60" fill="#a33"/><circle cx="555" cy="550" r="60" fill="#a33"/>', BOX)


def load(tmp_path: Path, layer: str, art: str = MASK) -> Filter:
    return load_filter(package(tmp_path / "one", HEAD + "[[layer]]\n" + layer, art_svg=art))


def test_opaque_paint_over_the_eyes_is_pointed_out(tmp_path: Path) -> None:
    (found,) = advice(load(tmp_path, 'kind = "paint"\nart = "art.svg"\nover_eyes = true\n'))
    assert "layer 1" in found
    assert "over_eyes" in found


@pytest.mark.parametrize(
    ("keys", "art"),
    [
        ("", MASK),
        ("over_eyes = true\n", CHEEKS),
        ('over_eyes = true\nblend = "multiply"\n', MASK),
        ("over_eyes = true\nopacity = 0.5\n", MASK),
    ],
)
def test_paint_that_leaves_the_eyes_is_not(tmp_path: Path, keys: str, art: str) -> None:
    assert advice(load(tmp_path, f'kind = "paint"\nart = "art.svg"\n{keys}', art)) == ()


@pytest.mark.parametrize(
    ("curve", "lost"),
    [("[[0, 0], [90, 4], [255, 255]]", "very dark"), ("[[0, 0], [120, 250], [255, 255]]", "fair")],
)
def test_a_look_that_loses_one_skin_is_pointed_out_with_its_number(tmp_path: Path, curve: str, lost: str) -> None:
    (found,) = advice(load(tmp_path, f'kind = "look"\ncurve = {curve}\n'))
    assert lost in found
    assert "%" in found


@pytest.mark.parametrize("keys", ["saturation = 0.0\n", "vignette = 0.5\ngrain = 0.4\n", "glow = 0.3\n"])
def test_a_look_that_keeps_every_skin_is_not(tmp_path: Path, keys: str) -> None:
    assert advice(load(tmp_path, f'kind = "look"\n{keys}')) == ()


def test_no_bundled_filter_needs_advice_and_each_look_keeps_every_skin() -> None:
    for chosen in bundled_filters():
        assert advice(chosen) == (), chosen.id
        kept = contrast_kept(chosen)
        assert not kept or min(kept.values()) >= MIN_CONTRAST, (chosen.id, kept)


FACE = 'kind = "paint"\nart = "art.svg"\n'
EYES = "anchors = { right_eye_center = [100, 50], left_eye_center = [300, 50] }\n"
STICKER = 'kind = "sticker"\nart = "art.svg"\n'
GLASSES = svg('<circle cx="100" cy="50" r="40"/><circle cx="300" cy="50" r="40"/>', "0 0 400 100")
SOLID = svg('<rect width="400" height="100" fill="#2a2"/>', "0 0 400 100")
SEE_THROUGH = svg('<rect width="400" height="100" fill="#2a2" fill-opacity="0.6"/>', "0 0 400 100")
HEART = svg('<circle cx="50" cy="50" r="40" fill="#e24"/>')
TILE = svg('<rect width="100" height="100" fill="#e24"/>')
LIPS = svg('<ellipse cx="400" cy="650" rx="110" ry="50" fill="#a33"/>', BOX)
NOTHING = svg('<rect x="10" y="10" width="50" height="50" fill="#2a2" fill-opacity="0"/>', "0 0 400 100")
SPARKS = 'kind = "particles"\nfrom = "nose_tip"\nrate = 4\nart = "art.svg"\n'
MOVE = 'kind = "warp"\n[[layer.move]]\nat = "nose_tip"\nradius = 0.6\n'
BOXED, STRAY, UNSEEN = "opaque box", "far outside the art", "nothing of it can ever be seen"
TEETH = "teeth and tongue"


@pytest.mark.parametrize(
    ("layer", "art", "found"),
    [
        (FACE + "over_mouth = true\n", LIPS, TEETH),
        (FACE + "over_mouth = true\n", MASK, TEETH),
        (STICKER + EYES, SOLID, BOXED),
        (STICKER + "anchors = { nose_tip = [50, 50] }\nwidth = 1\nturn = [10, 0]\n", TILE, BOXED),
        (SPARKS, TILE, BOXED),
        (STICKER + "anchors = { right_eye_center = [100, 50], left_eye_center = [3000, 50] }\n", GLASSES, STRAY),
        (STICKER + "anchors = { nose_tip = [200, 5000] }\nwidth = 1\n", GLASSES, STRAY),
        (STICKER + "anchors = { nose_tip = [-2000, 50] }\nwidth = 1\n", GLASSES, STRAY),
        (STICKER + EYES + "turn = [180, 0]\n", GLASSES, UNSEEN),
        (STICKER + EYES + "opacity = 0.0\n", GLASSES, UNSEEN),
        (STICKER + EYES, NOTHING, UNSEEN),
        ('kind = "look"\n', GLASSES, UNSEEN),
        ('kind = "look"\nsaturation = 0.2\nopacity = 0.0\n', GLASSES, UNSEEN),
        (FACE + "opacity = 0.0\n", CHEEKS, UNSEEN),
        (FACE, svg('<circle cx="400" cy="650" r="8" fill="#a33" fill-opacity="0"/>', BOX), UNSEEN),
    ],
)
def test_art_that_no_one_will_like_is_pointed_out(tmp_path: Path, layer: str, art: str, found: str) -> None:
    notes = advice(load(tmp_path, layer, art))
    assert any(found in note and note.startswith("layer 1:") for note in notes), notes


@pytest.mark.parametrize(
    ("layer", "art"),
    [
        (STICKER + EYES, GLASSES),
        (STICKER + EYES, SEE_THROUGH),
        (STICKER + EYES + 'blend = "multiply"\n', SOLID),
        (STICKER + "anchors = { forehead = [50, 190] }\nwidth = 1\n", HEART),
        (STICKER + EYES + '[layer.trigger]\non = "smile"\n', GLASSES),
        (STICKER + "anchors = { left_temple = [50, 50] }\nwidth = 0.6\nturn = [80, 0]\n", HEART),
        (SPARKS, HEART),
        (FACE + "over_mouth = true\n", CHEEKS),
        (FACE + 'over_mouth = true\nblend = "multiply"\n', LIPS),
        (FACE, MASK),
        (MOVE + "size = 1.2\n", GLASSES),
    ],
)
def test_sound_art_is_not(tmp_path: Path, layer: str, art: str) -> None:
    assert advice(load(tmp_path, layer, art)) == ()
