"""Describes the one size and rate that a virtual camera has, and brings frames into its pixel layouts."""

from dataclasses import dataclass
from enum import Enum
from typing import cast

import cv2
import numpy as np

from masquerade.studio.framing import fit_into
from masquerade.values import ByteArray


class PixelLayout(Enum):
    """The layouts that meeting programs read; all are BT.601 with limited range."""

    I420 = "I420"
    NV12 = "NV12"
    YUY2 = "YUY2"


@dataclass(frozen=True, slots=True)
class CameraFormat:
    """What readers see for as long as the camera is on.

    Attributes:
        size_wh: pixels; both even.
        frames_per_second: whole, as every reader wants it.
    """

    size_wh: tuple[int, int] = (1280, 720)
    frames_per_second: int = 30

    def __post_init__(self) -> None:
        if any(side < 2 or side % 2 for side in self.size_wh):
            raise ValueError(f"both sides must be even and above 0, got {self.size_wh}")
        if self.frames_per_second < 1:
            raise ValueError(f"frames_per_second must be above 0, got {self.frames_per_second}")

    def stride(self, layout: PixelLayout) -> int:
        """Return the bytes of one row of the first plane."""
        return self.size_wh[0] * (2 if layout is PixelLayout.YUY2 else 1)

    def byte_count(self, layout: PixelLayout) -> int:
        """Return the bytes of one image."""
        width, height = self.size_wh
        return width * height * 2 if layout is PixelLayout.YUY2 else width * height * 3 // 2

    def fit(self, pixels: ByteArray, mirrored: bool) -> ByteArray:
        """Return (H, W, 4) BGRA at the camera's size; `pixels` itself where nothing has to be done."""
        fitted = fit_into(pixels, self.size_wh)
        return cast(ByteArray, cv2.flip(fitted, 1)) if mirrored else fitted


class LayoutWriter:
    """Converts images into a reader's memory; used on one thread, for its buffers are kept."""

    def __init__(self, camera_format: CameraFormat) -> None:
        width, height = camera_format.size_wh
        self._format = camera_format
        self._planar = np.empty((height * 3 // 2, width), np.uint8)
        self._chroma = np.empty((height // 2, width // 2, 2), np.uint8)

    def write(self, pixels: ByteArray, layout: PixelLayout, target: ByteArray) -> None:
        """Convert an image.

        Args:
            pixels: (H, W, 4) uint8, BGRA, of the camera's size.
            layout: of the target.
            target: (bytes,) uint8, as long as `byte_count` says; it is filled.
        """
        width, height = self._format.size_wh
        # OpenCV converts to I420 in a seventh of its time for YUY2; the other two are made from it.
        if layout is PixelLayout.I420:
            _to_planar(pixels, target.reshape(-1, width))
            return
        _to_planar(pixels, self._planar)
        if layout is PixelLayout.NV12:
            target[: width * height] = self._planar[:height].ravel()
            self._merge_chroma(target[width * height :].reshape(height // 2, width // 2, 2))
            return
        self._merge_chroma(self._chroma)
        rows = np.repeat(self._chroma.reshape(height // 2, width), 2, axis=0)
        cv2.merge((self._planar[:height], rows), target.reshape(height, width, 2))

    def _merge_chroma(self, target: ByteArray) -> None:
        """Write U and V of the planar image side by side, (H/2, W/2, 2)."""
        width, height = self._format.size_wh
        u, v = self._planar[height:].reshape(2, height // 2, width // 2)
        cv2.merge((u, v), target)


def _to_planar(pixels: ByteArray, target: ByteArray) -> None:
    """(H, W, 4) BGRA -> (H * 3/2, W) I420."""
    cv2.cvtColor(pixels, cv2.COLOR_BGRA2YUV_I420, dst=target)
