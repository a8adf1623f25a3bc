"""Face paint lies on the skin as the format says: looked at, and by its properties."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from masquerade.errors import FilterError
from masquerade.filters.compositing.mesh_map import GridWindow
from masquerade.filters.format.face_template import TEMPLATE_WH, lattice, to_template
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.packages.skeleton import Template, new_package
from masquerade.filters.render import Painter, paint_still
from masquerade.filters.skin.face_mesh import cut, fit_mesh, spread
from masquerade.filters.skin.skin_light import SkinLight
from masquerade.geometry.head import HEAD_ANCHORS
from masquerade.geometry.similarity import transform_points
from masquerade.resources import bundled
from masquerade.values import LANDMARK_NAMES, ByteArray, Face, FloatArray, Frame, Scene, Trigger

from tests.masquerade.filters.golden import assert_looks_like
from tests.masquerade.filters.package_writer import HEAD, package, svg
from tests.masquerade.filters.portrait import face_of, model_face, portrait_face, portrait_pixels, turned_points

PAINT = '[[layer]]\nkind = "paint"\nart = "art.svg"\n'
BOX = "0 0 800 960"
WHITE = '<rect x="150" y="120" width="500" height="720" fill="#fff"/>'
SPOT = '<circle cx="400" cy="514" r="60" fill="#fff"/>'
BUNDLED = ("butterfly", "clown", "lipstick", "make-up", "skull", "tiger")
TRIGGER = '[layer.trigger]\non = "mouth_open"\nseconds = 0.2\n'

Load = Callable[..., Filter]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def make(keys: str = "", art: str = WHITE, box: str = BOX) -> Filter:
        return load_filter(package(tmp_path / "one", HEAD + PAINT + keys, art_svg=svg(art, box)))

    return make


def skin(grey: int, width: int = 480, height: int = 480) -> ByteArray:
    pixels = np.full((height, width, 4), grey, np.uint8)
    pixels[..., 3] = 255
    return pixels


def painted(chosen: Filter, face: Face, pixels: ByteArray, intensity: float = 1.0) -> ByteArray:
    Painter().paint(Scene(Frame(pixels, 0, 0.0), faces=(face,)), (chosen,), intensity)
    return pixels


def grey_at(pixels: ByteArray, xy: FloatArray) -> int:
    x, y = np.round(xy).astype(int)
    return int(pixels[y, x, 0])


def mouth(face: Face, opened: float) -> Face:
    """The face with its lower lip this many eye distances further down."""
    points = face.keypoints.points.copy()
    points[14, 1] += opened * fit_mesh(face).scale
    return replace(face, keypoints=replace(face.keypoints, points=points))


@pytest.mark.parametrize("name", BUNDLED)
def test_paint_looks_as_approved(name: str) -> None:
    pixels = portrait_pixels()
    paint_still(pixels, (portrait_face(),), (load_filter(bundled("assets") / "filters" / name),))
    assert_looks_like(f"paint_{name}", pixels[50:180, 160:290])


@pytest.mark.parametrize(
    ("name", "angles"),
    [("paint_turned", (35, 10, 0)), ("paint_tilted", (0, 0, 30)), ("paint_from_below", (-20, -25, 0))],
)
def test_paint_on_a_turned_head_looks_as_approved(name: str, angles: tuple[float, float, float]) -> None:
    pixels = portrait_pixels()
    paint_still(pixels, (face_of(turned_points(*angles)),), (load_filter(bundled("assets") / "filters" / "tiger"),))
    assert_looks_like(name, pixels[50:180, 150:300])


@pytest.mark.parametrize("name", LANDMARK_NAMES)
def test_the_templates_points_lie_on_the_faces_points(load: Load, name: str) -> None:
    x, y = to_template(np.array([HEAD_ANCHORS[name]]))[0]
    chosen = load(
        "light = 0.0\nover_mouth = true\nover_eyes = true\n", f'<circle cx="{x}" cy="{y}" r="9" fill="#fff"/>'
    )
    face = face_of(turned_points(12, 6, 8) * 3 - [420, 120])
    pixels = painted(chosen, face, skin(0))
    weight = pixels[..., 0].astype(float)
    rows, columns = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
    centre = np.array([(columns * weight).sum(), (rows * weight).sum()]) / weight.sum()
    found = face.keypoints.points[LANDMARK_NAMES.index(name)]
    # In eye distances: a share of what a point is off counts as noise.
    assert np.hypot(*(centre - found)) < 0.03 * fit_mesh(face).scale


@pytest.mark.parametrize("angles", [(0, 0, 0), (30, 0, 0), (0, 20, 25), (-20, -25, 0)])
def test_opaque_paint_leaves_the_eyes_free_unless_it_says_otherwise(
    load: Load, angles: tuple[float, float, float]
) -> None:
    face = face_of(turned_points(*angles))
    eyes = np.round(face.keypoints.points[:2]).astype(int)
    cheek = '<rect width="800" height="960" fill="#fff"/>'
    free, over = (painted(load(keys, cheek), face, skin(90)) for keys in ("", "over_eyes = true\n"))
    for x, y in eyes:
        assert (free[y - 1 : y + 2, x - 1 : x + 2, 0] == skin(90)[0, 0, 0]).all()
        assert (over[y - 1 : y + 2, x - 1 : x + 2, 0] != skin(90)[0, 0, 0]).all()


@given(angle=st.floats(-3, 3), scale=st.floats(0.3, 3), shift=st.tuples(st.floats(-50, 50), st.floats(-50, 50)))
@settings(max_examples=25, deadline=None)
def test_a_similarity_of_the_face_moves_the_mesh_likewise(
    angle: float, scale: float, shift: tuple[float, float]
) -> None:
    points = turned_points(15, 8, 5)
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[cosine, -sine], [sine, cosine]])
    matrix = np.column_stack([linear, np.array([200, 100]) - linear @ [200, 100] + shift]).astype(np.float32)
    one, other = fit_mesh(face_of(points)), fit_mesh(face_of(transform_points(matrix, points)))
    assert transform_points(matrix, one.xy) == pytest.approx(other.xy, abs=0.05)
    assert one.seen == pytest.approx(other.seen, abs=1e-3)


@given(shift=st.tuples(st.floats(0, 3), st.floats(0, 3)), scale=st.floats(40, 100))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_paint_moves_by_parts_of_a_pixel(load: Load, shift: tuple[float, float], scale: float) -> None:
    chosen = load("light = 0.0\n", SPOT)
    face = model_face(scale, (240 + shift[0], 200 + shift[1]), (0, 0, 0))
    weight = painted(chosen, face, skin(0))[..., 0].astype(float)
    rows, columns = np.mgrid[:480, :480]
    centre = ((columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum())
    assert centre == pytest.approx(face.keypoints.points[10], abs=0.15)


@pytest.mark.parametrize("grey", [60, 110, 180])
def test_paint_is_lit_as_the_skin_is(load: Load, grey: int) -> None:
    pixels = skin(grey)
    # Light from the left.
    pixels[..., :3] = (pixels[..., :3] * np.linspace(1.3, 0.7, 480)[None, :, None]).astype(np.uint8)
    face = model_face(110, (240, 200), (0, 0, 0))
    painted(load("opacity = 1.0\n", WHITE.replace("#fff", "#999")), face, pixels)
    left, right = (grey_at(pixels, face.keypoints.points[10] + [dx, 30]) for dx in (-80, 80))
    assert left / right == pytest.approx((1.3 - 0.6 * 160 / 480) / (1.3 - 0.6 * 320 / 480), rel=0.06)


def test_white_is_white_on_every_skin_and_darker_in_the_dark(load: Load) -> None:
    face = model_face(110, (240, 200), (0, 0, 0))
    greys = [grey_at(painted(load(), face, skin(grey)), face.keypoints.points[10]) for grey in (25, 60, 150, 220)]
    assert greys == sorted(greys)
    assert greys[0] < 110
    assert greys[1] > 130
    assert greys[2] > 245


def test_light_0_paints_the_bare_colour(load: Load) -> None:
    pixels = skin(70)
    pixels[:, ::2, :3] = 40
    face = model_face(110, (240, 200), (0, 0, 0))
    painted(load("light = 0.0\n", WHITE.replace("#fff", "#639")), face, pixels)
    x, y = np.round(face.keypoints.points[10]).astype(int)
    assert np.abs(pixels[y - 9 : y + 9, x - 9 : x + 9, :3].astype(int) - [0x99, 0x33, 0x66]).max() <= 2


def test_an_open_mouth_is_left_free_unless_it_shall_be_painted(load: Load) -> None:
    shut = model_face(110, (240, 160), (0, 0, 0))
    wide = mouth(shut, 0.4)
    middle = wide.keypoints.points[13:15].mean(axis=0)
    assert grey_at(painted(load("light = 0.0\n"), shut, skin(90)), shut.keypoints.points[13:15].mean(axis=0)) > 250
    free = painted(load("light = 0.0\n"), wide, skin(90))
    assert grey_at(free, middle) == 90
    # The lips themselves are painted.
    assert grey_at(free, wide.keypoints.points[13] + [0, 4]) > 250
    assert grey_at(free, wide.keypoints.points[14] - [0, 4]) > 250
    assert grey_at(painted(load("light = 0.0\nover_mouth = true\n"), wide, skin(90)), middle) > 250


def test_the_mouth_opens_without_a_jump() -> None:
    shut = model_face(110, (240, 160), (0, 0, 0))
    openings = [fit_mesh(mouth(shut, opened)).opening for opened in np.linspace(-0.1, 0.4, 51)]
    assert openings[0] == 0
    assert openings[-1] > 30
    assert float(np.diff(openings).max()) < 2.5


@pytest.mark.parametrize(("yaw", "near", "far"), [(55, 150, 650), (-55, 650, 150)])
def test_paint_on_the_far_side_of_a_turned_head_is_hidden(load: Load, yaw: float, near: int, far: int) -> None:
    face = model_face(90, (240, 200), (yaw, 0, 0))
    seen = []
    for x in (near, far):
        chosen = load("light = 0.0\n", f'<circle cx="{x}" cy="480" r="20" fill="#fff"/>')
        seen.append(int(painted(chosen, face, skin(0))[..., 0].astype(int).sum()))
    assert seen[0] > 20 * max(seen[1], 1)


def test_nothing_is_painted_off_the_mesh_and_the_frame_stays_opaque(load: Load) -> None:
    edge_to_edge = '<rect width="800" height="960" fill="#fff"/>'
    face = model_face(60, (240, 200), (30, 15, 20))
    pixels = painted(load("", edge_to_edge), face, skin(90))
    mesh = fit_mesh(face)
    hull = cv2.convexHull(np.round(mesh.xy).astype(np.int32))
    inside = cv2.fillConvexPoly(np.zeros(pixels.shape[:2], np.uint8), hull, 1)
    assert (pixels[inside == 0, :3] == 90).all()
    assert (pixels[..., 3] == 255).all()


@pytest.mark.parametrize(
    ("place", "scale"),
    [((0, 0), 60), ((480, 480), 60), ((-500, 100), 60), ((160, 120), 2), ((160, 120), 900), ((160, 1e5), 60)],
)
@pytest.mark.parametrize("blend", ["normal", "multiply"])
def test_faces_at_the_edge_tiny_and_huge_do_no_harm(
    load: Load, place: tuple[float, float], scale: float, blend: str
) -> None:
    pixels = painted(load(f'blend = "{blend}"\n'), model_face(scale, place, (30, 10, 20)), skin(90))
    assert (pixels[..., 3] == 255).all()


@pytest.mark.parametrize("angles", [(90, 0, 0), (0, 90, 0), (180, 0, 0)])
def test_a_face_seen_from_the_side_or_behind_does_no_harm(load: Load, angles: tuple[float, float, float]) -> None:
    painted(load(), model_face(60, (240, 240), angles), skin(90))


@pytest.mark.parametrize("name", BUNDLED)
def test_at_intensity_0_nothing_changes(name: str) -> None:
    pixels = painted(load_filter(bundled("assets") / "filters" / name), portrait_face(), portrait_pixels(), 0.0)
    assert (pixels == portrait_pixels()).all()


def test_paint_gets_brighter_with_the_light_in_the_same_frame(load: Load) -> None:
    chosen, painter, greys = load("", WHITE.replace("#fff", "#777")), Painter(), []
    face = model_face(110, (240, 200), (0, 0, 0))
    for index, grey in enumerate([100] * 5 + [140] * 60):
        pixels = skin(grey)
        painter.paint(Scene(Frame(pixels, index, index / 30), faces=(face,)), (chosen,))
        greys.append(grey_at(pixels, face.keypoints.points[10]))
    assert greys[5] / greys[4] == pytest.approx(1.4, abs=0.06)
    # Later that light is the usual one, and such skin counts as a little fairer.
    assert greys[4] < greys[-1] < greys[5]


def test_skin_is_measured_before_anything_is_painted_on_it() -> None:
    skin_light, mesh = SkinLight(), fit_mesh(model_face(110, (240, 200), (0, 0, 0)))
    assert skin_light.skin(skin(100), mesh, 0, 0.03).middle == 100
    assert skin_light.skin(skin(250), mesh, 0, 0.03).middle == 100
    skin_light.begin_frame()
    assert 100 < skin_light.skin(skin(250), mesh, 0, 0.03).middle < 120


def test_a_dark_beard_does_not_show_through_as_soot_and_a_dark_brow_still_does(load: Load) -> None:
    face, pixels = model_face(110, (240, 200), (0, 0, 0)), skin(170)
    lip, brow = (np.round(face.keypoints.points[index]).astype(int) for index in (14, 6))
    places = [(int(lip[0]), int(lip[1]) + 14), (int(brow[0]), int(brow[1]) - 8)]
    for x, y in places:
        pixels[y - 9 : y + 9, x - 9 : x + 9, :3] = 20
    painted(load(), face, pixels)
    cheek = int(pixels[places[0][1] - 20, places[0][0] + 50, 0])
    beard, forehead = (int(pixels[y, x, 0]) for x, y in places)
    assert beard > 0.45 * cheek
    assert forehead < 0.3 * cheek


def test_half_a_face_in_the_shade_stays_there_under_paint(load: Load) -> None:
    face, pixels = model_face(110, (240, 200), (0, 0, 0)), skin(170)
    pixels[:, 240:, :3] = 30
    painted(load(), face, pixels)
    row = round(float(face.keypoints.points[14][1])) + 12
    assert pixels[row, 290, 0] < 0.5 * pixels[row, 190, 0]


@pytest.mark.parametrize("angles", [(0, 0, 0), (50, 0, 0), (-35, 25, 40)])
def test_at_every_node_the_nearest_triangle_seen_from_the_front_counts(angles: tuple[float, float, float]) -> None:
    mesh, cutting = fit_mesh(model_face(70, (150, 100), angles)), cut(200, 200, 600, 700)
    window = GridWindow(6, 6, 6 + 47 * 6, 6 + 37 * 6, 6)
    nodes = spread(mesh, cutting, window)
    wanted = np.zeros((40, 50))
    nearest = np.full((40, 50), np.inf)
    # Where two triangles lie almost equally deep, or a node on an edge, either will do.
    unsure = np.zeros((40, 50), bool)
    for corners in cutting.triangles:
        (ax, ay), (bx, by), (cx, cy) = (mesh.xy[corners].astype(float) - window.corner) / 6
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area <= 1e-4 or not (mesh.seen * cutting.inside)[corners].any():
            continue
        row, column = np.mgrid[:40, :50]
        b = ((column - ax) * (cy - ay) - (row - ay) * (cx - ax)) / area
        c = ((bx - ax) * (row - ay) - (by - ay) * (column - ax)) / area
        least = np.minimum(np.minimum(b, c), 1 - b - c)
        depth = float(mesh.depth[corners].sum())
        unsure |= np.abs(least) < 0.01
        here = (least >= 0) & (depth < nearest)
        template = lattice().template[corners]
        wanted[here] = (template[0, 0] + b * (template[1, 0] - template[0, 0]) + c * (template[2, 0] - template[0, 0]))[
            here
        ]
        nearest[here] = depth
    covered = np.isfinite(nearest)
    assert covered.sum() > 200
    assert nodes[..., 0][covered & ~unsure] == pytest.approx(wanted[covered & ~unsure], abs=0.5)
    assert (nodes[~covered & ~unsure] == 0).all()


def test_a_triggered_paint_eases_in(load: Load) -> None:
    chosen, painter, greys = load(TRIGGER, SPOT), Painter(), []
    shut = model_face(110, (240, 200), (0, 0, 0))
    wide = replace(shut, active=frozenset({Trigger.MOUTH_OPEN}))
    for index, face in enumerate([shut] * 3 + [wide] * 8):
        pixels = skin(120)
        painter.paint(Scene(Frame(pixels, index, index * 0.04), faces=(face,)), (chosen,))
        greys.append(grey_at(pixels, face.keypoints.points[10]))
    assert greys[2] == 120
    assert greys[2] < greys[3] < greys[4] < greys[5] < greys[10]


def test_a_triangle_never_reaches_over_the_template() -> None:
    template = lattice().template
    assert template.min() >= 0
    assert (template <= TEMPLATE_WH).all()


def test_a_new_paint_package_is_without_error_and_paints_no_guide(tmp_path: Path) -> None:
    chosen = load_filter(new_package(tmp_path, "My tiger", template=Template.PAINT))
    pixels = painted(chosen, portrait_face(), portrait_pixels())
    assert (pixels != portrait_pixels()).any()
    # The guide's outline would lie here, on the chin.
    assert (pixels[168:172] == portrait_pixels()[168:172]).all()


@pytest.mark.parametrize(
    ("keys", "box", "problem"),
    [
        ("", "0 0 400 100", "face paint is drawn on 800 x 960"),
        ('blend = "multiply"\nlight = 0.5\n', BOX, "'light' only applies to the blend 'normal'"),
        ("light = 2.0\n", BOX, "from 0 to 1"),
        ("over_mouth = 1\n", BOX, "true or false"),
        ("anchors = { nose_tip = [0, 0] }\n", BOX, "unknown key 'anchors'"),
        ('part = "paint"\n', BOX, "no group with the id 'paint'"),
        ('[layer.trigger]\non = "mouth_open"\nmotion = "slide"\n', BOX, "show or hide"),
    ],
)
def test_errors_of_paint_are_reported(load: Load, keys: str, box: str, problem: str) -> None:
    with pytest.raises(FilterError) as caught:
        load(keys, box=box)
    assert problem in str(caught.value)


@pytest.mark.parametrize("box", ["0 0 1600 1920", "-400 -480 800 960", "0 0 80 96"])
def test_any_size_of_the_template_will_do(load: Load, box: str) -> None:
    left, top, width, _ = (float(each) for each in box.split())
    unit = width / 800
    spot = f'<circle cx="{left + 400 * unit}" cy="{top + 514 * unit}" r="{60 * unit}" fill="#fff"/>'
    face = model_face(90, (240, 200), (10, 0, 0))
    one, other = (painted(load("", art, size), face, skin(90)) for art, size in ((SPOT, BOX), (spot, box)))
    # Each is drawn on pixels of its own, so the spot's edge may differ.
    assert np.abs(one.astype(int) - other).max() <= 30
    assert np.abs(one.astype(int) - other).mean() <= 0.05
