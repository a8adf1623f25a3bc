"""The sheet shows every filter on every face, each in its own block."""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from masquerade.compose import build_still_finder
from masquerade.errors import SourceError
from masquerade.filters.format.manifest import Filter, load_filter
from masquerade.resources import bundled
from masquerade.studio.photos.clip_strips import render_strips
from masquerade.studio.photos.filter_sheet import head_sitters, render_sheet, sitters_in
from masquerade.values import ByteArray, Face, Frame

from tests.masquerade.filters.portrait import PORTRAIT_POINTS, face_of, portrait_pixels
from tests.shared import REPO


def find_portrait(pixels: ByteArray) -> tuple[Face, ...]:
    """The portrait's face in its own image, none in any other."""
    return (face_of(PORTRAIT_POINTS),) if pixels.shape == (512, 512, 4) else ()


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


def test_triggers_are_off_in_one_row_and_on_in_the_next(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), portrait_pixels())
    sitters = sitters_in(tmp_path, find_portrait, 96)
    sheet = render_sheet(filters("dog", "fedora"), sitters, 1, lambda: None)
    dog = 2 * 96 + 3 + 30
    assert sheet.shape == (14 + dog + 14 + 96 + 30 + 14, 96 + 2 * 14, 4)
    off, on = sheet[14:110, 14:110], sheet[113:209, 14:110]
    changed = np.nonzero((off != on).any(axis=2))[0]
    # The tongue, in the lower half of the face.
    assert changed.min() > 60


def test_the_bundled_heads_are_twelve_and_of_every_kind() -> None:
    sitters = head_sitters(build_still_finder().find, 100)
    assert len(sitters) == 12
    poses = [sitter.face.pose for sitter in sitters if sitter.face.pose is not None]
    yaws, pitches = [pose.yaw for pose in poses], [pose.pitch for pose in poses]
    assert min(yaws) < -20
    assert max(yaws) > 25
    assert min(pitches) < -15
    assert max(pitches) > 12
    assert max(abs(pose.roll) for pose in poses) < 20
    for sitter in sitters:
        eyes = sitter.face.keypoints.points[:2].mean(axis=0)
        assert abs(eyes[0] - 50) < 12
        assert abs(eyes[1] - 60) < 6
    greys = [float(sitter.pixels[60:75, 40:60, :3].mean()) for sitter in sitters]
    assert max(greys) > 2.5 * min(greys)


def test_every_bundled_head_is_declared_for_the_scripts_that_render_it() -> None:
    declared = tomllib.loads((REPO / "docs" / "hooks" / "heads" / "heads.toml").read_text(encoding="utf-8"))
    assert sorted(declared) == sorted(path.stem for path in (bundled("assets") / "heads").glob("*.jpg"))


def test_strips_show_frames_of_a_clip_in_their_order() -> None:
    def read() -> Iterator[Frame]:
        for index in range(20):
            yield Frame(np.full((40, 60, 4), 10 * index, np.uint8), index, index / 30)

    def build(chosen: Filter) -> Callable[[Frame], ByteArray]:
        seen: list[int] = []

        def paint(frame: Frame) -> ByteArray:
            seen.append(frame.index)
            assert seen == list(range(frame.index + 1))
            return frame.pixels

        return paint

    strips = render_strips(filters("fedora", "dog"), read, build, count=4, height=20, painted=lambda: None)
    assert strips.shape == (2 * (20 + 30), 4 * 30 + 3 * 3, 4)
    shades = [int(strips[10, 15 + 33 * place, 0]) for place in range(4)]
    assert shades == [0, 60, 130, 190]


def test_a_clip_without_frames_is_an_error() -> None:
    with pytest.raises(SourceError, match="no frame"):
        render_strips(
            filters("fedora"), list, lambda _: lambda frame: frame.pixels, count=4, height=20, painted=lambda: None
        )


def test_images_without_a_face_are_an_error(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "nobody.png"), np.zeros((100, 200, 3), np.uint8))
    with pytest.raises(SourceError, match="No faces were found in the images"):
        sitters_in(tmp_path, find_portrait, 64)
