"""Test that retouch evens out every skin alike and leaves eyes, lips and pores as they are."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.render import Painter
from masquerade.geometry.pose import project
from masquerade.values import LANDMARK_INDEX, ByteArray, Frame, Scene

from tests.masquerade.filters.package_writer import HEAD, package
from tests.masquerade.filters.portrait import model_face

FACE = model_face(80, (240, 190), (0, 0, 0))
HEAD_2 = HEAD.replace("format = 1", "format = 2")


@pytest.fixture
def smooth(tmp_path: Path) -> Filter:
    return load_filter(package(tmp_path, HEAD_2 + '[[layer]]\nkind = "retouch"\nsmooth = 1.0\nlight = 0.0\n'))


def skin(level: int, spots: float = 0.12, grain: float = 0.0) -> ByteArray:
    """Return skin of one brightness with soft spots, and with grain from pixel to pixel."""
    chance = np.random.default_rng(4)
    soft = cv2.GaussianBlur(chance.normal(0, 1, (420, 480)), (0, 0), 5)
    tone = level * (1 + spots * soft / soft.std() + grain * chance.normal(0, 1, soft.shape))
    return np.dstack([np.clip(tone, 0, 255).astype(np.uint8)] * 3 + [np.full(soft.shape, 255, np.uint8)])


def painted(chosen: Filter, pixels: ByteArray, intensity: float = 1.0) -> ByteArray:
    return Painter().paint(Scene(Frame(pixels.copy(), 0, 0.0), faces=(FACE,)), (chosen,), intensity).frame.pixels


def cheek(pixels: ByteArray) -> ByteArray:
    assert FACE.pose is not None
    x, y = np.round(project(FACE.pose, np.array([[0.55, 0.62, 0.0]], np.float32))[0]).astype(int)
    return pixels[y - 14 : y + 15, x - 14 : x + 15, 1]


def test_spots_fade_on_every_skin_alike(smooth: Filter) -> None:
    left = []
    for level in (50, 90, 140, 200):
        before = skin(level)
        left.append(float(cheek(painted(smooth, before)).std() / cheek(before).std()))
    assert max(left) < 0.7
    assert max(left) - min(left) < 0.03


def test_pores_stay(smooth: Filter) -> None:
    before = skin(140, spots=0.0, grain=0.03)
    fine = [
        cheek(each).astype(float) - cv2.blur(cheek(each).astype(float), (3, 3))
        for each in (before, painted(smooth, before))
    ]
    assert fine[1].std() > 0.85 * fine[0].std()


@pytest.mark.parametrize("name", ["left_eye_center", "right_eye_center", "mouth_center_top_lip"])
def test_eyes_and_lips_are_not_touched(smooth: Filter, name: str) -> None:
    before = skin(140)
    after = painted(smooth, before)
    x, y = np.round(FACE.keypoints.points[LANDMARK_INDEX[name]]).astype(int)
    assert np.abs(after[y - 1 : y + 2, x - 1 : x + 2].astype(int) - before[y - 1 : y + 2, x - 1 : x + 2]).max() <= 1


def test_an_edge_is_not_washed_out(smooth: Filter) -> None:
    pixels = skin(150, spots=0.0)
    assert FACE.pose is not None
    x = round(float(project(FACE.pose, np.array([[0.55, 0.62, 0.0]], np.float32))[0, 0]))
    pixels[:, x:, :3] = 40
    row = cheek(painted(smooth, pixels))[14].astype(int)
    assert row[10] - row[18] > 0.8 * 110


def test_nothing_changes_off_the_face_and_at_no_intensity(smooth: Filter) -> None:
    before = skin(140)
    after = painted(smooth, before)
    assert (after[:30] == before[:30]).all()
    assert (after[:, :40] == before[:, :40]).all()
    assert (painted(smooth, before, 0.0) == before).all()


@pytest.mark.parametrize("place", [(0, 0), (480, 420), (-300, 90), (240, 1e5), (2, 200)])
def test_a_face_at_the_edge_or_beyond_does_no_harm(smooth: Filter, place: tuple[float, float]) -> None:
    face = model_face(80, place, (0, 0, 0))
    Painter().paint(Scene(Frame(skin(140), 0, 0.0), faces=(face,)), (smooth,))
