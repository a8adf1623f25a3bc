"""The painter keeps filters, layers and faces apart and in order."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from masquerade.filters.format.art.svg import ArtBox
from masquerade.filters.format.image_layers import ImageLayer
from masquerade.filters.format.layers import Layer
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.layer_kinds import FACE_KINDS, FRAME_KINDS
from masquerade.filters.render import Painter
from masquerade.values import ByteArray, Face, Frame, Scene

from tests.masquerade.filters.package_writer import HEAD, package, svg
from tests.masquerade.filters.portrait import model_face

RED, BLUE = (0, 0, 255), (255, 0, 0)


def square(folder: Path, colour: str, *more: str) -> Filter:
    """A filter of squares round the nose, one layer for each colour."""
    layers, art = "", {}
    for index, each in enumerate((colour, *more)):
        layers += (
            f'[[layer]]\nkind = "sticker"\nart = "a{index}.svg"\nanchors = {{ nose_tip = [50, 50] }}\nwidth = 1.0\n'
        )
        art[f"a{index}_svg"] = svg(f'<rect width="100" height="100" fill="{each}"/>')
    return load_filter(package(folder / colour.strip("#"), HEAD + layers, **art))


def image() -> ByteArray:
    return np.full((240, 320, 4), 255, np.uint8)


def colour_at(pixels: ByteArray, face: Face) -> tuple[int, ...]:
    x, y = (round(float(each)) for each in face.keypoints.points[10])
    return tuple(int(each) for each in pixels[y, x, :3])


def painted(painter: Painter, index: int, faces: tuple[Face, ...], filters: tuple[Filter, ...]) -> ByteArray:
    pixels = image()
    painter.paint(Scene(Frame(pixels, index, index * 0.05), faces=faces), filters)
    return pixels


FACE = model_face(50, (160, 90), (0, 0, 0))


def test_the_frame_comes_back_read_only_and_is_the_same_buffer() -> None:
    pixels = image()
    scene = Painter().paint(Scene(Frame(pixels, 3, 1.5), faces=(FACE,)), ())
    assert scene.frame.pixels.base is pixels
    assert not scene.frame.pixels.flags.writeable
    assert (scene.frame.index, scene.frame.taken_at, scene.faces) == (3, 1.5, (FACE,))


def test_a_scene_is_not_painted_twice() -> None:
    painter = Painter()
    scene = painter.paint(Scene(Frame(image(), 0, 0.0)), ())
    with pytest.raises(ValueError, match="painted once"):
        painter.paint(scene, ())


def test_layers_are_painted_in_their_order(tmp_path: Path) -> None:
    chosen = square(tmp_path, "#f00", "#00f")
    assert colour_at(painted(Painter(), 0, (FACE,), (chosen,)), FACE) == BLUE


def test_filters_are_painted_in_their_order(tmp_path: Path) -> None:
    red, blue = square(tmp_path, "#f00"), square(tmp_path, "#00f")
    assert colour_at(painted(Painter(), 0, (FACE,), (blue, red)), FACE) == RED


def test_every_face_gets_the_filter(tmp_path: Path) -> None:
    other = replace(model_face(30, (270, 150), (0, 0, 0)), identity=1)
    pixels = painted(Painter(), 0, (FACE, other), (square(tmp_path, "#f00"),))
    assert colour_at(pixels, FACE) == colour_at(pixels, other) == RED


def test_a_filter_that_is_chosen_later_is_there_at_once(tmp_path: Path) -> None:
    painter = Painter()
    for index in range(10):
        painted(painter, index, (FACE,), ())
    assert colour_at(painted(painter, 10, (FACE,), (square(tmp_path, "#f00"),)), FACE) == RED


def test_a_face_that_comes_back_within_its_fade_does_not_blink(tmp_path: Path) -> None:
    painter, chosen = Painter(), (square(tmp_path, "#f00"),)
    frames = [(FACE,), (FACE,), (), (FACE,), (FACE,)]
    greens = [colour_at(painted(painter, index, faces, chosen), FACE)[1] for index, faces in enumerate(frames)]
    assert max(greens) < 130


def test_a_face_without_a_pose_gets_one(tmp_path: Path) -> None:
    bare = replace(FACE, pose=None)
    assert colour_at(painted(Painter(), 0, (bare,), (square(tmp_path, "#f00"),)), FACE) == RED


def test_filters_may_change_every_frame(tmp_path: Path) -> None:
    painter, filters = Painter(), [square(tmp_path, colour) for colour in ("#f00", "#00f")]
    seen = [colour_at(painted(painter, index, (FACE,), (filters[index % 2],)), FACE) for index in range(6)]
    assert seen == [RED, BLUE] * 3


@pytest.mark.parametrize("intensity", [0.0, 1.0])
def test_no_face_means_an_untouched_image(tmp_path: Path, intensity: float) -> None:
    pixels = image()
    Painter().paint(Scene(Frame(pixels, 0, 0.0)), (square(tmp_path, "#f00"),), intensity)
    assert (pixels == 255).all()


def test_every_kind_of_layer_has_a_painter_of_its_own_sort() -> None:
    """A kind without one would be found out by whoever wears it first."""
    assert set(FACE_KINDS) == set(get_args(Layer))
    assert set(FRAME_KINDS) == set(get_args(ImageLayer))


def test_each_filter_has_an_intensity_of_its_own(tmp_path: Path) -> None:
    red, blue = square(tmp_path, "#f00"), square(tmp_path, "#00f")

    def colour(intensity: float, intensities: dict[Filter, float]) -> tuple[int, ...]:
        pixels = image()
        scene = Scene(Frame(pixels, 0, 0.0), faces=(FACE,))
        Painter().paint(scene, (red, blue), intensity, intensities=intensities)
        return colour_at(pixels, FACE)

    # The light on the face takes some of the colours.
    assert colour(1.0, {blue: 0.0}) == pytest.approx(RED, abs=20)
    assert colour(1.0, {red: 0.0}) == pytest.approx(BLUE, abs=20)
    assert colour(1.0, {blue: 0.5}) == pytest.approx((128, 0, 128), abs=20)
    assert colour(0.5, {red: 0.0, blue: 0.5}) == pytest.approx((255, 191, 191), abs=20)


def without_size(chosen: Filter) -> Filter:
    """The filter with art that cannot be painted: no package may hold such."""
    art = tuple(tuple(replace(piece, box=ArtBox(0, 0, 0, 0)) for piece in layer) for layer in chosen.art)
    return replace(chosen, art=art)


@pytest.mark.parametrize("spoil", [without_size, lambda chosen: replace(chosen, art=((),))], ids=["paint", "prepare"])
def test_a_filter_that_raises_is_left_out_and_the_others_go_on(
    tmp_path: Path, spoil: Callable[[Filter], Filter], caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = square(tmp_path, "#ff0000"), spoil(square(tmp_path, "#0000ff"))
    painter, face = Painter(), model_face(60.0, (160.0, 100.0), (0.0, 0.0, 0.0))
    for index in range(3):
        scene = Scene(Frame(image(), index, index * 0.05), faces=(face,))
        done = painter.paint(scene, (bad, good))
        blue, _, red = colour_at(done.frame.pixels, face)
        assert (blue < 50, red > 200) == (True, True)
        assert done.failed_filters == (bad.id,)
    assert caplog.text.count("cannot be drawn") == 1
    # Taken off, it is forgotten.
    assert painter.paint(Scene(Frame(image(), 3, 0.2), faces=(face,)), (good,)).failed_filters == ()


def test_no_face_is_bare_where_a_filter_that_hides_it_raises(tmp_path: Path) -> None:
    cover = '[[layer]]\nkind = "privacy"\neffect = "cover"\ncolour = "#00ff00"\nart = "a.svg"\n'
    hides = without_size(
        load_filter(package(tmp_path / "cover", HEAD + cover, a_svg=svg('<rect width="9" height="9"/>')))
    )
    painter, face = Painter(), model_face(60.0, (160.0, 100.0), (0.0, 0.0, 0.0))
    for index in range(3):
        scene = painter.paint(
            Scene(Frame(image(), index, index * 0.05), faces=(face,)), (square(tmp_path, "#ff0000"), hides)
        )
        assert (scene.frame.pixels == (0, 0, 0, 255)).all()
        assert scene.failed_filters == ("cover",)
