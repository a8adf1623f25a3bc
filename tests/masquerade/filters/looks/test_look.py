"""Looks change the whole image, or the faces, or all but these, and never uncover what is hidden."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.people.assignment import FaceOverride
from masquerade.filters.render import Painter, paint_still
from masquerade.resources import bundled
from masquerade.values import ByteArray, Face, Frame, Scene, Trigger

from tests.masquerade.filters.golden import assert_looks_like
from tests.masquerade.filters.package_writer import HEAD, package
from tests.masquerade.filters.portrait import model_face, portrait_face, portrait_pixels

BUNDLED = ("noir", "vintage", "comic", "thermal", "dream", "neon")
LOOK = '[[layer]]\nkind = "look"\n'
INVERT = "curve = [[0, 255], [255, 0]]\n"
EVERYTHING = "levels = 5\nlines = 0.8\nsaturation = 1.4\ncurve = [[0, 20], [255, 240]]\nglow = 0.5\ngrain = 0.5\n"

Load = Callable[..., Filter]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def make(layers: str, name: str = "one") -> Filter:
        return load_filter(package(tmp_path / name, HEAD + layers))

    return make


def bundled_filter(name: str) -> Filter:
    return load_filter(bundled("assets") / "filters" / name)


def noise(width: int = 320, height: int = 240) -> ByteArray:
    pixels = np.random.default_rng(4).integers(0, 256, (height, width, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    return pixels


def painted(pixels: ByteArray, *filters: Filter, faces: tuple[Face, ...] = (), intensity: float = 1.0) -> ByteArray:
    copy = pixels.copy()
    Painter().paint(Scene(Frame(copy, 0, 0.0), faces=faces), filters, intensity)
    return copy


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_look_looks_as_approved(name: str) -> None:
    pixels = portrait_pixels()
    paint_still(pixels, (portrait_face(),), (bundled_filter(name),))
    assert_looks_like(f"look_{name}", pixels[20:260, 100:340])


@pytest.mark.parametrize("name", BUNDLED)
def test_a_look_needs_no_face(name: str) -> None:
    before = noise()
    assert np.abs(painted(before, bundled_filter(name)).astype(int) - before).mean() > 5


@pytest.mark.parametrize("size_wh", [(1, 1), (2, 3), (101, 97), (640, 3), (3, 640), (1921, 1083)])
@pytest.mark.parametrize("keys", [EVERYTHING, EVERYTHING.replace("levels = 5\n", "")])
def test_an_image_may_have_any_size(load: Load, size_wh: tuple[int, int], keys: str) -> None:
    pixels = painted(noise(*size_wh), load(LOOK + keys))
    assert pixels.shape == (size_wh[1], size_wh[0], 4)
    assert (pixels[..., 3] == 255).all()


def test_intensity_blends(load: Load) -> None:
    before, chosen = noise(), load(LOOK + INVERT)
    assert (painted(before, chosen, intensity=0.0) == before).all()
    half = painted(before, chosen, intensity=0.5).astype(int)
    expected = (before.astype(int) + painted(before, chosen)) / 2
    assert np.abs(half - expected).max() <= 2


def test_a_look_of_the_face_leaves_all_else(load: Load) -> None:
    before, face = noise(), model_face(20, (160, 120), (0, 0, 0))
    after = painted(before, load(LOOK + 'area = "face"\n' + INVERT), faces=(face,))
    assert (after[125, 160, :3] == 255 - before[125, 160, :3]).all()
    changed = np.argwhere((after != before).any(axis=2))
    assert (np.abs(changed - [130, 160]) < [50, 40]).all()
    assert (painted(before, load(LOOK + 'area = "face"\n' + INVERT)) == before).all()


def test_a_look_of_the_surroundings_leaves_the_face(load: Load) -> None:
    before, face = noise(), model_face(20, (160, 120), (0, 0, 0))
    after = painted(before, load(LOOK + 'area = "surroundings"\n' + INVERT), faces=(face,))
    assert (after[110:135, 150:170] == before[110:135, 150:170]).all()
    assert (after[:40, :, :3] == 255 - before[:40, :, :3]).all()


def test_a_trigger_eases_a_look_in_for_any_face(load: Load) -> None:
    chosen = load(LOOK + INVERT + '[layer.trigger]\non = "smile"\nseconds = 0.2\n')
    rest = (model_face(20, (80, 80), (0, 0, 0)), replace(model_face(20, (240, 80), (0, 0, 0)), identity=1))
    smiling = (rest[0], replace(rest[1], active=frozenset({Trigger.SMILE})))
    painter, before, changes = Painter(), noise(), []
    for index, faces in enumerate([rest, rest, *[smiling] * 6]):
        pixels = before.copy()
        painter.paint(Scene(Frame(pixels, index, index * 0.05), faces=faces), (chosen,))
        changes.append(float(np.abs(pixels.astype(int) - before).mean()))
    assert changes[1] == 0.0
    # Shortly before its middle, a half inverted image is grey: the change grows on the whole.
    assert 0.0 < changes[2] < 0.5 * changes[-1]
    assert changes[-1] == changes[-2] > 50


@pytest.mark.parametrize("name", BUNDLED)
def test_a_hidden_face_stays_hidden_under_a_look(name: str) -> None:
    """What is hidden comes first, whichever was chosen first, so the look sees only cells."""
    hide, look, face = bundled_filter("pixelate"), bundled_filter(name), portrait_face()
    both = painted(portrait_pixels(), look, hide, faces=(face,))
    hidden = painted(portrait_pixels(), hide, faces=(face,))
    assert (both == painted(hidden, look, faces=(face,))).all()


def test_a_look_changes_what_was_painted_before_it_and_nothing_after(load: Load) -> None:
    white = '[[layer]]\nkind = "sticker"\nart = "art.svg"\nanchors = { %s = [100, 50] }\nwidth = 1.0\n'
    chosen = load(white % "left_ear" + LOOK + INVERT + white % "right_ear")
    face = model_face(40, (160, 120), (0, 0, 0))
    pixels = painted(np.full((240, 320, 4), 255, np.uint8), chosen, faces=(face,))
    # Both are dark red on a ground that was white; the look has made the first one bright.
    left, right = (pixels[125:140, columns, :3].reshape(-1, 3) for columns in (slice(200, 215), slice(108, 120)))
    assert (left.max(axis=1) > 200).any()
    assert left[:, 2].min() < 60
    assert (right[:, 2] > 190).any()


def test_a_look_that_only_an_absent_face_wears_is_not_painted(load: Load) -> None:
    chosen, before = load(LOOK + INVERT), noise()
    here = replace(model_face(20, (160, 120), (0, 0, 0)), identity=3)
    changes = []
    for identity in (3, 4):
        pixels = before.copy()
        scene = Scene(Frame(pixels, 0, 0.0), faces=(here,))
        Painter().paint(scene, (), outfits=(FaceOverride(identity, (chosen,)),))
        changes.append(bool((pixels != before).any()))
    assert changes == [True, False]


def test_grain_is_another_one_in_every_frame(load: Load) -> None:
    painter, chosen, grey = Painter(), load(LOOK + "grain = 1\n"), np.full((64, 64, 4), 128, np.uint8)
    images = []
    for index in range(2):
        pixels = grey.copy()
        painter.paint(Scene(Frame(pixels, index, index / 30)), (chosen,))
        images.append(pixels)
    assert (images[0] != images[1]).any()
    assert abs(float(images[0][..., :3].mean()) - 128) < 4


def test_a_vignette_is_dark_in_the_corners_alone(load: Load) -> None:
    pixels = painted(np.full((90, 160, 4), 200, np.uint8), load(LOOK + "vignette = 1\n"))
    assert pixels[0, 0, 0] < 40
    assert (pixels[35:55, 60:100, :3] == 200).all()


def test_few_levels_are_left(load: Load) -> None:
    ramp = np.repeat(np.linspace(0, 255, 400, dtype=np.uint8)[None, :, None], 4, axis=2).repeat(300, axis=0)
    pixels = painted(np.ascontiguousarray(ramp), load(LOOK + "levels = 3\n"))
    row = pixels[150, :, 0].astype(int)
    level = [shade for shade in range(256) if (np.abs(row - shade) <= 1).sum() > 40]
    assert 2 <= len({round(shade / 12) for shade in level}) <= 4


def test_a_glow_that_grades_looks_like_grading_and_then_glowing(load: Load) -> None:
    """A glow does the work of straight curves, too; a bent one that is nearly straight has to be drawn in two steps."""
    curve, red = "curve = [[0, 22], %s[255, 253]]\n", "red = [[0, 8], [255, 255]]\nglow = 0.6\n"
    straight, bent = load(LOOK + curve % "" + red, "straight"), load(LOOK + curve % "[128, 142], " + red, "bent")
    before = portrait_pixels()
    difference = np.abs(painted(before, straight).astype(int) - painted(before, bent))
    assert difference.mean() < 3
    assert difference.max() < 16


def test_a_soft_look_is_the_same_at_half_the_size(load: Load) -> None:
    keys = 'gradient = ["#000040", "#ff2000", "#ffffc0"]\nglow = 0.3\n'
    before = np.ascontiguousarray(np.tile(np.linspace(0, 255, 960, dtype=np.uint8)[None, :, None], (720, 1, 4)))
    soft, sharp = (
        painted(before, load(LOOK + each + keys, name)) for each, name in (("soft = true\n", "a"), ("", "b"))
    )
    assert np.abs(soft.astype(int) - sharp).max() <= 6
    grained = noise(960, 720)
    fine = [
        np.abs(np.diff(painted(grained, load(LOOK + each + keys, name)).astype(int), axis=1)).mean()
        for each, name in (("soft = true\n", "c"), ("", "d"))
    ]
    assert fine[0] < fine[1] / 2


@pytest.mark.parametrize(
    "curve", ["", "curve = [[0, 30], [255, 240]]\n", "curve = [[0, 30], [100, 140], [255, 240]]\n"]
)
def test_lines_of_a_drawing_in_steps_have_their_colour(load: Load, curve: str) -> None:
    pixels = np.full((720, 960, 4), 200, np.uint8)
    pixels[:, 478:482] = 0
    drawn = painted(pixels, load(LOOK + 'levels = 5\nlines = 1\nline_colour = "#c83c64"\n' + curve))
    assert np.abs(drawn[360, 480, :3].astype(int) - [100, 60, 200]).max() <= 8


def test_grain_over_a_vignette_is_another_one_in_every_frame_and_after_a_change_of_size(load: Load) -> None:
    painter, chosen = Painter(), load(LOOK + "grain = 1\nvignette = 0.5\n")
    images = []
    for index in range(12):
        pixels = np.full((90, 160, 4) if index < 10 else (120, 160, 4), 128, np.uint8)
        painter.paint(Scene(Frame(pixels, index, index / 30)), (chosen,))
        images.append(pixels)
    for one, next_one in pairwise(images[:10]):
        assert (one != next_one).mean() > 0.3
    # Live, but a few images of film do: they are made once.
    assert len({image.tobytes() for image in images[:10]}) == 4
    assert all(abs(float(image[40:50, 70:90, :3].mean()) - 128) < 8 for image in images[:10])
    assert images[0][0, 0, 0] < 100
    assert (images[10] != images[11]).any()
