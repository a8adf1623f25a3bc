"""Finds the ellipse that a part of the head covers in the image, and makes soft masks of it."""

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.geometry.head import HEAD_CENTRE, HEAD_RADII, HeadSize
from masquerade.values import ByteArray, Matrix, Pose

_DISC_SIDE = 256
# The disc's radius in its mask, so that its soft edge lies wholly inside.
_DISC_RADIUS = 100.0
_SOFT_EDGE = 0.06


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """A part of the head, in the head model's unit and axes."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]


HEAD = Ellipsoid(HEAD_CENTRE, HEAD_RADII)


def head_of(size: HeadSize) -> Ellipsoid:
    """Return the head with its hair; chin and depth stay."""
    (x, y, z), (across, up, along) = HEAD_CENTRE, HEAD_RADII
    return Ellipsoid((x, y - size.rise / 2, z), (across * size.side, up + size.rise / 2, along))


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """An ellipse in the image.

    Attributes:
        centre_xy: (2,), pixels of the frame.
        axes: (2, 2); the ellipse is `centre_xy + axes @ (cos t, sin t)`.
    """

    centre_xy: Matrix
    axes: Matrix

    def grown(self, factor: float) -> "Outline":
        """Return the ellipse enlarged about its centre."""
        return Outline(self.centre_xy, self.axes * factor)

    def stretched(self, offset: Matrix) -> "Outline":
        """Return an ellipse that covers this one, the one moved by `offset` (2,), and the way between."""
        half = np.asarray(offset, np.float64) / 2
        length, size = float(np.hypot(*half)), float(np.sqrt((self.axes**2).sum()))
        if length < 1e-6:
            return self
        # The tightest ellipse (by trace) round the sum of an ellipse and a line.
        shape = (1 + length / size) * (self.axes @ self.axes.T) + (1 + size / length) * np.outer(half, half)
        return Outline(self.centre_xy + half, np.asarray(np.linalg.cholesky(shape), np.float64))

    def reach(self, points: Matrix) -> Matrix:
        """Return (N,) the normalized radius of points (N, 2): 1 on the ellipse, 0 at its centre."""
        return np.asarray(np.hypot(*(np.linalg.inv(self.axes) @ (points - self.centre_xy).T)))

    def box(self) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom, pixels of the frame."""
        half = np.sqrt((self.axes**2).sum(axis=1))
        left, top = self.centre_xy - half
        right, bottom = self.centre_xy + half
        return float(left), float(top), float(right), float(bottom)


def outline_of(part: Ellipsoid, pose: Pose) -> Outline:
    """Return the outline of a part of the head, seen as Pose says (without perspective)."""
    rotation = pose.rotation.astype(np.float64)
    centre_xy = pose.origin_xy + pose.scale * (rotation[:2] @ np.array(part.centre))
    stretched = rotation[:2] * np.array(part.radii)
    # The shadow of an ellipsoid is the ellipse whose matrix is the upper left part of its own.
    axes = np.linalg.cholesky(stretched @ stretched.T) * pose.scale
    return Outline(np.asarray(centre_xy, np.float64), axes)


def outside_mask(outline: Outline, left: int, top: int, size_wh: tuple[int, int]) -> ByteArray:
    """Return (h, w) uint8 of a patch: 0 inside the ellipse, 255 outside, soft between.

    Args:
        outline: pixels of the frame.
        left: column of the frame under the patch's first.
        top: row of the frame under the patch's first.
        size_wh: of the patch.
    """
    linear = outline.axes / _DISC_RADIUS
    middle = (_DISC_SIDE - 1) / 2
    offset = outline.centre_xy - linear @ [middle, middle] - [left, top]
    matrix = np.column_stack([linear, offset])
    return as_bytes(
        cv2.warpAffine(
            _disc(), matrix, size_wh, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255
        )
    )


@cache
def _disc() -> ByteArray:
    """Return (side, side) uint8, 0 in a disc and 255 around it."""
    steps = np.arange(_DISC_SIDE) - (_DISC_SIDE - 1) / 2
    distance = np.hypot(steps, steps[:, None]) / _DISC_RADIUS
    share = np.clip((distance - 1 + _SOFT_EDGE) / _SOFT_EDGE, 0, 1)
    disc: ByteArray = np.round(255 * share * share * (3 - 2 * share)).astype(np.uint8)
    disc.flags.writeable = False
    return disc


def soft_inside(reach: Matrix, width: float) -> Matrix:
    """Return 1 up to the ellipse (reach 1) and 0 from `1 + width` on, eased between."""
    share = np.clip((1.0 + width - reach) / max(width, math.ulp(1.0)), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))
