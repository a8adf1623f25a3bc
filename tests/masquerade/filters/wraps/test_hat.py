"""Test that wraps drawn as one image look as if each frame had been drawn for itself."""

from pathlib import Path

import numpy as np
import pytest
from masquerade.filters.format.manifest import load_filter
from masquerade.filters.render import Painter, paint_still
from masquerade.filters.wraps.wrap import WrapPainter
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import fit_pose, rotation_from
from masquerade.values import ByteArray, Face, Frame, Keypoints, Scene

from tests.masquerade.filters.package_writer import HEAD, package, svg

SCALE = 60.0
ART = svg(
    '<rect width="120" height="50" fill="#00f"/><rect x="120" width="120" height="50" fill="#f00"/>', "0 0 240 50"
)
MANIFEST = (
    HEAD.replace("format = 1", "format = 2")
    + """
[[layer]]
kind = "wrap"
art = "art.svg"
profile = [[0.0, 1.6], [0.05, 1.1]]
side = "both"

[[layer]]
kind = "wrap"
art = "art.svg"
profile = [[0.05, 1.1], [0.9, 1.0]]
shade = 0.3
"""
)


def head(x: float = 320.0, yaw: float = 5.0, pitch: float = 8.0, roll: float = 0.0, scale: float = SCALE) -> Face:
    seen = model_landmarks() @ rotation_from(yaw, pitch, roll).T
    points = (scale * seen[:, :2] + np.array((x, 320.0), np.float32)).astype(np.float32)
    return Face(1, Keypoints(points, 1.0), pose=fit_pose(points))


def scene(face: Face, number: int) -> Scene:
    return Scene(Frame(np.full((640, 640, 4), 255, np.uint8), number, number / 30), faces=(face,))


def after(first: Face, then: Face, folder: Path) -> tuple[ByteArray, ByteArray]:
    """Return the frame with a face that was elsewhere before, and the same face in a photo."""
    hat = load_filter(package(folder, MANIFEST, art_svg=ART))
    painter = Painter()
    for number in range(10):
        painter.paint(scene(first, number), (hat,))
    moving = painter.paint(scene(then, 10), (hat,)).frame.pixels
    still = np.full((640, 640, 4), 255, np.uint8)
    paint_still(still, (then,), (hat,))
    return moving, still


@pytest.mark.parametrize(
    "then",
    [
        head(),
        head(x=345.6),
        head(roll=4.0),
        head(scale=62.0),
        head(yaw=5.2),
        head(yaw=25.0),
        head(roll=60.0),
        head(pitch=-15.0),
    ],
    ids=["same", "moved", "rolled", "nearer", "turned a little", "turned", "lying", "raised"],
)
def test_a_hat_in_a_stream_looks_as_in_a_photo(tmp_path: Path, then: Face) -> None:
    moving, still = after(head(), then, tmp_path)
    assert (still != 255).any()
    off = np.abs(moving.astype(int) - still).max(axis=2)
    # Soft edges differ by a fraction of a pixel; nothing is elsewhere.
    assert (off > 60).sum() < 0.03 * (still != 255).any(axis=2).sum()
    assert off.mean() < 1.0


def test_a_hat_on_a_head_that_keeps_its_turn_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    draw = WrapPainter.draw
    monkeypatch.setattr(WrapPainter, "draw", lambda *a, **k: (drawn.append(1), draw(*a, **k))[1])
    hat, painter = load_filter(package(tmp_path, MANIFEST, art_svg=ART)), Painter()
    for number in range(20):
        painter.paint(scene(head(x=300.0 + 2 * number, roll=0.1 * number), number), (hat,))
    # The first frame, as a photo, and the first of those that follow; two layers each.
    assert len(drawn) == 4


def test_a_hat_that_reaches_out_of_the_frame_is_cut_off_there(tmp_path: Path) -> None:
    moving, still = after(head(x=40.0), head(x=36.0), tmp_path)
    assert (moving[:, 0] != 255).any()
    assert np.abs(moving.astype(int) - still).mean() < 1.0
