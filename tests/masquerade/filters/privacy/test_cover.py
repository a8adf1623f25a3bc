"""Bar and cover hide at once, in every pose, at every intensity, and for a while after a face is lost."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import FilterError
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.render import Painter, paint_still
from masquerade.resources import bundled
from masquerade.values import Box, ByteArray, Detection, Face, Frame, Scene

from tests.masquerade.filters.package_writer import HEAD, STICKER, package, svg
from tests.masquerade.filters.portrait import model_face

BAR = '[[layer]]\nkind = "privacy"\neffect = "bar"\n'
COVER = '[[layer]]\nkind = "privacy"\neffect = "cover"\ncolour = "#20c040"\n'
GREEN = (0x40, 0xC0, 0x20)
HOLE = svg('<circle cx="50" cy="50" r="6" fill="#fff" fill-opacity=".5"/>')
Load = Callable[..., Filter]
FACE = model_face(50, (320, 240), (0, 0, 0))


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def make(layers: str, **art: str) -> Filter:
        return load_filter(package(tmp_path / f"filter{abs(hash(layers))}", HEAD + layers, **art))

    return make


def white(width: int = 640, height: int = 480) -> ByteArray:
    return np.full((height, width, 4), 255, np.uint8)


def hidden(effect: str, pixels: ByteArray, face: Face) -> bool:
    """Whether every point that this effect hides is under its opaque colour, with two pixels round it."""
    points, colour = (face.keypoints.points, GREEN) if effect == COVER else (face.keypoints.points[:10], (0, 0, 0))
    height, width = pixels.shape[:2]
    inside = [(int(x), int(y)) for x, y in points if 2 <= x < width - 2 and 2 <= y < height - 2]
    return all((pixels[y - 2 : y + 3, x - 2 : x + 3, :3] == colour).all() for x, y in inside)


@pytest.mark.parametrize("effect", [BAR, COVER], ids=["bar", "cover"])
@pytest.mark.parametrize("intensity", [0.0, 1.0])
@pytest.mark.parametrize("angles", [(0, 0, 0), (45, 0, 0), (-60, -20, 170), (0, 35, 30), (20, -30, -90)])
@pytest.mark.parametrize("scale", [4.0, 50.0, 300.0])
def test_no_intensity_and_no_pose_shows_what_is_hidden(
    load: Load, effect: str, intensity: float, angles: tuple[float, float, float], scale: float
) -> None:
    pixels, face = white(), model_face(scale, (320, 200), angles)
    Painter().paint(Scene(Frame(pixels, 0, 0.0), faces=(face,)), (load(effect),), intensity)
    assert hidden(effect, pixels, face)


@pytest.mark.parametrize("effect", [BAR, COVER], ids=["bar", "cover"])
@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("speed_xy", [(120, 0), (-150, 40), (0, -100), (0, 0)])
def test_a_face_that_is_lost_while_it_moves_stays_hidden(
    load: Load, effect: str, held: bool, speed_xy: tuple[float, float]
) -> None:
    painter, chosen = Painter(), (load(effect),)
    faces = [
        model_face(50, (320 + speed_xy[0] * index / 25, 240 + speed_xy[1] * index / 25), (0, 0, 0))
        for index in range(26)
    ]
    for index, face in enumerate(faces):
        pixels = white()
        seen: tuple[Face, ...] = (face,) if index <= 12 else (replace(faces[12], held=True),) if held else ()
        painter.paint(Scene(Frame(pixels, index, index / 25), faces=seen), chosen)
        assert hidden(effect, pixels, face), f"bare {index - 12} frames after the loss"


@pytest.mark.parametrize("effect", [BAR, COVER], ids=["bar", "cover"])
def test_after_hold_and_fade_nothing_is_left(load: Load, effect: str) -> None:
    painter, chosen = Painter(), (load(effect),)
    painter.paint(Scene(Frame(white(), 0, 0.0), faces=(FACE,)), chosen)
    for index in range(1, 60):
        pixels = white()
        painter.paint(Scene(Frame(pixels, index, index / 25)), chosen)
    assert (pixels == 255).all()


@pytest.mark.parametrize("effect", [BAR, COVER], ids=["bar", "cover"])
def test_what_only_the_detector_sees_is_hidden_too(load: Load, effect: str) -> None:
    found = (Detection(Box(270, 150, 100, 120), FACE.keypoints.anchors.copy(), 0.8),)
    pixels = white()
    Painter().paint(Scene(Frame(pixels, 0, 0.0), found), (load(effect),))
    assert hidden(effect, pixels, FACE)


@pytest.mark.parametrize("effect", [BAR, COVER], ids=["bar", "cover"])
@pytest.mark.parametrize("place", [(0, 0), (640, 480), (-30, 240), (320, 478), (-900, 200), (1e7, 1e7)])
@pytest.mark.parametrize("size_wh", [(640, 480), (5, 3)])
def test_faces_at_the_edge_are_hidden_as_far_as_they_are_seen(
    load: Load, effect: str, place: tuple[float, float], size_wh: tuple[int, int]
) -> None:
    pixels, face = white(*size_wh), model_face(60, place, (0, 0, 0))
    paint_still(pixels, (face,), (load(effect),))
    assert hidden(effect, pixels, face)
    assert (pixels[..., 3] == 255).all()


def test_the_bar_leaves_nose_and_mouth_free(load: Load) -> None:
    pixels = white()
    paint_still(pixels, (FACE,), (load(BAR),))
    for x, y in FACE.keypoints.points[10:]:
        assert (pixels[int(y), int(x)] == 255).all()


def test_the_bar_reaches_from_temple_to_temple(load: Load) -> None:
    pixels = white()
    paint_still(pixels, (FACE,), (load(BAR),))
    columns = np.flatnonzero((pixels[..., 0] == 0).any(axis=0))
    assert (columns[-1] - columns[0]) / 50 > 2.4


def test_art_with_holes_shows_the_colour_and_never_the_face(load: Load) -> None:
    pixels = white()
    pixels[..., :3] = (255, 0, 255)
    paint_still(pixels, (FACE,), (load(COVER + 'art = "hole.svg"\n', hole_svg=HOLE),))
    inside = pixels[200:280, 280:360, :3].reshape(-1, 3)
    assert (inside[:, 1] >= GREEN[1]).all()
    assert len(np.unique(inside, axis=0)) > 1


def test_what_is_worn_on_a_cover_stays_as_long_as_the_cover(load: Load) -> None:
    art = svg('<rect width="400" height="100" fill="#00f"/>', "0 0 400 100")
    painter, chosen = Painter(), (load(COVER + STICKER, art_svg=art),)
    for index in range(20):
        pixels = white()
        painter.paint(Scene(Frame(pixels, index, index / 20), faces=(FACE,) if index < 2 else ()), chosen, 0.2)
        x, y = FACE.keypoints.points[:2].mean(axis=0)
        assert tuple(pixels[int(y), int(x), :3]) == (255, 0, 0)


@pytest.mark.parametrize(
    ("layer", "problem"),
    [
        (COVER.replace("#20c040", "green"), "'colour' must be a colour such as"),
        (COVER.replace('colour = "#20c040"\n', ""), "'colour' is missing"),
        (COVER + 'art = "hole.svg"\n', "there is no file 'hole.svg'"),
        (COVER + "strength = 1\n", "'strength' does not apply to effect = \"cover\""),
        (BAR + 'area = "eyes"\n', "'area' does not apply to effect = \"bar\""),
        (BAR.replace("bar", "baar"), r"did you mean 'bar'\?"),
    ],
)
def test_an_error_is_reported(load: Load, layer: str, problem: str) -> None:
    with pytest.raises(FilterError, match=problem):
        load(layer)


@pytest.mark.parametrize("name", ["black-bar", "emoji-head"])
def test_the_bundled_ones_hide_a_newcomer_on_its_first_frame(name: str) -> None:
    painter, chosen = Painter(), (load_filter(bundled("assets") / "filters" / name),)
    painter.paint(Scene(Frame(white(), 0, 0.0)), chosen)
    pixels = white()
    painter.paint(Scene(Frame(pixels, 1, 0.033), faces=(FACE,)), chosen)
    for x, y in FACE.keypoints.points[:6]:
        assert (pixels[int(y), int(x), :3] != 255).any()


def test_a_detection_beside_a_cover_does_not_cover_its_stickers(load: Load) -> None:
    art = svg('<rect width="400" height="100" fill="#00f"/>', "0 0 400 100")
    found = (Detection(Box(270, 150, 100, 120), FACE.keypoints.anchors + np.float32(40), 0.8),)
    pixels = white()
    Painter().paint(Scene(Frame(pixels, 0, 0.0), found, (FACE,)), (load(COVER + STICKER, art_svg=art),))
    x, y = FACE.keypoints.points[:2].mean(axis=0)
    assert tuple(pixels[int(y), int(x), :3]) == (255, 0, 0)


@pytest.mark.parametrize("name", ["blur", "pixelate", "black-bar", "emoji-head"])
@pytest.mark.parametrize("angles", [(0, 0, 0), (-40, 20, 100)])
def test_every_cover_lies_inside_the_boxes_of_the_scene(name: str, angles: tuple[float, float, float]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (480, 640, 4), np.uint8)
    pixels, face = noise.copy(), model_face(40, (60, 240), angles)
    chosen = load_filter(bundled("assets") / "filters" / name)
    scene = Painter().paint(Scene(Frame(pixels, 0, 0.0), faces=(face,)), (chosen,))
    changed = (pixels[..., :3] != noise[..., :3]).any(axis=2)
    assert changed.any()
    for box in scene.hidden:
        left, top = max(int(box.left), 0), max(int(box.top), 0)
        changed[top : int(np.ceil(box.top + box.height)), left : int(np.ceil(box.left + box.width))] = False
    assert not changed.any()
