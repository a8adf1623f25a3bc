"""Makes the film for a soak, in which faces come, leave and double: write_film."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from masquerade.benchmark.crowd import Crowd
from masquerade.pipeline.sources.demo import Demo
from masquerade.pipeline.sources.source import Source
from masquerade.studio.recording.encoders import LIVE
from masquerade.studio.recording.video_writer import VideoWriter
from masquerade.values import ByteArray

_SIZE_WH = (640, 360)
# Twice a camera's, so that a soak takes half of the time.
_FRAMES_PER_SECOND = 60


def write_film(path: Path, seconds: float) -> None:
    """Write a video in which a face moves, leaves the image, and comes back as two.

    Args:
        path: of an MP4; overwritten.
        seconds: its length; each of the four parts takes a quarter.

    Raises:
        SourceError: the bundled portrait is missing.
        RecordingError: the file cannot be written.
    """
    count = round(seconds * _FRAMES_PER_SECOND / 4)
    parts = ((_one, _as_it_is), (_one, _sliding_out), (_one, _empty), (_two, _as_it_is))
    with VideoWriter(path, _SIZE_WH, LIVE) as writer:
        index = 0
        for build, change in parts:
            for number, pixels in enumerate(_images(build(), count)):
                writer.write(change(pixels, number / count), index / _FRAMES_PER_SECOND)
                index += 1


def _one() -> Source:
    return Demo(_SIZE_WH)


def _two() -> Source:
    return Crowd(Demo(_SIZE_WH), places=2, shown=2)


def _images(source: Source, count: int) -> Iterator[ByteArray]:
    with source:
        for _ in range(count):
            frame = source.read()
            if frame is not None:
                yield frame.pixels


Change = Callable[[ByteArray, float], ByteArray]


def _as_it_is(pixels: ByteArray, share: float) -> ByteArray:
    return pixels


def _sliding_out(pixels: ByteArray, share: float) -> ByteArray:
    matrix = np.array([[1, 0, share * _SIZE_WH[0]], [0, 1, 0]], np.float32)
    return cast(ByteArray, cv2.warpAffine(pixels, matrix, _SIZE_WH, borderMode=cv2.BORDER_REPLICATE))


def _empty(pixels: ByteArray, share: float) -> ByteArray:
    """Return the image blurred to its soft colours."""
    return cast(ByteArray, cv2.resize(cv2.resize(pixels, (4, 3), interpolation=cv2.INTER_AREA), _SIZE_WH))
