"""A small world of painted heads that move, and a finder of points that sees only what is painted."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from masquerade.contours import CONTOUR_NAMES
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.mirror import mirrored_order
from masquerade.values import Box, ByteArray, Detection, FloatArray, Frame, Keypoints

SIDE_WH = (640, 360)


@dataclass(frozen=True)
class Head:
    """A head at a place in one frame.

    Attributes:
        colour: BGR; the lower half is darker, so that two heads do not look alike.
    """

    x: float
    y: float
    colour: tuple[int, int, int]
    eye_distance: float = 40.0

    @property
    def points(self) -> FloatArray:
        return (model_landmarks()[:, :2] * self.eye_distance + (self.x, self.y)).astype(np.float32)

    @property
    def contours(self) -> FloatArray:
        """On a circle round the head's middle, symmetric as a face is: each in the height of its partner."""
        order = mirrored_order(CONTOUR_NAMES)
        x = np.array([float(name.startswith("left")) - name.startswith("right") for name in CONTOUR_NAMES])
        y = (np.arange(len(order)) + order) / len(order) - 1
        return (np.column_stack([x, y]) * self.eye_distance + (self.x, self.y)).astype(np.float32)


class World:
    """Heads painted from back to front; the last one hides those behind it."""

    def __init__(self) -> None:
        self.heads: list[Head] = []
        self.searches = 0
        self.is_blind = False

    def frame(self, heads: list[Head], index: int, time: float) -> Frame:
        """Paints the heads and remembers them for the finder."""
        self.heads = heads
        pixels = np.full((SIDE_WH[1], SIDE_WH[0], 4), 90, np.uint8)
        for head in heads:
            self._paint(pixels, head)
        return Frame(pixels, index, time)

    @staticmethod
    def _paint(pixels: ByteArray, head: Head) -> None:
        radius = round(1.6 * head.eye_distance)
        centre = (round(head.x), round(head.y + 0.5 * head.eye_distance))
        cv2.circle(pixels, centre, radius, (*head.colour, 255), -1)
        cv2.ellipse(pixels, centre, (radius, radius), 0, 0, 180, (*(c // 2 for c in head.colour), 255), -1)

    def detect(self) -> tuple[Detection, ...]:
        """Sees every head whose middle nobody hides."""
        return (
            ()
            if self.is_blind
            else tuple(_detection(head) for index, head in enumerate(self.heads) if not self._hidden(index))
        )

    def _hidden(self, index: int) -> bool:
        head = self.heads[index]
        return any(np.hypot(head.x - o.x, head.y - o.y) < 1.2 * o.eye_distance for o in self.heads[index + 1 :])

    def find(self, pixels: ByteArray, anchors: FloatArray) -> Keypoints:
        """The points of the foremost head near the anchors; else a score of almost nothing."""
        del pixels
        self.searches += 1
        middle = anchors.mean(axis=0)
        for index in reversed(range(0 if self.is_blind else len(self.heads))):
            head = self.heads[index]
            gap = np.abs(Keypoints(head.points, 1.0).anchors.mean(axis=0) - middle).max()
            if gap < head.eye_distance and not self._hidden(index):
                return Keypoints(head.points, 0.99, head.contours)
        return Keypoints((model_landmarks()[:, :2] * 40 + middle).astype(np.float32), 0.05)

    def detect_batch(self, pixels: ByteArray, places: Sequence[FloatArray]) -> list[Keypoints]:
        """As `find`, for several."""
        return [self.find(pixels, anchors) for anchors in places]


def _detection(head: Head) -> Detection:
    side = 3 * head.eye_distance
    box = Box(head.x - side / 2, head.y - side / 3, side, side)
    return Detection(box, Keypoints(head.points, 1.0).anchors, 0.9)
