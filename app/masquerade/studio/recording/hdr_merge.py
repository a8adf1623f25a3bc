"""Merges what filters painted on the SDR view of an HDR frame into the frame itself: HdrMerge."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from masquerade.pipeline.sources.colour import ColourEncoding, from_srgb
from masquerade.values import Box, ByteArray, DeepArray, FloatArray

# Of 255: a pixel that was changed by more holds nothing of what was there.
_UNLIKE = 24.0
_PIXELS_AT_ONCE = 500_000
_MAX_CODE = 65_535


class HdrMerge:
    """Merge painted frames of one HDR video; used on one thread.

    A pixel that no filter changed keeps its own code value. One that was changed gets the HDR
    value of what was painted, and of what was there no more than 8 bits could not show. Where a
    filter hides a face nothing of the original is left, not even what SDR shows as plain white.
    """

    def __init__(self, encoding: ColourEncoding) -> None:
        """Take how the video is coded."""
        self._encoding = encoding
        self._half_steps = _half_steps(encoding)

    def merge(
        self, original: DeepArray | None, before: ByteArray, after: ByteArray, hidden: Sequence[Box]
    ) -> DeepArray:
        """Return (H, W, 3) uint16, R G B code values.

        Args:
            original: the same of the frame, or None where there is none.
            before: (H, W, 4) uint8 BGRA, the SDR view of it.
            after: the same, painted.
            hidden: where faces are hidden, pixels of the frame.
        """
        covered = _mask(hidden, after.shape[:2])
        if original is None:
            original, covered = np.zeros((*after.shape[:2], 3), np.uint16), np.ones(after.shape[:2], np.bool_)
        changed = (before[..., :3] != after[..., :3]).any(axis=2) | covered
        merged = original.copy()
        rows, columns = np.nonzero(changed)
        for first in range(0, len(rows), _PIXELS_AT_ONCE):
            places = rows[first : first + _PIXELS_AT_ONCE], columns[first : first + _PIXELS_AT_ONCE]
            merged[places] = self._merged(original[places], before[places], after[places], covered[places])
        return merged

    def _merged(
        self, original: DeepArray, before: ByteArray, after: ByteArray, covered: NDArray[np.bool_]
    ) -> DeepArray:
        """(N, 3), (N, 4), (N, 4), (N,) -> (N, 3) code values."""
        unseen = original.astype(np.float32) / _MAX_CODE - self._coded(before)
        most = self._half_steps[after[:, 2::-1]]
        little = np.clip(unseen, -most, most)
        distance = np.abs(after[:, :3].astype(np.int16) - before[:, :3]).max(axis=1)
        likeness = np.clip(1.0 - distance / np.float32(_UNLIKE), 0.0, 1.0)[:, None]
        kept = little + likeness * (unseen - little)
        kept[covered] = 0.0
        codes = np.clip(self._coded(after) + kept, 0.0, 1.0) * _MAX_CODE
        return np.asarray(np.round(codes), np.uint16)

    def _coded(self, pixels: ByteArray) -> FloatArray:
        """(N, 4) BGRA -> (N, 3) R G B code values, 0 to 1; each colour is converted once."""
        blue, green, red = (pixels[:, channel].astype(np.uint32) for channel in range(3))
        colours, places = np.unique(red << 16 | green << 8 | blue, return_inverse=True)
        rgb = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1)
        return from_srgb(np.asarray(rgb / 255, np.float32), self._encoding)[places]


def _half_steps(encoding: ColourEncoding) -> FloatArray:
    """Return (256,) the tolerance of code values that look like each of 256 greys."""
    between = (np.arange(257, dtype=np.float32) - 0.5).clip(0, 255) / 255
    edges = from_srgb(np.repeat(between[:, None], 3, axis=1), encoding)[:, 0]
    return np.asarray(np.diff(edges) / 2, np.float32)


def _mask(boxes: Sequence[Box], shape: tuple[int, int]) -> NDArray[np.bool_]:
    mask = np.zeros(shape, np.bool_)
    for box in boxes:
        top, bottom = (int(np.clip(each, 0, shape[0])) for each in (box.top, np.ceil(box.top + box.height)))
        left, right = (int(np.clip(each, 0, shape[1])) for each in (box.left, np.ceil(box.left + box.width)))
        mask[top:bottom, left:right] = True
    return mask
