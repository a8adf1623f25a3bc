"""Warps bend the face and nothing else: looked at, and by their properties."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from masquerade.errors import FilterError
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.render import Painter, paint_still
from masquerade.filters.skin.warp_field import Bends, Field, Moves, field_of, move_points
from masquerade.geometry.pose import fit_pose
from masquerade.geometry.similarity import transform_points
from masquerade.resources import bundled
from masquerade.values import ByteArray, Face, FloatArray, Frame, Scene, Trigger

from tests.masquerade.filters.golden import assert_looks_like
from tests.masquerade.filters.package_writer import HEAD, package, svg
from tests.masquerade.filters.portrait import face_of, model_face, portrait_face, portrait_pixels, turned_points

WARP = '[[layer]]\nkind = "warp"\n'
EYE = '[[layer.move]]\nat = "left_eye_center"\nradius = 0.5\nsize = 1.8\n'
ALL = (
    '[[layer.move]]\nat = "nose_tip"\noffset = [0.1, 0.2]\nradius = [0.9, 0.7]\nsize = [1.6, 0.6]\n'
    '[[layer.move]]\nat = "chin"\nradius = [1.2, 0.8]\nshift = [0.3, -0.4]\n'
    '[[layer.move]]\nat = "right_eye_center"\nradius = 0.6\nsize = 2.0\nshift = [0.1, 0.1]\n'
)
BUNDLED = ("big-eyes", "bulge", "slim", "wide-smile")
TRIGGER = '[layer.trigger]\non = "mouth_open"\nseconds = 0.2\n'

Load = Callable[[str], Filter]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def make(layers: str) -> Filter:
        return load_filter(package(tmp_path / "one", HEAD + layers))

    return make


def noise(width: int = 320, height: int = 240) -> ByteArray:
    """An image in which every bent pixel shows."""
    pixels = np.random.default_rng(3).integers(0, 256, (height, width, 4), np.uint8)
    pixels[..., 3] = 255
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 1.5), np.uint8)


def bends_on(chosen: Filter, face: Face, amount: float = 1.0) -> Bends:
    layer = chosen.manifest.layers[0]
    return Moves(layer.moves).lay(face, fit_pose(face.keypoints.points), amount)  # type: ignore[union-attr]


def field_on(chosen: Filter, face: Face, size_wh: tuple[int, int] = (800, 800)) -> Field:
    field = field_of(bends_on(chosen, face), fit_pose(face.keypoints.points).scale, size_wh)
    assert field is not None
    return field


def sources(field: Field, points: FloatArray) -> FloatArray:
    """Where each of some points takes its colour from."""
    nodes = (points - [field.left, field.top] - (field.cell - 1) / 2) / field.cell
    x, y = nodes.astype(np.float32).T
    offsets = cv2.remap(field.offsets, x[:, None], y[:, None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(points + offsets.reshape(-1, 2), np.float32)


@pytest.mark.parametrize("name", BUNDLED)
def test_a_warp_looks_as_approved(name: str) -> None:
    pixels = portrait_pixels()
    paint_still(pixels, (portrait_face(),), (load_filter(bundled("assets") / "filters" / name),))
    assert_looks_like(f"warp_{name}", pixels[40:200, 130:310])


def test_a_warp_of_a_turned_head_looks_as_approved() -> None:
    pixels = portrait_pixels()
    face = face_of(turned_points(30, 5, 20))
    paint_still(pixels, (face,), (load_filter(bundled("assets") / "filters" / "big-eyes"),))
    assert_looks_like("warp_turned", pixels[40:200, 130:310])


def test_outside_of_its_ellipses_not_one_pixel_changes(load: Load) -> None:
    chosen, face = load(WARP + ALL), model_face(40, (160, 100), (0, 0, 12))
    pixels, before = noise(), noise()
    paint_still(pixels, (face,), (chosen,))
    touched = np.zeros(pixels.shape[:2], np.uint8)
    bends = bends_on(chosen, face)
    for centre_xy, axes in zip(bends.centres_xy, bends.axes, strict=True):
        turn = np.linspace(0, 2 * np.pi, 200)
        # Two pixels more: a cell is drawn as straight lines.
        ring = centre_xy + (np.stack([np.cos(turn), np.sin(turn)], 1) @ axes.T) * (1 + 4 / 40)
        cv2.fillPoly(touched, [np.round(ring).astype(np.int32)], 1)
    assert (pixels == before)[touched == 0].all()
    assert (pixels != before)[touched == 1].any(axis=1).mean() > 0.5


@pytest.mark.parametrize("name", BUNDLED)
def test_at_intensity_0_nothing_changes(name: str) -> None:
    pixels = portrait_pixels()
    scene = Scene(Frame(pixels, 0, 0.0), faces=(portrait_face(),))
    Painter().paint(scene, (load_filter(bundled("assets") / "filters" / name),), 0.0)
    assert (pixels == portrait_pixels()).all()


def test_intensity_scales_the_warp(load: Load) -> None:
    chosen = load(WARP + '[[layer.move]]\nat = "nose_tip"\nshift = [0.2, 0.0]\n')
    face = model_face(60, (160, 90), (0, 0, 0))
    layer = chosen.manifest.layers[0]
    pose = fit_pose(face.keypoints.points)
    fields = [
        field_of(Moves(layer.moves).lay(face, pose, amount), 60, (320, 240))  # type: ignore[union-attr]
        for amount in (0.25, 0.5, 1.0)
    ]
    strengths = [float(np.abs(field.offsets).max()) for field in fields if field is not None]
    assert strengths == pytest.approx([3.0, 6.0, 12.0], rel=0.05)


@given(angle=st.floats(-3, 3), scale=st.floats(0.5, 3), shift=st.tuples(st.floats(-50, 50), st.floats(-50, 50)))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_similarity_of_the_face_moves_the_warp_likewise(
    load: Load, angle: float, scale: float, shift: tuple[float, float]
) -> None:
    chosen, face = load(WARP + ALL), model_face(60, (400, 400), (10, 5, 0))
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[cosine, -sine], [sine, cosine]])
    matrix = np.column_stack([linear, [400, 400] - linear @ [400, 400] + shift]).astype(np.float32)
    moved = face_of(transform_points(matrix, face.keypoints.points))
    one, other = bends_on(chosen, face), bends_on(chosen, moved)
    assert transform_points(matrix, one.centres_xy.astype(np.float32)) == pytest.approx(other.centres_xy, abs=0.1)
    assert linear @ one.axes == pytest.approx(other.axes, abs=0.1)


@given(
    size=st.tuples(st.floats(0.5, 4), st.floats(0.5, 4)),
    angle=st.floats(-3.2, 3.2),
    share=st.floats(0.01, 0.599),
    yaw=st.floats(-60, 60),
    radius=st.floats(0.3, 2.0),
    at=st.sampled_from(["nose_tip", "left_cheek", "chin"]),
)
@example(size=(0.5, 1.0), angle=0.0, share=0.5, yaw=0.0, radius=2.0, at="chin")
@example(size=(0.5, 1.0), angle=0.0, share=0.5, yaw=0.0, radius=2.0, at="nose_tip")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_allowed_move_folds_the_image(
    load: Load, size: tuple[float, float], angle: float, share: float, yaw: float, radius: float, at: str
) -> None:
    # A little shorter than the longest shift, which is rounded here.
    length = 0.999 * radius * share
    shift = f"[{length * np.cos(angle):.4f}, {length * np.sin(angle):.4f}]"
    move = f'[[layer.move]]\nat = "{at}"\nradius = {radius}\nsize = [{size[0]}, {size[1]}]\nshift = {shift}\n'
    # A grid of 2 pixels: between the nodes of a coarse one, a steep map may seem to fold by part of a pixel.
    field = field_of(bends_on(load(WARP + move), model_face(120, (400, 400), (yaw, 0, 0))), 28.0, (800, 800))
    assert field is not None
    assert field.cell == 2
    across, down = np.diff(field.offsets, axis=1)[:-1] / field.cell, np.diff(field.offsets, axis=0)[:, :-1] / field.cell
    areas = (1 + across[..., 0]) * (1 + down[..., 1]) - across[..., 1] * down[..., 0]
    assert areas.min() > 0


@pytest.mark.parametrize("name", BUNDLED)
@pytest.mark.parametrize("yaw", [0, 35, -45])
def test_nothing_moves_far_outside_of_the_face(name: str, yaw: float) -> None:
    chosen, face = load_filter(bundled("assets") / "filters" / name), model_face(100, (400, 350), (yaw, 0, 0))
    bends, field = bends_on(chosen, face), field_on(chosen, face)
    y, x = np.mgrid[20:780:6, 20:780:6].astype(np.float32)
    points = np.stack([x.ravel(), y.ravel()], 1)
    # As far outside of the face as a wide hand's finger, half an eye distance, hair and collar stay.
    beyond = points[bends.face.reach(points.astype(np.float64)) > 1.45]
    assert np.abs(sources(field, beyond) - beyond).max() < 1.0


def test_a_move_of_the_crown_is_not_held_back_by_the_face(load: Load) -> None:
    chosen = load(WARP + '[[layer.move]]\nat = "head_top"\nradius = 0.8\nshift = [0.0, -0.3]\n')
    face = model_face(100, (400, 500), (0, 0, 0))
    (centre,) = bends_on(chosen, face).centres_xy.astype(np.float32)
    assert np.abs(sources(field_on(chosen, face), centre[None]) - centre).max() == pytest.approx(30, abs=2)


def test_moves_act_one_after_another(load: Load) -> None:
    one = '[[layer.move]]\nat = "nose_tip"\nradius = 0.4\nsize = 2.0\n'
    other = '[[layer.move]]\nat = "nose_tip"\noffset = [0.6, 0.0]\nradius = 0.8\nshift = [0.45, 0.0]\n'
    face = model_face(110, (400, 350), (0, 0, 0))
    both, first, second = (field_on(load(WARP + moves), face) for moves in (one + other, one, other))
    points = (face.keypoints.points[10] + np.random.default_rng(1).uniform(-90, 150, (400, 2))).astype(np.float32)
    found, wanted = sources(both, points), sources(first, sources(second, points))
    assert found == pytest.approx(wanted, abs=1.0)
    assert np.abs(found - wanted).mean() < 0.1


@pytest.mark.parametrize("angles", [(0, 0, 0), (25, 10, 30), (-40, 0, -15)])
def test_moved_points_are_where_their_colours_went(load: Load, angles: tuple[float, float, float]) -> None:
    face = model_face(110, (400, 350), angles)
    field = field_on(load(WARP + ALL), face)
    points = face.keypoints.points
    assert sources(field, move_points(field, points)) == pytest.approx(points, abs=0.3)


def test_a_later_sticker_sits_on_the_bent_face(tmp_path: Path) -> None:
    moved = '[[layer.move]]\nat = "nose_tip"\nradius = 1.0\nshift = [0.3, 0.0]\n'
    dot = (
        '[[layer]]\nkind = "sticker"\nart = "art.svg"\nlight = "own"\nanchors = { nose_tip = [50, 50] }\nwidth = 0.3\n'
    )
    chosen = load_filter(
        package(tmp_path, HEAD + WARP + moved + dot, art_svg=svg('<circle cx="50" cy="50" r="40" fill="#fff"/>'))
    )
    pixels = np.zeros((240, 320, 4), np.uint8)
    face = model_face(60, (160, 100), (0, 0, 0))
    paint_still(pixels, (face,), (chosen,))
    x = np.nonzero(pixels[..., 0] > 128)[1]
    # The whole shift is felt where the nose came from, not where it goes: a little less.
    assert 0.2 * 60 < float(x.mean()) - face.keypoints.points[10, 0] < 0.3 * 60


@pytest.mark.parametrize(
    ("place", "scale"),
    [((0, 0), 60), ((320, 240), 60), ((-500, 100), 60), ((160, 120), 2), ((160, 120), 900), ((160, 1e5), 60)],
)
def test_faces_at_the_edge_tiny_and_huge_do_no_harm(load: Load, place: tuple[float, float], scale: float) -> None:
    pixels = noise()
    paint_still(pixels, (model_face(scale, place, (30, 10, 20)),), (load(WARP + ALL),))
    assert (pixels[..., 3] == 255).all()


def test_every_face_is_bent_and_none_twice(load: Load) -> None:
    chosen = load(WARP + EYE)
    faces = [replace(model_face(30, (80 + 140 * index, 100), (0, 0, 0)), identity=index) for index in range(2)]
    together, apart = noise(), noise()
    paint_still(together, tuple(faces), (chosen,))
    for face in faces:
        paint_still(apart, (face,), (chosen,))
    assert (together == apart).all()
    assert (together != noise()).any()


def test_a_triggered_warp_eases_in_and_out(load: Load) -> None:
    chosen = load(WARP + EYE + TRIGGER)
    painter, amounts = Painter(), []
    shut = model_face(50, (160, 100), (0, 0, 0))
    wide = replace(shut, active=frozenset({Trigger.MOUTH_OPEN}))
    for index, face in enumerate([shut] * 3 + [wide] * 8 + [shut] * 8):
        pixels = noise()
        painter.paint(Scene(Frame(pixels, index, index * 0.04), faces=(face,)), (chosen,))
        amounts.append(float(np.abs(pixels.astype(int) - noise()).mean()))
    assert amounts[2] == 0.0
    assert amounts[3] < amounts[4] < amounts[5] < amounts[10]
    assert amounts[10] > amounts[12] > amounts[14]
    assert amounts[-1] == 0.0


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("", "'move' is missing"),
        ("move = []\n", "1 to 12"),
        ("[[move]]\nsize = 2.0\n", "move 1: 'at' is missing"),
        ('[[move]]\nat = "nose"\nsize = 2.0\n', "nose_tip"),
        ('[[move]]\nat = "nose_tip"\n', "does nothing"),
        ('[[move]]\nat = "nose_tip"\nsize = 0.1\n', "from 0.5 to 4"),
        ('[[move]]\nat = "nose_tip"\nsize = [2.0, nan]\n', "from 0.5 to 4"),
        ('[[move]]\nat = "nose_tip"\nradius = 0.0\nsize = 2.0\n', "from 0.05 to 3"),
        ('[[move]]\nat = "nose_tip"\nradius = inf\nsize = 2.0\n', "from 0.05 to 3"),
        ('[[move]]\nat = "nose_tip"\nshift = [0.5, 0.0]\n', "would fold"),
        ('[[move]]\nat = "nose_tip"\nsize = 2.0\nstrenth = 1\n', "unknown key 'strenth'"),
        ('[[move]]\nat = "nose_tip"\nsize = 2.0\n' * 13, "1 to 12"),
        ('[[move]]\nat = "nose_tip"\nsize = 2.0\n[trigger]\non = "mouth_open"\nmotion = "slide"\n', "show or hide"),
    ],
)
def test_errors_of_a_warp_are_reported(tmp_path: Path, keys: str, problem: str) -> None:
    with pytest.raises(FilterError) as caught:
        load_filter(package(tmp_path, HEAD + WARP + keys.replace("[[", "[[layer.").replace("\n[t", "\n[layer.t")))
    assert problem in str(caught.value)
