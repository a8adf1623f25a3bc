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
