"""Draws a filter in many ways before it is used, to find what crashes, hangs or takes too long."""

import time
from collections.abc import Iterator

import numpy as np

from masquerade.filters.compositing.rasters import draw_art, is_empty
from masquerade.filters.format.art.loading import Art
from masquerade.filters.format.manifest import Filter
from masquerade.filters.render import Painter
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import fit_pose, rotation_from
from masquerade.values import Face, Frame, Keypoints, Scene, Trigger

# Seconds of the processor, however busy the machine is.
MAX_PIECE_SECONDS = 3.0
MAX_FRAME_SECONDS = 3.0
_PIECE_SIDE = 1024
_SIZE_WH = (640, 480)
_FRAME_SECONDS = 1 / 30
# Pixels of an eye distance, x and y of the middle between the eyes, yaw, pitch, roll in degrees.
_VIEWS = (
    (80.0, 320.0, 200.0, 0.0, 0.0, 0.0),
    (80.0, 320.0, 200.0, 40.0, 15.0, -20.0),
    (80.0, 320.0, 200.0, -75.0, -30.0, 170.0),
    (12.0, 600.0, 20.0, 0.0, 0.0, 0.0),
    (200.0, 0.0, 470.0, 10.0, 0.0, 90.0),
    (280.0, 320.0, 240.0, 0.0, 20.0, 0.0),
)
_FRAMES_PER_VIEW = 3


def piece_problem(piece: Art) -> str | None:
    """Return why a piece of art cannot be drawn, or None."""
    if piece.video:
        # It is played while the filter is worn for a trial.
        return None
    began = time.process_time()
    draw_art(piece, _PIECE_SIDE / max(piece.box.width, piece.box.height))
    seconds = time.process_time() - began
    if seconds <= MAX_PIECE_SECONDS:
        return None
    return f"takes {seconds:.1f} seconds to draw; at most {MAX_PIECE_SECONDS:g} are allowed"


def wearing_problem(chosen: Filter) -> str | None:
    """Return why a filter cannot be drawn on heads of different sizes and poses, or None."""
    painter = Painter()
    slowest = 0.0
    for scene in _scenes():
        began = time.process_time()
        if painter.paint(scene, (chosen,), 1.0).failed_filters:
            return "cannot be drawn on a face"
        # The first frame of a view draws the art at a new size, which `piece_problem` has timed.
        if scene.frame.index % _FRAMES_PER_VIEW:
            slowest = max(slowest, time.process_time() - began)
    if slowest <= MAX_FRAME_SECONDS:
        return None
    return f"takes {slowest:.1f} seconds to draw on a face; at most {MAX_FRAME_SECONDS:g} are allowed"


def empty_layers(chosen: Filter) -> tuple[int, ...]:
    """Return the numbers, from 1, of the layers whose art is empty."""
    numbered = enumerate(chosen.art, start=1)
    return tuple(number for number, pieces in numbered if pieces and all(map(_shows_nothing, pieces)))


def _shows_nothing(piece: Art) -> bool:
    return not piece.video and is_empty(piece)


def _scenes() -> Iterator[Scene]:
    """Give each view some frames long, with every trigger on and with none."""
    index = 0
    for view in _VIEWS:
        for repeat in range(_FRAMES_PER_VIEW):
            active = frozenset(Trigger) if repeat < _FRAMES_PER_VIEW - 1 else frozenset[Trigger]()
            pixels = np.full((_SIZE_WH[1], _SIZE_WH[0], 4), 255, np.uint8)
            pixels[..., :3] = np.arange(_SIZE_WH[0], dtype=np.uint16)[None, :, None] % 200
            yield Scene(Frame(pixels, index, index * _FRAME_SECONDS), faces=(_face(view, active),))
            index += 1


def _face(view: tuple[float, ...], active: frozenset[Trigger]) -> Face:
    scale, x, y, *angles = view
    landmarks = (np.array([x, y]) + scale * (model_landmarks() @ rotation_from(*angles).T)[:, :2]).astype(np.float32)
    return Face(1, Keypoints(landmarks, 1.0), fit_pose(landmarks), active=active)
