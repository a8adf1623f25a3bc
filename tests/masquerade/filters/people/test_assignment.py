"""Every face wears everyone's filters or its own; who was hidden stays so under a new identity."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.people.assignment import FaceOverride
from masquerade.filters.render import Painter
from masquerade.values import Box, ByteArray, Detection, Face, Frame, Scene

from tests.masquerade.filters.package_writer import HEAD, package, svg
from tests.masquerade.filters.portrait import model_face

RED, BLUE, BLACK, WHITE = (0, 0, 255), (255, 0, 0), (0, 0, 0), (255, 255, 255)
LEFT, RIGHT = model_face(24, (80, 90), (0, 0, 0)), replace(model_face(24, (240, 90), (0, 0, 0)), identity=1)


def square(folder: Path, colour: str) -> Filter:
    layer = '[[layer]]\nkind = "sticker"\nart = "art.svg"\nanchors = { nose_bridge = [50, 50] }\nwidth = 0.5\n'
    art = svg(f'<rect width="100" height="100" fill="{colour}"/>')
    return load_filter(package(folder / colour.strip("#"), HEAD + layer, art_svg=art))


def bar(folder: Path) -> Filter:
    return load_filter(package(folder / "bar", HEAD + '[[layer]]\nkind = "privacy"\neffect = "bar"\n'))


class Stage:
    """A painter that paints frame after frame."""

    def __init__(self) -> None:
        self._painter = Painter()
        self._index = 0

    def paint(
        self, faces: tuple[Face, ...], filters: tuple[Filter, ...], outfits: tuple[FaceOverride, ...]
    ) -> ByteArray:
        pixels = np.full((240, 320, 4), 255, np.uint8)
        scene = Scene(Frame(pixels, self._index, self._index * 0.05), faces=faces)
        self._painter.paint(scene, filters, 1.0, outfits)
        self._index += 1
        return pixels


def colour_at(pixels: ByteArray, face: Face) -> tuple[int, ...]:
    """Blue, green and red; the light of the scene dims a pure colour by a few steps."""
    x, y = face.keypoints.points[:2].mean(axis=0)
    seen = pixels[round(float(y)), round(float(x)), :3].tolist()
    return tuple(255 if each > 235 else each for each in seen)


def test_a_face_with_an_outfit_wears_that_and_the_others_wear_everyones(tmp_path: Path) -> None:
    red, blue = square(tmp_path, "#f00"), square(tmp_path, "#00f")
    pixels = Stage().paint((LEFT, RIGHT), (red,), (FaceOverride(1, (blue,)),))
    assert (colour_at(pixels, LEFT), colour_at(pixels, RIGHT)) == (RED, BLUE)


def test_an_empty_outfit_is_a_bare_face(tmp_path: Path) -> None:
    pixels = Stage().paint((LEFT, RIGHT), (square(tmp_path, "#f00"),), (FaceOverride(0, ()),))
    assert (colour_at(pixels, LEFT), colour_at(pixels, RIGHT)) == (WHITE, RED)


def test_outfits_go_with_their_faces_through_a_crossing(tmp_path: Path) -> None:
    stage, outfits = (
        Stage(),
        (FaceOverride(0, (square(tmp_path, "#f00"),)), FaceOverride(1, (square(tmp_path, "#00f"),))),
    )
    for step in range(11):
        places = (80 + 16 * step, 240 - 16 * step)
        faces = tuple(replace(model_face(24, (x, 90), (0, 0, 0)), identity=i) for i, x in enumerate(places))
        if step == 5:
            # One hides the other for a frame.
            stage.paint((replace(faces[0], held=True), faces[1]), (), outfits)
            continue
        pixels = stage.paint(faces, (), outfits)
        if abs(places[0] - places[1]) > 40:
            assert [colour_at(pixels, face) for face in faces] == [RED, BLUE]


def test_the_order_of_a_stack_is_kept(tmp_path: Path) -> None:
    red, blue = square(tmp_path, "#f00"), square(tmp_path, "#00f")
    assert colour_at(Stage().paint((LEFT,), (), (FaceOverride(0, (red, blue)),)), LEFT) == BLUE


def test_a_new_face_is_hidden_while_a_hidden_face_is_away(tmp_path: Path) -> None:
    stage, outfits = Stage(), (FaceOverride(0, (bar(tmp_path),)),)
    stage.paint((LEFT,), (), outfits)
    for _ in range(60):
        stage.paint((), (), outfits)
    back = replace(RIGHT, identity=7)
    for _ in range(60):
        assert colour_at(stage.paint((back,), (), outfits), back) == BLACK


def test_a_new_face_is_hidden_while_a_hidden_face_is_held(tmp_path: Path) -> None:
    stage, outfits, back = Stage(), (FaceOverride(0, (bar(tmp_path),)),), replace(RIGHT, identity=7)
    stage.paint((LEFT,), (), outfits)
    assert colour_at(stage.paint((replace(LEFT, held=True), back), (), outfits), back) == BLACK


def test_a_newcomer_beside_the_hidden_face_is_free(tmp_path: Path) -> None:
    stage, outfits = Stage(), (FaceOverride(0, (bar(tmp_path),)),)
    stage.paint((LEFT,), (), outfits)
    assert colour_at(stage.paint((LEFT, RIGHT), (), outfits), RIGHT) == WHITE


def test_a_face_hidden_in_place_of_another_is_shown_when_that_returns(tmp_path: Path) -> None:
    stage, outfits = Stage(), (FaceOverride(0, (bar(tmp_path),)),)
    stage.paint((LEFT,), (), outfits)
    stage.paint((), (), outfits)
    assert colour_at(stage.paint((RIGHT,), (), outfits), RIGHT) == BLACK
    pixels = stage.paint((LEFT, RIGHT), (), outfits)
    assert (colour_at(pixels, LEFT), colour_at(pixels, RIGHT)) == (BLACK, WHITE)


def seen_by_detector(face: Face) -> Detection:
    return Detection(Box(0, 0, 10, 10), face.keypoints.anchors.copy(), 0.9)


def paint_detected(faces: tuple[Face, ...], found: Face, outfits: tuple[FaceOverride, ...]) -> tuple[int, ...]:
    """The colour of a face that only the detector sees."""
    pixels = np.full((240, 320, 4), 255, np.uint8)
    scene = Scene(Frame(pixels, 0, 0.0), (seen_by_detector(found),), faces)
    Painter().paint(scene, (), 1.0, outfits)
    return colour_at(pixels, found)


def test_a_face_that_only_the_detector_sees_is_hidden_where_it_may_be_the_hidden_one(tmp_path: Path) -> None:
    outfits = (FaceOverride(0, (bar(tmp_path),)),)
    beside_left, beside_right = model_face(24, (80, 180), (0, 0, 0)), model_face(24, (240, 180), (0, 0, 0))
    assert paint_detected((LEFT, RIGHT), beside_left, outfits) == BLACK
    assert paint_detected((LEFT, RIGHT), beside_right, outfits) == WHITE
    assert paint_detected((RIGHT,), beside_right, outfits) == BLACK
