"""Test that a tracked face is never taken for background."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.filters.compositing.outline import HEAD, outline_of
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.people.person_mask import with_faces
from masquerade.filters.people.presence import VisibleFace
from masquerade.filters.render import Painter
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray, Face, Frame, Scene

from tests.masquerade.filters.package_writer import HEAD as PACKAGE
from tests.masquerade.filters.package_writer import package
from tests.masquerade.filters.portrait import model_face

GREEN = '[[layer]]\nkind = "background"\neffect = "colour"\ncolour = "#00b140"\n'
MIDDLE, SCALE = (320.0, 240.0), 50.0
EMPTY_MASK = np.zeros((240, 320), np.uint8)


def visible(face: Face) -> tuple[VisibleFace, ...]:
    return (VisibleFace(face, np.zeros(2), age=1.0),)


def head_mask(face: Face) -> ByteArray:
    """Return the mask of a whole head, at half the frame's size."""
    outline = outline_of(HEAD, pose_of(face))
    angles = np.linspace(0, 2 * np.pi, 80)
    edge = (outline.centre_xy + np.column_stack([np.cos(angles), np.sin(angles)]) @ outline.axes.T) / 2
    mask = EMPTY_MASK.copy()
    cv2.fillPoly(mask, [np.round(edge).astype(np.int32)], 255)
    return mask


@pytest.mark.parametrize("angles", [(0, 0, 0), (40, 0, 0), (0, -30, 0), (0, 20, 25)])
def test_a_face_that_the_mask_misses_stays_before_the_background(
    tmp_path: Path, angles: tuple[float, float, float]
) -> None:
    face = model_face(SCALE, MIDDLE, angles)
    pixels = np.full((480, 640, 4), 255, np.uint8)
    pixels[..., :3] = 30
    background = load_filter(package(tmp_path / "green", PACKAGE.replace("format = 1", "format = 2") + GREEN))
    scene = Scene(Frame(pixels, 0, 0.0), faces=(face,), person=EMPTY_MASK)
    done = Painter().paint(scene, (background,)).frame.pixels
    for x, y in face.keypoints.points.round().astype(int):
        # The outermost brow lies on the soft edge.
        assert np.abs(done[y, x, :3].astype(int) - 30).max() < 20
    assert done[5, 5, :3].tolist() == [0x40, 0xB1, 0x00]


def test_a_missed_person_keeps_hair_and_shoulders() -> None:
    face = model_face(SCALE, MIDDLE, (0, 0, 0))
    filled = with_faces(EMPTY_MASK, visible(face), 480)
    assert filled[(240 - 75) // 2, 160] == 255
    assert filled[235, 160 - 45] == 255
    assert filled[20, 20] == 0


def test_a_mask_that_has_the_head_is_left_alone_round_it() -> None:
    face = model_face(SCALE, MIDDLE, (0, 0, 0))
    mask = head_mask(face)
    filled = with_faces(mask, visible(face), 480)
    assert np.abs(filled.astype(int) - mask).max() <= 1


def test_a_hole_in_a_face_is_closed() -> None:
    face = model_face(SCALE, MIDDLE, (0, 0, 0))
    mask = head_mask(face)
    mask[122:132, 150:170] = 0
    filled = with_faces(mask, visible(face), 480)
    assert (filled[122:132, 150:170] == 255).all()
    assert not filled[230:].any()


def test_a_face_outside_of_the_frame_adds_nothing() -> None:
    face = model_face(SCALE, (2000.0, 2000.0), (0, 0, 0))
    assert not with_faces(EMPTY_MASK, visible(face), 480).any()
