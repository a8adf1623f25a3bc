"""Test that a look shows every skin alike, and people warmer than walls."""

from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import PackageError
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.render import Painter
from masquerade.resources import bundled
from masquerade.values import ByteArray, Frame, Scene

from tests.masquerade.filters.package_writer import HEAD, package
from tests.masquerade.filters.portrait import model_face

FACE = model_face(50, (160, 110), (0, 0, 0))
LOOK = '[[layer]]\nkind = "look"\ngradient = ["#000000", "#ffffff"]\n'


def scene(skin: int, wall: int, person: bool = False, at: float = 0.0) -> Scene:
    pixels = np.full((240, 320, 4), 255, np.uint8)
    pixels[..., :3] = wall
    pixels[40:, 90:230, :3] = skin
    mask = np.zeros((240, 320), np.uint8)
    mask[40:, 90:230] = 255
    return Scene(Frame(pixels, 0, at), faces=(FACE,), person=mask if person else None)


def graded(chosen: Filter, skin: int, wall: int, person: bool = False) -> ByteArray:
    return Painter().paint(scene(skin, wall, person), (chosen,)).frame.pixels


@pytest.fixture
def even(tmp_path: Path) -> Filter:
    return load_filter(package(tmp_path, HEAD + LOOK + "even_faces = true\n"))


def test_faces_of_every_tone_come_out_alike(even: Filter) -> None:
    shades = [int(graded(even, skin, 128)[110, 160, 1]) for skin in (60, 90, 130, 170, 220)]
    assert max(shades) - min(shades) < 12


def test_without_a_face_the_image_is_left_as_it_is(even: Filter) -> None:
    pixels = Painter().paint(Scene(Frame(np.full((40, 40, 4), 90, np.uint8), 0, 0.0)), (even,)).frame.pixels
    assert int(pixels[20, 20, 1]) == pytest.approx(90, abs=3)


def test_the_exposure_does_not_jump_with_a_noisy_face(even: Filter) -> None:
    painter, shades = Painter(), []
    for index in range(20):
        noisy = 100 + 25 * (index % 2)
        shades.append(int(painter.paint(scene(noisy, 128, at=index / 30), (even,)).frame.pixels[10, 10, 1]))
    assert max(np.abs(np.diff(shades[2:]))) < 8


@pytest.fixture
def lifted(tmp_path: Path) -> Filter:
    return load_filter(package(tmp_path, HEAD + LOOK + "lift_faces = 0.34\n"))


@pytest.mark.parametrize("skin", [25, 40, 60, 80])
def test_a_dark_face_is_lifted_and_no_brighter_than_asked_for(lifted: Filter, skin: int) -> None:
    assert int(graded(lifted, skin, 128)[110, 160, 1]) == pytest.approx(0.34 * 255, abs=16)


def test_a_bright_face_and_white_walls_are_not_lifted(lifted: Filter) -> None:
    pixels = graded(lifted, 120, 255)
    assert int(pixels[110, 160, 1]) == pytest.approx(120, abs=3)
    assert int(graded(lifted, 40, 255)[5, 5, 1]) >= 253


def test_a_dark_face_stays_darker_than_a_fair_one(lifted: Filter) -> None:
    shades = [int(graded(lifted, skin, 128)[110, 160, 1]) for skin in (50, 110, 200)]
    assert shades[0] < shades[1] - 15 < shades[2] - 90


@pytest.mark.parametrize("name", ["noir", "vintage", "comic", "dream"])
def test_a_face_in_the_dark_is_seen_in(name: str) -> None:
    bright = graded(load_filter(bundled("assets") / "filters" / name), 24, 10)[110, 160].astype(int)
    assert bright[:3].mean() > 40


@pytest.mark.parametrize("skin", [50, 110, 200])
def test_people_are_warm_and_bright_walls_are_not_in_thermal(skin: int) -> None:
    thermal = load_filter(bundled("assets") / "filters" / "thermal")
    pixels = graded(thermal, skin, 235, person=True).astype(int)
    assert pixels[110, 160].tolist()[2] > pixels[12, 12].tolist()[2] + 40


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ('even_faces = true\narea = "face"\n', "'even_faces' only applies to area = \"picture\""),
        ("people = 0.5\n", "'people' needs even_faces = true"),
        ('lift_faces = 0.3\narea = "face"\n', "'lift_faces' only applies to area = \"picture\""),
    ],
)
def test_a_problem_is_reported(tmp_path: Path, keys: str, problem: str) -> None:
    with pytest.raises(PackageError, match=problem):
        load_filter(package(tmp_path, HEAD + LOOK + keys))
