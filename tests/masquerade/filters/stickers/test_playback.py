"""Animated stickers go round, stop at their end, or play once each time their trigger comes on."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.render import Painter, paint_still
from masquerade.filters.stickers.playback import FrameSequence
from masquerade.values import Face, Frame, Scene, Trigger

from tests.masquerade.filters.package_writer import HEAD, package, svg
from tests.masquerade.filters.portrait import model_face

COLOURS = {"red": (0, 0, 255), "lime": (0, 255, 0), "blue": (255, 0, 0)}
STICKER = (
    '[[layer]]\nkind = "sticker"\nframes = ["red.svg", "lime.svg", "blue.svg"]\nframes_per_second = 10\n'
    'anchors = { nose_tip = [50, 50] }\nwidth = 1.0\nlight = "own"\n'
)
PLAY = STICKER + '[layer.trigger]\non = "smile"\nmotion = "play"\nseconds = 0\n'
FACE = model_face(40, (160, 120), (0, 0, 0))
SMILING = replace(FACE, active=frozenset({Trigger.SMILE}))

Load = Callable[[str], Filter]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def make(layers: str) -> Filter:
        art = {f"{name}_svg": svg(f'<rect width="100" height="100" fill="{name}"/>') for name in COLOURS}
        return load_filter(package(tmp_path / "one", HEAD + layers, **art))

    return make


def shown(chosen: Filter, faces: list[Face], step: float = 0.0505) -> list[str]:
    """The colour that is seen in each frame, or a dash."""
    painter, names = Painter(), []
    painter.paint(Scene(Frame(np.zeros((240, 320, 4), np.uint8), 0, -step)), ())
    for index, face in enumerate(faces):
        pixels = np.zeros((240, 320, 4), np.uint8)
        painter.paint(Scene(Frame(pixels, index, index * step), faces=(face,)), (chosen,))
        names.append(name_at(pixels))
    return names


def name_at(pixels: np.ndarray) -> str:
    x, y = (round(float(each)) for each in FACE.keypoints.points[10])
    colour = pixels[y, x, :3].astype(int)
    return next((name for name, wanted in COLOURS.items() if colour[np.argmax(wanted)] > 60), "-")


@pytest.mark.parametrize(
    ("loop", "played", "frame"),
    [
        (True, 0.0, 0),
        (True, 0.15, 1),
        (True, 0.25, 1),
        (True, 0.35, 2),
        (True, 0.40, 0),
        (True, 4.15, 1),
        (False, 0.35, 2),
        (False, 9.0, 2),
        (True, float("inf"), 0),
    ],
)
def test_frames_have_their_own_times(loop: bool, played: float, frame: int) -> None:
    assert FrameSequence((0.1, 0.2, 0.1), loop).frame_at(played + 1e-9) == frame


def test_an_animation_goes_round(load: Load) -> None:
    assert shown(load(STICKER), [FACE] * 8)[1:] == ["red", "lime", "lime", "blue", "blue", "red", "red"]


def test_an_animation_may_stop_at_its_end(load: Load) -> None:
    assert shown(load(STICKER + "loop = false\n"), [FACE] * 12)[-5:] == ["blue"] * 5


def test_it_plays_once_each_time_the_trigger_comes_on(load: Load) -> None:
    once = ["red", "red", "lime", "lime", "blue", "blue", "-", "-"]
    names = shown(load(PLAY), [FACE] * 3 + [SMILING] * 8 + [FACE] * 2 + [SMILING] * 8)
    assert names == ["-"] * 3 + once + ["-"] * 2 + once


def test_it_plays_to_its_end_though_the_trigger_goes_off(load: Load) -> None:
    names = shown(load(PLAY), [FACE] * 2 + [SMILING] + [FACE, SMILING] * 4)
    assert names[2:8] == ["red", "red", "lime", "lime", "blue", "blue"]


def test_a_shown_animation_begins_at_its_first_frame(load: Load) -> None:
    show = STICKER + '[layer.trigger]\non = "smile"\nmotion = "show"\nseconds = 0\n'
    names = shown(load(show), [FACE] * 5 + [SMILING] * 4 + [FACE] * 3 + [SMILING] * 2)
    assert names[5:9] == ["red", "red", "lime", "lime"]
    assert names[9:12] == ["-"] * 3
    assert names[12:] == ["red", "red"]


def test_a_photo_shows_an_animation_half_way(load: Load) -> None:
    pixels = np.zeros((240, 320, 4), np.uint8)
    paint_still(pixels, (SMILING,), (load(PLAY),))
    assert name_at(pixels) == "lime"


def test_every_face_plays_on_its_own(load: Load) -> None:
    painter, chosen = Painter(), load(PLAY)
    other = replace(model_face(40, (260, 120), (0, 0, 0)), identity=1)
    painter.paint(Scene(Frame(np.zeros((240, 320, 4), np.uint8), 0, 0.0)), ())
    for index, faces in enumerate([(FACE, other)] * 2 + [(SMILING, other)] * 2):
        pixels = np.zeros((240, 320, 4), np.uint8)
        painter.paint(Scene(Frame(pixels, index, 0.05 + index * 0.05), faces=faces), (chosen,))
    assert name_at(pixels) == "red"
    assert not pixels[:, 235:].any()
