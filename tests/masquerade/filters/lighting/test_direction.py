"""Test that art is lit from where the light on the face comes."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.filters.format.face_template import lattice
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.lighting.direction import measure_direction
from masquerade.filters.lighting.image_light import ImageLight
from masquerade.filters.people.presence import VisibleFace
from masquerade.filters.render import paint_still
from masquerade.geometry.pose import pose_of, project
from masquerade.values import ByteArray, Face

from tests.masquerade.filters.package_writer import HEAD, package, svg
from tests.masquerade.filters.portrait import model_face

# Middle tones of skin, BGR, from fair to very dark.
TONES = [(130, 150, 180), (120, 150, 200), (60, 85, 130), (28, 38, 60)]
WHITE = svg('<rect width="240" height="50" fill="#ccc"/>', "0 0 240 50")
RIGHT, LEFT, UP = (0.8, 0.0), (-0.8, 0.0), (0.0, -0.8)


def lit(
    face: Face, tone: tuple[int, int, int], light: tuple[float, float], noise: float = 0.0, seed: int = 1
) -> ByteArray:
    """Return a face of even skin, each place as bright as its direction and the light make it."""
    pose, base = pose_of(face), lattice()
    xy = project(pose, base.places).reshape(base.rows, base.columns, 2)
    normals = (base.normals @ pose.rotation.T).reshape(base.rows, base.columns, 3)
    gain = np.exp(light[0] * normals[..., 0] + light[1] * (normals[..., 1] + 0.0) - 0.12 * normals[..., 1])
    pixels = np.full((480, 640, 4), 90, np.uint8)
    pixels[..., 3] = 255
    for row in range(base.rows - 1):
        for column in range(base.columns - 1):
            cell = np.round(xy[[row, row, row + 1, row + 1], [column, column + 1, column + 1, column]]).astype(np.int32)
            colour = [min(float(each) * float(gain[row, column]), 255.0) for each in tone]
            cv2.fillConvexPoly(pixels, cell, (*colour, 255))
    if noise:
        grain = np.random.default_rng(seed).normal(0, noise, (480, 640, 1))
        pixels[..., :3] = np.clip(pixels[..., :3] + grain, 0, 255)
    return pixels


def face_at(*angles: float) -> Face:
    yaw, pitch, roll = (*angles, 0.0, 0.0, 0.0)[:3]
    return model_face(60.0, (320.0, 240.0), (yaw, pitch, roll))


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("light", [RIGHT, LEFT, UP, (0.6, -0.6)])
@pytest.mark.parametrize("angles", [(0.0,), (30.0,), (-30.0,), (0.0, 15.0), (0.0, 0.0, 25.0)])
def test_the_direction_is_found_on_every_skin_and_at_every_turn(
    tone: tuple[int, int, int], light: tuple[float, float], angles: tuple[float, ...]
) -> None:
    face = face_at(*angles)
    found = measure_direction(lit(face, tone, light, noise=1.5), face)
    assert found is not None
    assert float(np.dot(found, light)) / (float(np.hypot(*found)) * float(np.hypot(*light))) > 0.9
    assert 0.25 < np.hypot(*found) < 0.95


@pytest.mark.parametrize("tone", TONES)
def test_even_light_has_no_direction(tone: tuple[int, int, int]) -> None:
    face = face_at()
    found = measure_direction(lit(face, tone, (0.0, 0.0), noise=3.0), face)
    assert found is not None
    assert np.hypot(*found) < 0.08


def test_a_fringe_does_not_count_as_light_from_below() -> None:
    face = face_at()
    pixels = lit(face, TONES[1], (0.0, 0.0))
    brows = project(pose_of(face), np.array([[0.0, -0.5, 0.0]], np.float32))[0, 1]
    pixels[: round(float(brows)), :, :3] = 20
    found = measure_direction(pixels, face)
    assert found is not None
    assert np.hypot(*found) < 0.3


def test_a_face_outside_the_frame_has_no_direction_of_light() -> None:
    assert measure_direction(np.zeros((100, 100, 4), np.uint8), face_at()) is None


def worn(tmp_path: Path, layer: str) -> Filter:
    manifest = HEAD.replace("format = 1", "format = 2") + "[[layer]]\n" + layer
    return load_filter(package(tmp_path, manifest, art_svg=WHITE))


STICKER = 'kind = "sticker"\nart = "art.svg"\nanchors = { nose_bridge = [120, 25] }\nwidth = 2.2\n'
WRAP = 'kind = "wrap"\nart = "art.svg"\nprofile = [[0.0, 1.06], [0.5, 1.06]]\nshade = 0.0\n'


@pytest.mark.parametrize("layer", [STICKER, WRAP])
@pytest.mark.parametrize(("light", "sign"), [(RIGHT, 1), (LEFT, -1)])
def test_art_has_a_light_and_a_dark_side(tmp_path: Path, layer: str, light: tuple[float, float], sign: int) -> None:
    face = face_at()
    pixels = lit(face, TONES[1], light)
    bare = pixels.copy()
    paint_still(pixels, (face,), (worn(tmp_path, layer),))
    rows, columns = np.nonzero((pixels != bare).any(axis=2))
    row = int(np.median(rows))
    line = pixels[row, columns.min() + 12 : columns.max() - 12, 1].astype(float)
    left, right = line[:10].mean(), line[-10:].mean()
    assert (right - left) * sign > 0.22 * max(left, right)


def test_light_of_its_own_has_no_side(tmp_path: Path) -> None:
    face = face_at()
    pixels = lit(face, TONES[1], RIGHT)
    paint_still(pixels, (face,), (worn(tmp_path, STICKER + 'light = "own"\n'),))
    line = pixels[round(240 + 0.08 * 60), 280:360, 1]
    assert np.ptp(line) <= 2


def test_the_direction_is_steady_and_follows_a_lamp() -> None:
    face, light = face_at(), ImageLight()
    shown = []
    for index in range(120):
        side = LEFT if index < 60 else RIGHT
        pixels = lit(face, TONES[2], side, noise=6.0, seed=index)
        age = float("inf") if index == 0 else 1.0
        light.step(pixels, (VisibleFace(face, np.zeros(2), age),), 0.0 if index == 0 else 1 / 30)
        shown.append(light.direction_of(face.identity)[0])
    assert len(set(shown[:60])) == 1
    assert np.abs(np.diff(shown)).max() < 0.1
    assert shown[-1] > 0.3 > -0.3 > shown[59]
