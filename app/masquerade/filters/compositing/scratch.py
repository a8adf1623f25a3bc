"""Reuses scratch memory from frame to frame."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from masquerade.filters.compositing.idle_cache import IdleCache
from masquerade.values import ByteArray

# cv2.split and cv2.merge write past the processor's cache where they can, and the next step waits for the memory
# three times as long as it works. They cannot where channels begin at unlike places within so many bytes, nor
# where a pixel does not begin at a multiple of its size.
_ALIKE_BYTES, _APART_BYTES = 64, 16


class ScratchBuffers:
    """Temporary arrays for drawing, reused in the next frame. For one thread.

    New memory is not in the processor's cache: an image's worth of it costs as much as the work done in it.
    """

    def __init__(self) -> None:
        self._kept = IdleCache[str, ByteArray](lambda kept: kept.nbytes)

    def begin_frame(self) -> None:
        """Free arrays that have not been used for a while."""
        self._kept.begin_frame()

    def get(self, use: str, *shape: int) -> ByteArray:
        """Return an uninitialized uint8 array of this shape, valid until the next one for the same use."""
        wanted = math.prod(shape)
        kept = self._kept.get(use)
        if kept is None or kept.size < wanted:
            kept = self._kept.put(use, np.empty(wanted, np.uint8))
        return kept[:wanted].reshape(shape)

    def split(self, pixels: ByteArray) -> list[ByteArray]:
        """Return what cv2.split makes of (h, w, 4); good until the next one."""
        rows, columns = pixels.shape[:2]
        wanted = rows * columns
        whole = self.get("channels", 4, wanted + -wanted % _ALIKE_BYTES + _APART_BYTES)
        channels = [each[:wanted].reshape(rows, columns) for each in whole]
        cv2.split(pixels, channels)
        return channels

    def merged(self, channels: Sequence[ByteArray]) -> ByteArray:
        """Return (h, w, 4), what cv2.merge makes of four (h, w); good until the next one."""
        rows, columns = channels[0].shape
        merged = self.get("merged", 4 * rows * columns + 1)[1:].reshape(rows, columns, 4)
        cv2.merge(channels, merged)
        return merged
