"""Clips in which it is known where the faces are: what a camera sees of the bundled portraits as they move."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray, Frame

from tests.masquerade.filters.portrait import PORTRAIT_POINTS, portrait_pixels
from tests.masquerade.pipeline.privacy_coverage import View

SIZE_WH = (640, 360)
FRAMES = 14
# Of the portrait: the middle of eyes and mouth, and the head that is cut out of it.
MIDDLE_XY = (223.0, 118.0)
_HEAD_WH = (62, 88)


@dataclass(frozen=True)
class Head:
    """A head in one frame.

    Attributes:
        xy: its middle, pixels.
        scale: pixels for one of the portrait, whose eyes are 41 apart.
        roll: degrees, clockwise.
        light: 0 to 1.
    """

    xy: tuple[float, float]
    scale: float = 0.9
    roll: float = 0.0
    light: float = 1.0

    @property
    def matrix(self) -> FloatArray:
        """(2, 3), pixels of the portrait to pixels of the frame."""
        matrix = cv2.getRotationMatrix2D(MIDDLE_XY, -self.roll, self.scale)
        matrix[:, 2] += np.array(self.xy) - MIDDLE_XY
        return matrix.astype(np.float32)

    @property
    def points(self) -> FloatArray:
        """(15, 2), pixels of the frame."""
        return (PORTRAIT_POINTS @ self.matrix[:, :2].T + self.matrix[:, 2]).astype(np.float32)


@dataclass(frozen=True)
class Shot:
    """What one frame shows.

    Attributes:
        heads: from back to front; all of them are to be hidden.
        backdrop: 0 or 1.
        curtain: columns that something in front of the heads hides.
    """

    heads: tuple[Head, ...]
    backdrop: int = 0
    curtain: tuple[int, int] = (0, 0)


def _backdrop(number: int) -> ByteArray:
    """A room: soft shapes, or a wall with a window."""
    random = np.random.default_rng(number)
    small = random.integers(40, 190, (6, 10, 3), np.uint8)
    room = cv2.resize(small, SIZE_WH, interpolation=cv2.INTER_CUBIC)
    if number:
        room = cv2.flip(255 - room, 1)
    return np.asarray(cv2.cvtColor(room, cv2.COLOR_BGR2BGRA), np.uint8)


def film(shot_at: Callable[[int], Shot]) -> Iterator[tuple[Frame, list[View]]]:
    """Give the frames of a clip, with a little noise, and every face of which half can be seen."""
    portrait, random = portrait_pixels(), np.random.default_rng(7)
    mask = np.zeros(portrait.shape[:2], np.float32)
    cv2.ellipse(mask, (223, 112), _HEAD_WH, 0, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 4)
    backdrops = [_backdrop(0), _backdrop(1)]
    for index in range(FRAMES):
        shot = shot_at(index)
        pixels = backdrops[shot.backdrop].astype(np.float32)
        for head in shot.heads:
            share = cv2.warpAffine(mask, head.matrix, SIZE_WH)[..., None]
            face = cv2.warpAffine(portrait, head.matrix, SIZE_WH, flags=cv2.INTER_AREA).astype(np.float32)
            pixels = (1 - share) * pixels + share * face
        pixels *= min((head.light for head in shot.heads), default=1.0)
        pixels[:, slice(*shot.curtain)] = (60, 90, 70, 255)
        pixels += random.normal(0, 2, pixels.shape)
        whole = np.clip(pixels.round(), 0, 255).astype(np.uint8)
        whole[..., 3] = 255
        views = [View(index, head.points, 1.0) for head in shot.heads if _is_seen(head.points, shot)]
        yield Frame(whole, index, index / 30), views


def _is_seen(points: FloatArray, shot: Shot) -> bool:
    """Return whether more than half of a face is in the image, and not behind the curtain."""
    inside = ((points >= 0) & (points < SIZE_WH)).all(axis=1)
    bare = (points[:, 0] < shot.curtain[0]) | (points[:, 0] >= shot.curtain[1])
    return bool((inside & bare).mean() > 0.5)


CLIPS: dict[str, Callable[[int], Shot]] = {
    "half at the right edge": lambda i: Shot((Head((636, 170)),)),
    "half at the left edge": lambda i: Shot((Head((4, 190), 1.2),)),
    "half at the lower edge": lambda i: Shot((Head((300, 352), 1.1),)),
    "in a corner": lambda i: Shot((Head((612, 30), 1.3),)),
    "slow entry": lambda i: Shot((Head((668 - 5 * i, 170), 1.2),)),
    "quick entry": lambda i: Shot((Head((-60 + 40 * i, 180)),)),
    "upside down": lambda i: Shot((Head((320, 190), 1.0, 180.0 + 2 * i),)),
    "lying": lambda i: Shot((Head((320, 190), 1.1, 90.0),)),
    "slanting on its head": lambda i: Shot((Head((350, 190), 1.1, 135.0),)),
    "rolling over": lambda i: Shot((Head((320, 180), 1.1, 15.0 * i),)),
    "fast pan": lambda i: Shot((Head((90 + 35 * i, 170)),)),
    "behind a post": lambda i: Shot((Head((150 + 25 * i, 170)),), curtain=(300, 360)),
    "cut": lambda i: Shot((Head((180, 150)) if i < 7 else Head((470, 200), 1.2),), backdrop=i // 7),
    "dark": lambda i: Shot((Head((300 + 4 * i, 170), 1.1, 0.0, 0.2),)),
    "small": lambda i: Shot((Head((200 + 3 * i, 120), 0.45),)),
    "crowd": lambda i: Shot(tuple(Head((80 + 120 * k + 2 * i, 90 + 45 * (k % 3)), 0.6 + 0.1 * k) for k in range(5))),
}
