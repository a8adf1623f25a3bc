"""Test that face paint follows the contours of a face: lips, lids and jaw."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.contours import INNER_LIP, JAW, LEFT_EYE, OUTER_LIP, RIGHT_EYE
from masquerade.filters.format.face_template import depth_of, to_template
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.filters.render import Painter, paint_still
from masquerade.filters.skin.face_mesh import fit_mesh
from masquerade.geometry.contour_shape import model_contours
from masquerade.geometry.pose import pose_of, project
from masquerade.values import LANDMARK_NAMES, ByteArray, Face, FloatArray, Frame, Keypoints, Scene

from tests.masquerade.filters.package_writer import HEAD, package, svg
from tests.masquerade.filters.portrait import face_of, model_face
from tests.shared import SHARED, needs_shared

BOX = "0 0 800 960"
WHITE = '<rect x="120" y="100" width="560" height="760" fill="#fff"/>'
Load = Callable[..., Filter]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def make(layers: str = '[[layer]]\nkind = "paint"\nart = "art.svg"\nlight = 0.0\n', art: str = WHITE) -> Filter:
        return load_filter(package(tmp_path / "one", HEAD + layers, art_svg=svg(art, BOX)))

    return make


def contours_of(face: Face) -> FloatArray:
    """Return the mean head's contours on a face; the pupils, which paint does not look at, somewhere."""
    flat = model_contours()
    places = np.column_stack([flat, depth_of(flat.astype(np.float64))]).astype(np.float32)
    return np.concatenate([project(pose_of(face), places), face.keypoints.points[:2]])


def with_contours(its: Face, contours: FloatArray | None) -> Face:
    return replace(its, keypoints=Keypoints(its.keypoints.points, 1.0, contours))


def face(
    angles: tuple[float, float, float] = (0.0, 0.0, 0.0), move: Callable[[FloatArray], None] | None = None
) -> Face:
    """Return a face of 90 pixels an eye distance with contours, which `move` changes in pixels."""
    plain = model_face(90.0, (240.0, 200.0), angles)
    contours = contours_of(plain)
    if move is not None:
        move(contours)
    return with_contours(plain, contours)


def painted(chosen: Filter, its: Face) -> ByteArray:
    pixels = np.full((480, 480, 4), 100, np.uint8)
    pixels[..., 3] = 255
    paint_still(pixels, (its,), (chosen,))
    return pixels


def inside(ring: FloatArray) -> ByteArray:
    mask = np.zeros((480, 480), np.uint8)
    cv2.fillPoly(mask, [np.round(ring).astype(np.int32)], 255)
    return mask


def open_mouth(contours: FloatArray) -> None:
    """Open it by 36 pixels, more at the left than at the right, as no four landmarks tell."""
    contours[[65, 66, 67], 1] += [40, 36, 20]
    contours[[55, 59], 1] += 15
    contours[[56, 57, 58], 1] += [38, 38, 30]


@pytest.mark.parametrize("angles", [(0, 0, 0), (25, 0, 0), (-25, 0, 0), (0, 0, 20), (0, 15, 0)])
def test_no_paint_lies_inside_of_the_lips_and_all_lies_on_them(load: Load, angles: tuple[float, float, float]) -> None:
    its = face(angles, open_mouth)
    assert its.contours is not None
    pixels = painted(load(), its)
    hole = inside(its.contours[list(INNER_LIP)])
    lips = cv2.subtract(inside(its.contours[list(OUTER_LIP)]), hole)
    core, ring = cv2.erode(hole, np.ones((7, 7), np.uint8)), cv2.erode(lips, np.ones((5, 5), np.uint8))
    assert np.count_nonzero(core) > 300
    assert pixels[core > 0, 1].max() == 100
    assert np.mean(pixels[ring > 0, 1] > 180) > 0.97


def test_closed_lips_are_painted_over(load: Load) -> None:
    def close(contours: FloatArray) -> None:
        contours[[65, 66, 67]] = contours[[63, 62, 61]]

    its = face(move=close)
    assert its.contours is not None
    assert painted(load(), its)[inside(its.contours[list(OUTER_LIP)]) > 0, 1].min() > 150


def test_lips_drawn_on_the_template_lie_on_the_found_lips(load: Load) -> None:
    flat = to_template(model_contours().astype(np.float64))
    outer = " ".join(f"{x:.1f},{y:.1f}" for x, y in flat[list(OUTER_LIP)])
    its = face(move=open_mouth)
    assert its.contours is not None
    pixels = painted(load(art=f'<polygon points="{outer}" fill="#fff"/>'), its) > 140
    wanted = inside(its.contours[list(OUTER_LIP)]) > inside(its.contours[list(INNER_LIP)])
    both = np.count_nonzero(pixels[..., 1] & wanted)
    either = np.count_nonzero(pixels[..., 1] | wanted)
    assert both / either > 0.78


@pytest.mark.parametrize("lids", [RIGHT_EYE, LEFT_EYE])
def test_an_eye_is_cut_out_as_far_as_it_is_open(load: Load, lids: tuple[int, ...]) -> None:
    def wide(contours: FloatArray) -> None:
        contours[[37, 38, 43, 44], 1] -= 9

    its = face(move=wide)
    assert its.contours is not None
    pixels = painted(load(), its)
    ring = its.contours[list(lids)]
    assert pixels[cv2.erode(inside(ring), np.ones((5, 5), np.uint8)) > 0, 1].max() == 100
    # Right above the lid there is paint again.
    x, y = ring[1:3].mean(axis=0)
    assert pixels[round(float(y)) - 5, round(float(x)), 1] > 200


def test_a_closed_eye_is_painted(load: Load) -> None:
    def shut(contours: FloatArray) -> None:
        for upper, lower in ((37, 41), (38, 40), (43, 47), (44, 46)):
            contours[upper] = contours[lower]

    its = face(move=shut)
    assert its.contours is not None
    middle = np.round(its.contours[[37, 38, 40, 41]].mean(axis=0) - [0, 4]).astype(int)
    assert painted(load(), its)[middle[1], middle[0], 1] > 200


def test_the_mesh_follows_the_jaw(load: Load) -> None:
    def drop(contours: FloatArray) -> None:
        contours[list(JAW)[5:12], 1] += 20

    before, after = fit_mesh(face()), fit_mesh(face(move=drop))
    lowest = int(np.argmin(np.hypot(*(before.xy - contours_of(face())[8]).T)))
    assert after.xy[lowest, 1] - before.xy[lowest, 1] == pytest.approx(20, abs=4)
    nose = int(np.argmin(np.hypot(*(before.xy - face().keypoints["nose_tip"]).T)))
    assert np.abs(after.xy[nose] - before.xy[nose]).max() < 0.5


def test_contours_where_they_are_expected_change_nothing_on_the_skin() -> None:
    its = face()
    plain, drawn = fit_mesh(with_contours(its, None)), fit_mesh(its)
    moved = np.hypot(*(drawn.xy - plain.xy).T) / drawn.scale
    assert np.median(moved) < 0.005
    assert moved.max() < 0.1


def test_a_warp_moves_the_contours_along(load: Load) -> None:
    bigger = '[[layer]]\nkind = "warp"\n[[layer.move]]\nat = "nose_tip"\nradius = 1.6\nshift = [0.3, 0.0]\n'
    paint = '[[layer]]\nkind = "paint"\nart = "art.svg"\nlight = 0.0\n'
    its = face(move=open_mouth)
    straight = painted(load(paint), its)
    bent = painted(load(bigger + paint), its)
    assert its.contours is not None
    x, y = np.round(its.contours[[62, 66]].mean(axis=0)).astype(int)
    assert straight[y, x, 1] == 100
    row = np.flatnonzero(bent[y, :, 1] == 100)
    hole = row[(row > 150) & (row < 330)]
    assert hole.mean() > x + 4


def test_faces_without_contours_are_painted_as_before() -> None:
    plain = model_face(90.0, (240.0, 200.0), (0.0, 0.0, 0.0))
    assert plain.contours is None
    scene = Scene(Frame(np.full((64, 64, 4), 100, np.uint8), 0, 0.0), faces=(plain,))
    assert Painter().paint(scene, ()).faces[0].contours is None


def labels(name: str) -> list[dict[str, str]]:
    with (SHARED / "data" / "faces15" / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@needs_shared
def test_teeth_stay_bare_on_labelled_faces(load: Load) -> None:
    faces = {row["file"]: row for row in labels("faces.csv")}
    shares = []
    for row in labels("points68.csv")[::8]:
        if row["file"] not in faces:
            continue
        contours = np.array([[row[f"p{index}_{axis}"] for axis in "xy"] for index in range(68)], np.float32)
        points = [[faces[row["file"]][f"{name}_{axis}"] or "nan" for axis in "xy"] for name in LANDMARK_NAMES]
        marked = np.array(points, np.float32)
        if np.isnan(marked).any() or contours[66, 1] - contours[62, 1] < 8:
            continue
        its = with_contours(face_of(marked * 2), np.concatenate([contours, marked[:2]]) * 2)
        pixels = painted(load(), its)
        hole = cv2.erode(inside(contours[list(INNER_LIP)] * 2), np.ones((5, 5), np.uint8)) > 0
        if hole.sum() > 50:
            shares.append(float(np.mean(pixels[hole, 1] > 110)))
    assert len(shares) > 12
    assert np.mean(shares) < 0.02
