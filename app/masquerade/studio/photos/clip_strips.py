"""Render strips of frames of a clip, one filter a row, as they follow each other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import cast

import cv2
import numpy as np

from masquerade.errors import SourceError
from masquerade.filters.format.manifest import Filter
from masquerade.studio.photos.filter_sheet import beside, titled
from masquerade.values import ByteArray, Frame

# Worn filters see as much of a clip as this.
MAX_FRAMES = 300

# Takes a frame and returns its painted pixels.
PaintFrame = Callable[[Frame], ByteArray]


def render_strips(
    filters: Sequence[Filter],
    read_clip: Callable[[], Iterable[Frame]],
    build_painter: Callable[[Filter], PaintFrame],
    *,
    count: int,
    height: int,
    painted: Callable[[], None],
) -> ByteArray:
    """Return the strips, (H, W, 4) uint8 BGRA.

    Args:
        filters: in this order, row after row.
        read_clip: reads the clip from its beginning, of which at most MAX_FRAMES frames count.
        build_painter: makes what paints a filter on the frames of one stream.
        count: of frames in a strip, evenly over the clip.
        height: pixels of a frame in a strip.
        painted: called after each filter.

    Raises:
        SourceError: there is no frame in the clip.
    """
    length = sum(1 for _ in _limited(read_clip()))
    if length == 0:
        raise SourceError("The clip contains no frames. Choose another video.")
    chosen = {round(place) for place in np.linspace(0, length - 1, min(count, length))}
    rows = []
    for each in filters:
        paint = build_painter(each)
        strip = []
        for index, frame in enumerate(_limited(read_clip())):
            pixels = paint(replace(frame, pixels=frame.pixels.copy()))
            if index in chosen:
                strip.append(_at_height(pixels, height))
        rows.append(titled([beside(strip)], each.manifest.name))
        painted()
    return np.concatenate(rows)


def _limited(frames: Iterable[Frame]) -> Iterable[Frame]:
    return (frame for _, frame in zip(range(MAX_FRAMES), frames, strict=False))


def _at_height(pixels: ByteArray, height: int) -> ByteArray:
    width = max(round(pixels.shape[1] * height / pixels.shape[0]), 1)
    return cast(ByteArray, cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA))
