"""Shows a real, moving face without a camera: Demo."""

from math import cos, pi, sin
from types import TracebackType
from typing import Self, cast

import cv2
import numpy as np

from masquerade.errors import SourceError
from masquerade.resources import bundled
from masquerade.values import ByteArray, FloatArray, Frame

FRAMES_PER_SECOND = 30.0

# The stage is painted for a view of this size; other sizes show a part of it, scaled.
_VIEW_WH = (1280, 720)
# Pixels of the stage for one of the portrait: the face is then 190 px wide, as at a desk.
_ENLARGE = 1.75
# Wide enough for the farthest view: zoomed out, rolled and panned, no corner leaves the stage.
STAGE_WH = (1860, 1290)
# Pixels of the stage, across, for one of what lies round the portrait.
_BACKDROP_SHRINK = 4
# Where the middle of her eyes is, in the portrait and on the stage.
_EYES_IN_PORTRAIT_XY = (222.0, 104.0)
_EYES_ON_STAGE_XY = (930.0, 575.0)


class Demo:
    """A portrait of Eileen Collins, seen by a camera that pans, zooms, rolls and meets changing light.

    Frame number i is always the same image, so a test can rely on it. It never ends.
    Frames come as fast as they are read; `Paced` gives them their 30 a second.
    """

    name = "Demo"
    live = False
    frames_per_second = FRAMES_PER_SECOND
    frame_count = None

    def __init__(self, size_wh: tuple[int, int] = _VIEW_WH) -> None:
        self._size_wh = size_wh
        self._stage: ByteArray | None = None
        self._index = 0
        self._closed = False

    def __enter__(self) -> Self:
        """Paint the stage; raises SourceError where the bundled image is missing."""
        # OpenCV warps four channels in less than half the time of three.
        self._stage = cast(ByteArray, cv2.cvtColor(_paint_stage(_read_portrait()), cv2.COLOR_BGR2BGRA))
        self._index = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Free the stage."""
        self._stage = None

    def read(self) -> Frame | None:
        """Return the next frame, (H, W, 4) BGRA of the wanted size; None only after `close`."""
        if self._stage is None:
            raise RuntimeError("the demo is not open: use `with`")
        if self._closed:
            return None
        seconds = self._index / FRAMES_PER_SECOND
        pixels = cv2.warpAffine(
            self._stage,
            view_matrix(seconds, self._size_wh),
            self._size_wh,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        )
        light = 1.11 + 0.11 * sin(2 * pi * seconds / 7.3)
        # In place, alpha too: light is never below 1, so it stays 255.
        frame = Frame(cast(ByteArray, cv2.convertScaleAbs(pixels, dst=pixels, alpha=light)), self._index, seconds)
        self._index += 1
        return frame

    def close(self) -> None:
        """Make the next `read` give None; called on ANY thread."""
        self._closed = True


def view_matrix(seconds: float, size_wh: tuple[int, int]) -> FloatArray:
    """Return the camera's view: the (2, 3) float32 map from its pixels to pixels of the stage."""
    turn = 2 * pi * seconds
    # Periods without a common multiple: it seems never to repeat.
    centre_x = _EYES_ON_STAGE_XY[0] + 70 * sin(turn / 6.1) + 25 * sin(turn / 2.3)
    centre_y = _EYES_ON_STAGE_XY[1] + 62 + 32 * sin(turn / 4.7 + 1.0)
    zoom = 1.1 * 1.2 ** sin(turn / 8.9)
    roll = 0.19 * sin(turn / 5.3)
    width, height = size_wh
    step = 1.0 / (zoom * max(width / _VIEW_WH[0], height / _VIEW_WH[1]))
    linear = step * np.array([[cos(roll), -sin(roll)], [sin(roll), cos(roll)]])
    middle = np.array([width - 1, height - 1]) / 2
    return np.column_stack([linear, np.array([centre_x, centre_y]) - linear @ middle]).astype(np.float32)


def _read_portrait() -> ByteArray:
    """Return the bundled portrait, (512, 512, 3) uint8 BGR."""
    path = bundled("assets") / "demo" / "eileen_collins.jpg"
    try:
        packed = np.fromfile(path, np.uint8)
    except OSError as error:
        raise SourceError(f"The demo image {path} is missing. Reinstall Masquerade.") from error
    portrait = cv2.imdecode(packed, cv2.IMREAD_COLOR) if packed.size else None
    if portrait is None:
        raise SourceError(f"The demo image {path} is damaged. Reinstall Masquerade.")
    return cast(ByteArray, portrait)


def _paint_stage(portrait: ByteArray) -> ByteArray:
    """Return the portrait (512, 512, 3) as (H, W, 3) BGR, its surroundings running out into a plain wall."""
    side = round(_ENLARGE * portrait.shape[0])
    left, top = (round(_EYES_ON_STAGE_XY[i] - _ENLARGE * _EYES_IN_PORTRAIT_XY[i]) for i in (0, 1))
    shrunk = (each // _BACKDROP_SHRINK for each in (left, top, side))
    stage = cv2.resize(_paint_backdrop(portrait, *shrunk), STAGE_WH)
    large = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_CUBIC)
    # The portrait's own edge is softened over 24 pixels.
    steps = np.arange(side, dtype=np.float32)
    inside = np.minimum(steps, side - 1 - steps)
    sharp = _share(np.minimum(inside, inside[:, None]), 0, 24)
    place = stage[top : top + side, left : left + side]
    place[:] = cv2.blendLinear(large, place, sharp, 1 - sharp)
    # Darker than the photograph, for `read` lightens it by a factor that is never below 1.
    return cast(ByteArray, cv2.convertScaleAbs(stage, dst=stage, alpha=0.9))


def _paint_backdrop(portrait: ByteArray, left: int, top: int, side: int) -> ByteArray:
    """Paint the surroundings of the portrait, more blurred the farther out, up to the dim wall.

    It is a quarter as large as the stage: it is blurred anyway, and the first image waits for
    it. `left`, `top` and `side` say where the portrait lies in it.
    """
    width, height = STAGE_WH[0] // _BACKDROP_SHRINK, STAGE_WH[1] // _BACKDROP_SHRINK
    small = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
    # Upwards her hair would be mirrored, so the wall's top row is drawn out instead.
    tall = cv2.copyMakeBorder(small, top, height - top - side, 0, 0, cv2.BORDER_REPLICATE)
    wide = cv2.copyMakeBorder(tall, 0, 0, left, width - left - side, cv2.BORDER_REFLECT_101)
    across = np.abs(np.arange(width, dtype=np.float32) - (left + side / 2)) - side / 2
    down = np.abs(np.arange(height, dtype=np.float32) - (top + side / 2))[:, None] - side / 2
    outside = np.hypot(np.maximum(across, 0), np.maximum(down, 0))
    result = cv2.GaussianBlur(wide, (0, 0), 1.25).astype(np.float32)
    for sigma, begin, full in ((3.5, 0, 7.5), (9, 4, 20), (20, 15, 45)):
        factor = max(round(sigma / 4), 1)
        smaller = cv2.resize(wide, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
        blurred = cv2.resize(cv2.GaussianBlur(smaller, (0, 0), sigma / factor), (width, height))
        _blend(result, cast(ByteArray, blurred), _share(outside, begin, full))
    wall = 0.8 * portrait[:40, 110:380].mean(axis=(0, 1), dtype=np.float32)
    _blend(result, wall, 0.94 * _share(outside, 5, 60))
    result *= (1 - 0.25 * _share(outside, 0, 125))[:, :, None]
    return cast(ByteArray, result.astype(np.uint8))


def _blend(result: FloatArray, other: ByteArray | FloatArray, share: FloatArray) -> None:
    """Move `result` (H, W, 3) towards `other`, (H, W, 3) or one colour (3,), by `share` (H, W), in place.

    One channel after the other: that needs 5 MB and not 15, which would be the most that
    the program ever holds.
    """
    for channel in range(3):
        result[..., channel] += (other[..., channel] - result[..., channel]) * share


def _share(outside: FloatArray, begin: float, full: float) -> FloatArray:
    """Rise from 0 where `outside` is `begin` to 1 where it is `full`."""
    return cast(FloatArray, np.clip((outside - begin) / (full - begin), 0, 1).astype(np.float32))
