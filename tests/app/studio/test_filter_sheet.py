"""The sheet shows every filter on every face, each in its own block."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.errors import SourceError
from app.filters.manifest import Filter, load_filter
from app.geometry.similarity import transform_points
from app.resources import bundled
from app.studio.filter_sheet import demo_sitters, render_sheet, sitters_in
from app.values import ByteArray, Face
from tests.app.filters.portrait import PORTRAIT_POINTS, face_of, portrait_pixels


def find_portrait(pixels: ByteArray) -> tuple[Face, ...]:
    """The portrait's face in its own picture, none in any other."""
    return (face_of(PORTRAIT_POINTS),) if pixels.shape == (512, 512, 4) else ()


def find_in_demo(pixels: ByteArray) -> tuple[Face, ...]:
    """Some face in the middle of the demo's picture."""
    matrix = np.array([[1.75, 0, 250], [0, 1.75, 180]], np.float32)
    return (face_of(transform_points(matrix, PORTRAIT_POINTS)),)


def filters(*names: str) -> tuple[Filter, ...]:
    return tuple(load_filter(bundled("assets") / "filters" / name) for name in names)


def test_every_filter_has_a_block_of_all_faces(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), portrait_pixels())
    cv2.imwrite(str(tmp_path / "2.png"), portrait_pixels())
    cv2.imwrite(str(tmp_path / "nobody.png"), np.zeros((100, 200, 3), np.uint8))
    sitters = sitters_in(tmp_path, find_portrait, 64)
    assert len(sitters) == 2
    painted: list[int] = []
    sheet = render_sheet(filters("blur", "clown-nose", "hat"), sitters, 2, lambda: painted.append(1))
    assert len(painted) == 3
    assert sheet.shape == (2 * (64 + 30 + 14) + 14, 2 * (2 * 64 + 3 + 14) + 14, 4)
    first = sheet[14 : 14 + 64, 14 : 14 + 64]
    second = sheet[14 : 14 + 64, 14 + 67 : 14 + 131]
    assert (first == second).all()
    # The blurred face has lost the portrait's detail, the one beside it has not.
    nose = sheet[14 : 14 + 64, 159 : 159 + 64]
    assert cv2.Laplacian(first, cv2.CV_64F).var() < cv2.Laplacian(nose, cv2.CV_64F).var()


def test_the_eyes_of_every_face_stand_at_one_place_in_the_middle() -> None:
    for sitter in demo_sitters(find_in_demo, 100):
        eyes = sitter.face.keypoints.points[:2].mean(axis=0)
        assert abs(eyes[0] - 50) < 6
        assert abs(eyes[1] - 60) < 6


def test_the_demo_face_is_seen_in_three_ways() -> None:
    straight, near, far = demo_sitters(find_in_demo, 100)
    assert straight.face.pose is not None
    assert near.face.pose is not None
    assert far.face.pose is not None
    assert near.face.pose.scale > straight.face.pose.scale > far.face.pose.scale
    assert near.face.pose.roll < straight.face.pose.roll - 10


def test_pictures_without_any_face_are_told(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "nobody.png"), np.zeros((100, 200, 3), np.uint8))
    with pytest.raises(SourceError, match="no face in the pictures"):
        sitters_in(tmp_path, find_portrait, 64)
