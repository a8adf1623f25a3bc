"""Stickers are painted as the format says: on the portrait, looked at, and pixel by pixel."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from masquerade.filters.compositing.outline import HEAD as HEAD_OUTLINE
from masquerade.filters.compositing.outline import outline_of
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.render import Painter, paint_still
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray, Face, FloatArray, Frame, Scene, Trigger

from tests.masquerade.filters.golden import assert_looks_like
from tests.masquerade.filters.package_writer import HEAD, SQUARES, package, svg
from tests.masquerade.filters.portrait import face_of, model_face, portrait_face, portrait_pixels, turned_points

EYES = "anchors = { right_eye_center = [100, 50], left_eye_center = [300, 50] }\n"
NOSE = "anchors = { nose_tip = [50, 50] }\nwidth = 1.0\n"
# The films are dark: what is worn shines by itself, so that it can be seen.
LAYER = '[[layer]]\nkind = "sticker"\nart = "art.svg"\nlight = "own"\n'
WHITE_SQUARE = svg('<rect x="5" y="5" width="90" height="90" fill="#fff"/>')
OPEN = frozenset({Trigger.MOUTH_OPEN})
TRIGGER = '[layer.trigger]\non = "mouth_open"\nseconds = 0.2\nmotion = '


Load = Callable[..., Filter]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def make(layers: str, art: str = SQUARES) -> Filter:
        return load_filter(package(tmp_path / "one", HEAD + layers, art_svg=art))

    return make


def black(width: int = 320, height: int = 240) -> ByteArray:
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


def centre_of(pixels: ByteArray) -> tuple[float, float]:
    """The centre of what is bright, pixels."""
    weight = pixels[..., :3].sum(axis=2).astype(float)
    y, x = np.mgrid[: weight.shape[0], : weight.shape[1]]
    return float((x * weight).sum() / weight.sum()), float((y * weight).sum() / weight.sum())


def film(chosen: Filter, faces: list[tuple[Face, ...]], step: float = 0.05) -> list[ByteArray]:
    painter, images = Painter(), []
    for index, each in enumerate(faces):
        pixels = black()
        painter.paint(Scene(Frame(pixels, index, index * step), faces=each), (chosen,))
        images.append(pixels)
    return images


def brightness(images: list[ByteArray]) -> list[float]:
    return [float(image[..., :3].mean()) for image in images]


@pytest.mark.parametrize(
    ("name", "keys", "points", "active"),
    [
        ("front", EYES, turned_points(), OPEN),
        ("turned", EYES, turned_points(35, 10, 0), OPEN),
        ("tilted", EYES, turned_points(0, 0, 30), OPEN),
        ("multiplied", EYES + 'blend = "multiply"\n', turned_points(), OPEN),
        ("soft_light", EYES + 'blend = "soft_light"\n', turned_points(), OPEN),
        ("half_there", EYES + "opacity = 0.5\n", turned_points(), OPEN),
        ("shadow_alone", EYES + 'part = "shadow"\n', turned_points(), OPEN),
        ("side_piece", EYES + "turn = [60, 0]\n", turned_points(-25), OPEN),
        (
            "behind_the_head",
            "anchors = { hair_line = [200, 50] }\nwidth = 4.4\ndepth = 0.6\nbehind = true\n",
            turned_points(),
            OPEN,
        ),
    ],
)
def test_a_sticker_looks_as_approved(
    load: Load, name: str, keys: str, points: FloatArray, active: frozenset[Trigger]
) -> None:
    pixels = portrait_pixels()
    paint_still(pixels, (face_of(points, active=active),), (load(LAYER + keys),))
    assert_looks_like(name, pixels[40:160, 145:295])


@given(shift=st.tuples(st.floats(0, 3), st.floats(0, 3)), scale=st.floats(12, 60))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_art_moves_by_parts_of_a_pixel(load: Load, shift: tuple[float, float], scale: float) -> None:
    chosen = load(LAYER + NOSE, WHITE_SQUARE)
    face = model_face(scale, (160 + shift[0], 100 + shift[1]), (0, 0, 0))
    pixels = black()
    paint_still(pixels, (face,), (chosen,))
    # Shrinking a hard border bilinearly is exact to about a tenth of a pixel.
    assert centre_of(pixels) == pytest.approx(face.keypoints.points[10], abs=0.12)


@pytest.mark.parametrize(
    ("place", "scale"),
    [((0, 0), 60), ((320, 240), 60), ((-500, 100), 60), ((160, 120), 2), ((160, 120), 900), ((160, 1e5), 60)],
)
def test_faces_at_the_edge_tiny_and_huge_do_no_harm(load: Load, place: tuple[float, float], scale: float) -> None:
    pixels = black(321, 243)
    paint_still(pixels, (model_face(scale, place, (20, 10, 45)),), (load(LAYER + EYES, WHITE_SQUARE),))
    assert (pixels[..., 3] == 255).all()


def test_nothing_comes_in_again_at_the_other_edge(load: Load) -> None:
    pixels = black()
    paint_still(pixels, (model_face(40, (0, 120), (0, 0, 0)),), (load(LAYER + EYES),))
    assert pixels[:, :80, :3].any()
    assert not pixels[:, 160:, :3].any()


@pytest.mark.parametrize("size_wh", [(101, 97), (1, 1), (640, 3)])
def test_an_image_may_have_any_size(load: Load, size_wh: tuple[int, int]) -> None:
    pixels = black(*size_wh)
    paint_still(pixels, (model_face(20, (50, 48), (0, 0, 0)),), (load(LAYER + EYES),))
    assert pixels.shape == (size_wh[1], size_wh[0], 4)


def test_borders_are_smooth(load: Load) -> None:
    pixels = black()
    paint_still(pixels, (model_face(80, (160, 100), (0, 0, 20)),), (load(LAYER + NOSE, WHITE_SQUARE),))
    between = (pixels[..., 0] > 10) & (pixels[..., 0] < 245)
    # A square of about 72 pixels has a border of 288: nearly every border pixel is a mixture.
    assert between.sum() > 250


def test_a_black_multiplied_shadow_darkens_as_multiplying_does(load: Load) -> None:
    art = svg('<rect width="100" height="100" fill="#000" fill-opacity=".5"/>')
    pixels = np.full((240, 320, 4), 200, np.uint8)
    paint_still(pixels, (model_face(80, (160, 100), (0, 0, 0)),), (load(LAYER + NOSE + 'blend = "multiply"\n', art),))
    assert pixels[135, 160, 0] == pytest.approx(100, abs=1)


@pytest.mark.parametrize(("motion", "before", "after"), [("show", 0, 1), ("hide", 1, 0), ("slide", 0, 1)])
def test_a_trigger_moves_the_layer_smoothly(load: Load, motion: str, before: int, after: int) -> None:
    chosen = load(LAYER + NOSE + TRIGGER + f'"{motion}"\n', WHITE_SQUARE)
    closed = model_face(60, (160, 100), (0, 0, 0))
    faces = [(closed,)] * 2 + [(replace(closed, active=OPEN),)] * 7
    light = brightness(film(chosen, faces))
    full = max(light)
    assert light[1] == pytest.approx(before * full, abs=0.01)
    assert light[-1] == pytest.approx(after * full, abs=0.01)
    assert np.abs(np.diff(light)).max() < 0.45 * full


def test_a_sliding_layer_comes_out_from_under_its_top_edge(load: Load) -> None:
    chosen = load(LAYER + NOSE + TRIGGER + '"slide"\n', WHITE_SQUARE)
    closed = model_face(80, (160, 100), (0, 0, 0))
    images = film(chosen, [(closed,)] + [(replace(closed, active=OPEN),)] * 6)
    rows = [np.flatnonzero(image[..., 0].max(axis=1) > 100) for image in images[2:]]
    assert all(abs(int(each[0]) - int(rows[-1][0])) <= 6 for each in rows)
    assert [int(each[-1]) for each in rows] == sorted(int(each[-1]) for each in rows)
    # The edge it comes out of is soft.
    column = images[3][:, 160, 0]
    assert np.count_nonzero((column > 10) & (column < 245)) >= 4


def test_on_a_photo_a_triggered_layer_is_there_at_once(load: Load) -> None:
    chosen = load(LAYER + NOSE + TRIGGER + '"slide"\n', WHITE_SQUARE)
    opened = replace(model_face(60, (160, 100), (0, 0, 0)), active=OPEN)
    assert brightness(film(chosen, [(opened,)]))[0] == pytest.approx(
        brightness(film(load(LAYER + NOSE, WHITE_SQUARE), [(opened,)]))[0]
    )


def test_a_layer_with_lag_trails_and_settles(load: Load) -> None:
    chosen = load(LAYER + NOSE + "lag = 0.1\n", WHITE_SQUARE)
    places = [100.0, 100.0, 120.0, 140.0, 140.0] + [140.0] * 30
    faces = [(model_face(40, (x, 100), (0, 0, 0)),) for x in places]
    offsets = [
        centre_of(image)[0] - float(face.keypoints.points[10, 0])
        for image, (face,) in zip(film(chosen, faces, 0.033), faces, strict=True)
    ]
    assert offsets[1] == pytest.approx(0, abs=0.1)
    assert offsets[3] < -5
    assert offsets[-1] == pytest.approx(0, abs=0.1)


def test_a_new_face_starts_without_lag(load: Load) -> None:
    chosen = load(LAYER + NOSE + "lag = 0.1\n", WHITE_SQUARE)
    here, there = (replace(model_face(40, (x, 100), (0, 0, 0)), identity=int(x)) for x in (80, 240))
    images = film(chosen, [(here,)] * 3 + [(there,)] * 2)
    right = images[-1].copy()
    right[:, :160] = 0
    assert centre_of(right) == pytest.approx(there.keypoints.points[10], abs=0.2)


def test_intensity_is_opacity(load: Load) -> None:
    chosen, face = load(LAYER + NOSE, WHITE_SQUARE), model_face(60, (160, 100), (0, 0, 0))
    pixels = black()
    Painter().paint(Scene(Frame(pixels, 0, 0.0), faces=(face,)), (chosen,), intensity=0.5)
    x, y = (round(float(each)) for each in face.keypoints.points[10])
    assert pixels[y, x, 0] == pytest.approx(128, abs=2)


def test_the_portrait_without_filters_is_untouched() -> None:
    pixels = portrait_pixels()
    paint_still(pixels, (portrait_face(),), ())
    assert (pixels == portrait_pixels()).all()


@pytest.mark.parametrize("side", [-1, 1])
def test_an_ear_on_the_far_side_of_a_turned_head_does_not_lie_over_the_face(load: Load, side: int) -> None:
    ear = f"anchors = {{ forehead = [{50 - side * 110}, 50] }}\nwidth = 0.9\ndepth = 0.9\n"
    chosen = load(LAYER + ear, WHITE_SQUARE)

    def painted_on_the_head(yaw: float) -> int:
        face, pixels = model_face(40, (160, 130), (yaw, 0, 0)), black()
        paint_still(pixels, (face,), (chosen,))
        rows, columns = np.nonzero(pixels[..., 0] > 30)
        reach = outline_of(HEAD_OUTLINE, pose_of(face)).reach(np.column_stack([columns, rows]).astype(np.float64))
        return int((reach < 0.9).sum())

    assert painted_on_the_head(0.0) > 200
    # A positive yaw takes the person's left, x above 0, away from the camera.
    assert painted_on_the_head(50.0 * side) == 0


def test_art_before_and_above_a_turned_head_stays(load: Load) -> None:
    for keys in (NOSE, "anchors = { crown = [50, 50] }\nwidth = 0.8\n"):
        pixels = black()
        paint_still(pixels, (model_face(40, (160, 130), (45, 0, 0)),), (load(LAYER + keys, WHITE_SQUARE),))
        assert (pixels[..., 0] > 30).sum() > 300
