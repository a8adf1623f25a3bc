"""Repeats the image of another source within one frame, to measure several faces: Crowd."""

from dataclasses import replace
from math import ceil, sqrt
from types import TracebackType
from typing import Self, cast

import cv2
import numpy as np

from masquerade.pipeline.sources.source import Source
from masquerade.values import ByteArray, Frame


class Crowd:
    """A source made of one other, for measuring what a further face costs.

    The grid depends on `places` alone: with fewer `shown` the other places stay black and
    the faces keep their size, so that two runs differ by nothing but the number of faces.
    """

    def __init__(self, source: Source, places: int, shown: int) -> None:
        """Wrap `source`, which is opened and closed with this one; 1 <= shown <= places."""
        if not 1 <= shown <= places:
            raise ValueError(f"wanted 1 <= shown <= places, got shown = {shown} and places = {places}")
        self._source = source
        self._columns = ceil(sqrt(places))
        self._rows = ceil(places / self._columns)
        self._shown = shown

    @property
    def name(self) -> str:
        """The name of the wrapped source."""
        return self._source.name

    @property
    def live(self) -> bool:
        """As the wrapped source."""
        return self._source.live

    @property
    def frames_per_second(self) -> float:
        """As the wrapped source."""
        return self._source.frames_per_second

    @property
    def frame_count(self) -> int | None:
        """As the wrapped source."""
        return self._source.frame_count

    def __enter__(self) -> Self:
        """Open the wrapped source; raises its SourceError."""
        self._source.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the wrapped source."""
        self._source.__exit__(kind, error, trace)

    def read(self) -> Frame | None:
        """Return the next frame, as large as the wrapped source's; None at the end."""
        frame = self._source.read()
        if frame is None:
            return None
        width, height = frame.size_wh
        tile_wh = (width // self._columns, height // self._rows)
        tile = _cover(frame.pixels, tile_wh)
        pixels = np.zeros_like(frame.pixels)
        pixels[..., 3] = 255
        for number in range(self._shown):
            left, top = number % self._columns * tile_wh[0], number // self._columns * tile_wh[1]
            pixels[top : top + tile_wh[1], left : left + tile_wh[0]] = tile
        return replace(frame, pixels=pixels)

    def close(self) -> None:
        """Wake the wrapped source; called on ANY thread."""
        self._source.close()


def _cover(pixels: ByteArray, size_wh: tuple[int, int]) -> ByteArray:
    """Scale the middle of `pixels` so that it fills `size_wh`."""
    height, width = pixels.shape[:2]
    scale = max(size_wh[0] / width, size_wh[1] / height)
    part_width, part_height = round(size_wh[0] / scale), round(size_wh[1] / scale)
    left, top = (width - part_width) // 2, (height - part_height) // 2
    part = pixels[top : top + part_height, left : left + part_width]
    return cast(ByteArray, cv2.resize(part, size_wh, interpolation=cv2.INTER_AREA))
