"""The sheet shows every filter on every face, each in its own block."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.errors import SourceError
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.resources import bundled
from masquerade.studio.filter_sheet import demo_sitters, render_sheet, sitters_in
from masquerade.values import ByteArray, Face

from tests.masquerade.filters.portrait import HOPPER_POINTS, PORTRAIT_POINTS, face_of, portrait_pixels


def find_portrait(pixels: ByteArray) -> tuple[Face, ...]:
    """The portrait's face in its own image, none in any other."""
    return (face_of(PORTRAIT_POINTS),) if pixels.shape == (512, 512, 4) else ()


def find_in_demo(pixels: ByteArray) -> tuple[Face, ...]:
    """The face of each bundled portrait."""
    return find_portrait(pixels) or (face_of(HOPPER_POINTS),)


def filters(*names: str) -> tuple[Filter, ...]:
    return tuple(load_filter(bundled("assets") / "filters" / name) for name in names)


def test_every_filter_has_a_block_of_all_faces(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), portrait_pixels())
    cv2.imwrite(str(tmp_path / "2.png"), portrait_pixels())
    cv2.imwrite(str(tmp_path / "nobody.png"), np.zeros((100, 200, 3), np.uint8))
    sitters = sitters_in(tmp_path, find_portrait, 64)
    assert len(sitters) == 2
    painted: list[int] = []
    sheet = render_sheet(filters("blur", "clown-nose", "fedora"), sitters, 2, lambda: painted.append(1))
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


def test_two_people_are_seen_twice() -> None:
    sitters = demo_sitters(find_in_demo, 100)
    poses = [sitter.face.pose for sitter in sitters]
    assert all(pose is not None for pose in poses)
    straight, other, near, far = (pose for pose in poses if pose is not None)
    assert near.scale > straight.scale > other.scale > far.scale
    assert near.roll < straight.roll - 10
    assert far.roll > other.roll + 5
    # The rear admiral's cap and glasses are not the astronaut's.
    assert np.abs(sitters[0].pixels.astype(int) - sitters[1].pixels).mean() > 20


def test_images_without_any_face_are_told(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "nobody.png"), np.zeros((100, 200, 3), np.uint8))
    with pytest.raises(SourceError, match="no face in the images"):
        sitters_in(tmp_path, find_portrait, 64)
