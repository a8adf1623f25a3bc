"""Turns images upright: the eight orientations of EXIF and of video display matrices."""

import struct
from dataclasses import dataclass
from typing import Self, TypeVar, cast

import cv2
import numpy as np

from masquerade.values import ByteArray, DeepArray

Pixels = TypeVar("Pixels", bound=ByteArray | DeepArray)


@dataclass(frozen=True, slots=True)
class Orientation:
    """What has to be done to a stored image before it is shown, in this order.

    Attributes:
        transposed: swap x and y.
        mirrored: then swap left and right.
        flipped: then swap top and bottom.
    """

    transposed: bool = False
    mirrored: bool = False
    flipped: bool = False

    @classmethod
    def from_exif(cls, number: int) -> Self:
        """Read EXIF tag 0x0112; an unknown number means upright.

        Source:
            Exif 2.32, 4.6.4 A, Orientation.
        """
        return cls(number in (5, 6, 7, 8), number in (2, 3, 6, 7), number in (3, 4, 7, 8))

    @classmethod
    def from_display_matrix(cls, matrix: bytes) -> Self:
        """Read a display matrix, rounded to the nearest quarter turn.

        Args:
            matrix: 9 native 32-bit integers a b u c d v x y w; a stored point (p, q) is
                shown at (a p + c q + x, b p + d q + y).

        Source:
            libavutil/display.h; ISO/IEC 14496-12, 8.3.2 (track header).
        """
        a, b, _, c, d = struct.unpack("5i", matrix[:20])
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(False, a < 0, d < 0)
        return cls(True, c < 0, b < 0)

    def apply(self, pixels: Pixels) -> Pixels:
        """Return (H, W, C) upright and C-contiguous; `pixels` itself where nothing is to be done."""
        if self.transposed:
            pixels = cast(Pixels, cv2.transpose(pixels))
        if self.mirrored or self.flipped:
            pixels = cast(Pixels, cv2.flip(pixels, -1 if self.mirrored and self.flipped else int(self.mirrored)))
        return cast(Pixels, np.ascontiguousarray(pixels))
