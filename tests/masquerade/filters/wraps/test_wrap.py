"""Test that wraps lie round the head as a real thing would."""

from pathlib import Path

import numpy as np
import pytest
from masquerade.errors import PackageError
from masquerade.filters.format.layers import WrapLayer
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.render import paint_still
from masquerade.filters.wraps.surface import surface_of
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import fit_pose, project, rotation_from
from masquerade.values import ByteArray, Face, Keypoints

from tests.masquerade.filters.package_writer import HEAD, package, svg

HEAD_2 = HEAD.replace("format = 1", "format = 2")
SCALE, MIDDLE = 60.0, (320.0, 320.0)
CAMERA_DISTANCE = 8.0
BAND = 'profile = [[0.0, 1.06], [0.5, 1.06]]\nshade = 0.0\nlight = "own"\n'
BRIM = 'profile = [[0.0, 1.8], [0.0, 1.03]]\nside = "both"\nshade = 0.0\nlight = "own"\n'
# Left half blue, right half red: the front is where they meet.
HALVES = svg(
    '<rect width="120" height="50" fill="#00f"/><rect x="120" width="120" height="50" fill="#f00"/>', "0 0 240 50"
)


def turned(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Face:
    view = model_landmarks() @ rotation_from(yaw, pitch, roll).T
    points = (SCALE * view[:, :2] + np.array(MIDDLE, np.float32)).astype(np.float32)
    return Face(0, Keypoints(points, 1.0), pose=fit_pose(points))


def drawn(tmp_path: Path, keys: str, face: Face, art: str = HALVES) -> ByteArray:
    manifest = f'{HEAD_2}[[layer]]\nkind = "wrap"\nart = "art.svg"\n{keys}'
    pixels = np.full((640, 640, 4), 255, np.uint8)
    paint_still(pixels, (face,), (load_filter(package(tmp_path, manifest, art_svg=art)),))
    return pixels


def reds(pixels: ByteArray) -> np.ndarray:
    return (pixels[..., 2] > 200) & (pixels[..., 0] < 80)


def blues(pixels: ByteArray) -> np.ndarray:
    return (pixels[..., 0] > 200) & (pixels[..., 2] < 80)


def test_the_middle_of_the_art_is_the_front_and_its_left_lies_on_the_persons_right(tmp_path: Path) -> None:
    pixels = drawn(tmp_path, BAND, turned())
    rows, columns = np.nonzero(reds(pixels))
    assert columns.min() == pytest.approx(MIDDLE[0], abs=3)
    assert np.nonzero(blues(pixels))[1].max() == pytest.approx(MIDDLE[0], abs=3)
    assert rows.max() < MIDDLE[1] - 0.8 * SCALE


@pytest.mark.parametrize("yaw", [-50.0, -25.0, 25.0, 50.0])
def test_the_front_of_a_band_turns_with_the_head(tmp_path: Path, yaw: float) -> None:
    face = turned(yaw)
    pixels = drawn(tmp_path, BAND, face)
    assert face.pose is not None
    axis, front = np.array([0.0, -1.2, 1.2], np.float32), np.array([0.0, -1.2, -0.13], np.float32)
    nearer = 1 + float(face.pose.rotation[2] @ (front - axis)) / CAMERA_DISTANCE
    x, y = (
        project(face.pose, axis[None])[0]
        + (project(face.pose, front[None]) - project(face.pose, axis[None]))[0] / nearer
    )
    edge = np.nonzero(blues(pixels)[round(float(y))])[0].max()
    assert edge == pytest.approx(x, abs=4)


def test_a_band_is_as_wide_from_every_side(tmp_path: Path) -> None:
    widths = []
    for yaw in (0.0, 30.0, 60.0):
        painted = (drawn(tmp_path, BAND, turned(yaw)) != 255).any(axis=(0, 2))
        widths.append(np.nonzero(painted)[0].max() - np.nonzero(painted)[0].min())
    # The head is a fifth longer than wide.
    assert widths[0] < widths[1] < widths[2] < 1.3 * widths[0]


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (40, 0), (-30, 20), (0, -20)])
def test_nothing_behind_the_head_is_drawn_over_it(tmp_path: Path, yaw: float, pitch: float) -> None:
    back = BRIM + "arc = [91, 269]\n"
    face = turned(yaw, pitch)
    pixels = drawn(tmp_path, back, face)
    assert face.pose is not None
    features = project(face.pose, model_landmarks())
    for x, y in np.round(features).astype(int):
        assert (pixels[y - 3 : y + 4, x - 3 : x + 4] == 255).all()


@pytest.mark.parametrize(("yaw", "pitch"), [(0, -8), (-15, -14), (25, -10)])
def test_no_sliver_of_the_back_of_a_band_hangs_below_its_front_on_a_raised_head(
    tmp_path: Path, yaw: float, pitch: float
) -> None:
    face = turned(yaw, pitch)
    front = (drawn(tmp_path, BAND, face) != 255).any(axis=2)
    both = (drawn(tmp_path, BAND + 'side = "both"\n', face) != 255).any(axis=2)
    assert front.sum() > 4000
    # What is left is the soft edge itself.
    slivers = int((both & ~front).sum())
    assert slivers < 40, slivers


def test_the_back_of_a_brim_is_seen_beside_the_head_and_not_through_it(tmp_path: Path) -> None:
    painted = (drawn(tmp_path, BRIM + "arc = [91, 269]\n", turned(pitch=25)) != 255).any(axis=2)
    whole = (drawn(tmp_path, BRIM, turned(pitch=25)) != 255).any(axis=2)
    assert painted.any()
    assert painted.sum() < 0.6 * whole.sum()


def test_the_inside_of_the_back_is_seen_only_where_it_is_asked_for(tmp_path: Path) -> None:
    tall = 'profile = [[0.0, 1.06], [0.8, 1.3]]\nshade = 0.0\nlight = "own"\n'
    gaps = svg(
        '<rect x="0" width="60" height="50" fill="#0a0"/><rect x="180" width="60" height="50" fill="#0a0"/>',
        "0 0 240 50",
    )
    face = turned(pitch=20)
    outside = (drawn(tmp_path, tall, face, gaps) != 255).any(axis=2).sum()
    both = (drawn(tmp_path, tall + 'side = "both"\n', face, gaps) != 255).any(axis=2).sum()
    assert both > outside + 500


def test_a_surface_is_darker_where_it_turns_away(tmp_path: Path) -> None:
    white = svg('<rect width="240" height="50" fill="#ccc"/>', "0 0 240 50")
    pixels = drawn(tmp_path, 'profile = [[0.0, 1.06], [0.5, 1.06]]\nshade = 0.8\nlight = "own"\n', turned(), white)
    row = pixels[round(MIDDLE[1] - 1.2 * SCALE), :, 1]
    inside = np.nonzero(row < 255)[0]
    assert row[inside[len(inside) // 2]] > 195
    assert row[inside[:15]].min() < 130


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("", "'profile' is missing"),
        ("profile = [[0, 1]]\n", r"'profile' must be 2 to 12 points \[height, radius\]"),
        ("profile = [[0, 1], [0, 1]]\n", "'profile' has two neighbouring points less than 0.01 apart"),
        ("profile = [[0, 1], [1, -1]]\n", "'profile' must be 2 to 12 points"),
        (BAND + "arc = [90, 10]\n", r"'arc' must be two angles, the second 1 to 360 degrees larger, not \[90, 10\]"),
        (BAND + 'side = "front"\n', "'side' must be outside, inside or both, not 'front'"),
    ],
)
def test_a_problem_is_reported(tmp_path: Path, keys: str, problem: str) -> None:
    manifest = f'{HEAD_2}[[layer]]\nkind = "wrap"\nart = "art.svg"\n{keys}'
    with pytest.raises(PackageError, match=problem):
        load_filter(package(tmp_path, manifest))


@pytest.mark.parametrize("behind", [BRIM + "arc = [91, 269]\n", None])
def test_nothing_behind_the_head_is_drawn_over_people_where_they_are_cut_out(
    tmp_path: Path, behind: str | None
) -> None:
    sticker = '[[layer]]\nkind = "sticker"\nart = "art.svg"\nanchors = { chin = [120, 25] }\nwidth = 6\nbehind = true\n'
    wrap = f'[[layer]]\nkind = "wrap"\nart = "art.svg"\n{behind}'
    layer = sticker if behind is None else wrap
    manifest = f'{HEAD_2}[[layer]]\nkind = "background"\neffect = "colour"\ncolour = "#00ff00"\n{layer}'
    art = svg('<rect width="240" height="50" fill="#f00"/>', "0 0 240 50")
    chosen = load_filter(package(tmp_path, manifest, art_svg=art))
    # Everybody to the right of here: much more than the head's own outline hides.
    person = np.zeros((160, 160), np.uint8)
    person[:, 60:] = 255
    pixels = np.full((640, 640, 4), 255, np.uint8)
    paint_still(pixels, (turned(pitch=-12),), (chosen,), person)
    # The inside of a brim is darker.
    columns = np.nonzero((pixels[..., 2] > 100) & (pixels[..., 1] < 80))[1]
    assert columns.size > 100
    assert columns.max() <= 60 * 4


def test_the_front_and_the_back_of_a_brim_are_as_wide_as_each_other(tmp_path: Path) -> None:
    """Drawn as two layers, one behind the hat and one before it."""
    widths = []
    for name, arc in (("front", "[-90, 90]"), ("back", "[90, 270]")):
        (tmp_path / name).mkdir()
        pixels = drawn(tmp_path / name, f"{BRIM}arc = {arc}\n", turned(0, -20))
        columns = np.flatnonzero((pixels[..., :3] < 200).any(axis=(0, 2)))
        widths.append(np.ptp(columns))
    assert widths[0] == pytest.approx(widths[1], rel=0.06)


@pytest.mark.parametrize("yaw", [-35.0, 0.0, 35.0])
@pytest.mark.parametrize("roll", [-12.0, 0.0])
def test_a_brim_seen_from_its_side_is_not_torn(tmp_path: Path, yaw: float, roll: float) -> None:
    """A strip of few pixels lies between the nodes of the map."""
    dark = svg('<rect width="240" height="50" fill="#111"/>', "0 0 240 50")
    # Level with the camera at a pitch of a degree or two.
    for pitch in (-2.0, 1.0, 3.0):
        keys = 'profile = [[0.0, 1.7], [0.03, 1.1]]\narc = [-80, 80]\nside = "both"\nshade = 0.0\nlight = "own"\n'
        pixels = drawn(tmp_path, keys, turned(yaw, pitch, roll), dark)
        darkest = pixels[..., :3].max(axis=2).min(axis=0)
        columns = np.nonzero(darkest < 250)[0]
        middle = darkest[columns.min() + 6 : columns.max() - 5]
        # Exactly from its side, a strip is thinner than a pixel for a few columns.
        assert (middle > 150).mean() < 0.06, f"pitch {pitch}"


@pytest.mark.parametrize("pitch", [-20.0, 0.0, 20.0])
def test_a_tall_layer_stays_on_the_edge_of_a_flat_one(tmp_path: Path, pitch: float) -> None:
    """Layers of one hat share one perspective, however tall each is."""
    white = svg('<rect width="240" height="50" fill="#fff"/><rect width="240" height="50" fill="#00f"/>', "0 0 240 50")
    bottoms = []
    for top in (0.3, 2.4):
        keys = f'profile = [[0.0, 1.06], [{top}, 1.06]]\narc = [-60, 60]\nshade = 0.0\nlight = "own"\n'
        rows = np.nonzero(blues(drawn(tmp_path, keys, turned(pitch=pitch), white))[:, round(MIDDLE[0])])[0]
        bottoms.append(int(rows.max()))
    assert abs(bottoms[0] - bottoms[1]) <= 2


def test_the_edge_of_a_curled_brim_that_meets_the_hat_stays_level(tmp_path: Path) -> None:
    heights = []
    for curl in (0.0, 0.3):
        layer = load_filter(
            package(
                tmp_path,
                f'{HEAD_2}[[layer]]\nkind = "wrap"\nart = "art.svg"\n{BRIM}curl = {curl}\n',
                art_svg=HALVES,
            )
        ).manifest.layers[0]
        assert isinstance(layer, WrapLayer)
        surface = surface_of(layer)
        heights.append(surface.places.reshape(*surface.shape, 3)[:, :, 1])
    flat, curled = heights
    # Row 0 and the last lie beyond the art's edges.
    assert flat[-2] == pytest.approx(curled[-2])
    assert np.abs(flat[1] - curled[1]).max() > 0.1
