"""Test that a beard has the colour of the hair of who wears it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.lighting.hair_dye import HairDye, brow_colour
from masquerade.filters.people.presence import VisibleFace
from masquerade.filters.render import paint_still
from masquerade.values import LANDMARK_INDEX, ByteArray, Face

from tests.masquerade.filters.package_writer import HEAD, package, svg
from tests.masquerade.filters.portrait import model_face

# Blue, green, red: black, brown, red, fair and white hair.
HAIRS = [(20, 20, 22), (40, 60, 90), (40, 70, 150), (110, 150, 190), (190, 190, 190)]
SKIN = (130, 160, 205)
BROWN = svg(
    '<rect width="40" height="40" fill="#5a3c28"/><rect x="40" width="40" height="40" fill="#7d5a41"/>', "0 0 80 40"
)


def portrait(hair: tuple[int, int, int], noise: float = 0.0, seed: int = 1) -> tuple[ByteArray, Face]:
    face = model_face(70.0, (240.0, 220.0), (0.0, 0.0, 0.0))
    pixels = np.full((480, 480, 4), (*SKIN, 255), np.uint8)
    for side in ("left", "right"):
        inner, outer = (
            face.keypoints.points[LANDMARK_INDEX[f"{side}_eyebrow_{end}_end"]] for end in ("inner", "outer")
        )
        ends = [tuple(np.round(each).astype(int).tolist()) for each in (inner, outer)]
        cv2.line(pixels, ends[0], ends[1], (*hair, 255), 7)
    if noise:
        pixels[..., :3] = np.clip(pixels[..., :3] + np.random.default_rng(seed).normal(0, noise, (480, 480, 3)), 0, 255)
    return pixels, face


@pytest.mark.parametrize("hair", HAIRS)
def test_the_colour_of_the_brows_is_found(hair: tuple[int, int, int]) -> None:
    found = brow_colour(*portrait(hair))
    assert found is not None
    assert np.abs(np.array(found) - np.array(hair)).max() < 34


@pytest.mark.parametrize("hair", HAIRS)
@pytest.mark.parametrize(
    "layer",
    [
        'kind = "sticker"\nart = "art.svg"\nanchors = { chin = [40, 0] }\nwidth = 1.6\n',
        'kind = "paint"\nart = "cheek.svg"\n',
    ],
)
def test_art_is_dyed_and_keeps_its_shades(tmp_path: Path, hair: tuple[int, int, int], layer: str) -> None:
    cheeks = svg(
        '<rect x="150" y="450" width="250" height="300" fill="#5a3c28"/>'
        '<rect x="400" y="450" width="250" height="300" fill="#7d5a41"/>',
        "0 0 800 960",
    )
    manifest = HEAD.replace("format = 1", "format = 2") + "[[layer]]\n" + layer + "hair_colour = true\n"
    chosen = load_filter(package(tmp_path, manifest, art_svg=BROWN, cheek_svg=cheeks))
    pixels, face = portrait(hair)
    bare = pixels.copy()
    paint_still(pixels, (face,), (chosen,))
    changed = (pixels != bare).any(axis=2)
    rows, columns = np.nonzero(changed)
    inside = changed & (np.abs(np.arange(480)[:, None] - np.median(rows)) < 12)
    left, right = (
        pixels[inside & side, :3].mean(axis=0) for side in (np.arange(480)[None] < 232, np.arange(480)[None] > 248)
    )
    assert np.abs((left + right) / 2 - np.array(hair)).max() < 48
    assert right.mean() > 1.1 * left.mean()
    assert columns.size > 500


def test_the_dye_does_not_flicker() -> None:
    dye, shown = HairDye(), []
    for index in range(60):
        pixels, face = portrait(HAIRS[1], noise=12.0, seed=index)
        age = float("inf") if index == 0 else 1.0
        dye.step(pixels, (VisibleFace(face, np.zeros(2), age),), 0.0 if index == 0 else 1 / 30)
        shown.append(dye.of(face.identity))
    assert len(set(shown)) == 1


def test_a_face_beyond_the_frame_has_some_colour() -> None:
    face = model_face(70.0, (-900.0, 220.0), (0.0, 0.0, 0.0))
    dye = HairDye()
    dye.step(np.zeros((48, 48, 4), np.uint8), (VisibleFace(face, np.zeros(2), 1.0),), 0.03)
    assert all(0 < channel < 128 for channel in dye.of(face.identity))
