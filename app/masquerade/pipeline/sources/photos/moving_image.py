"""Reads animated WebP, PNG and AVIF frame by frame: MovingImage."""

import logging
from pathlib import Path
from types import TracebackType
from typing import Self

from PIL import Image

from masquerade.errors import SourceError
from masquerade.pipeline.sources.photos.photo import (
    DECODER_ERRORS,
    check_image_size,
    open_image,
    read_image_file,
    report_in_one_sentence,
    to_bgra,
)
from masquerade.terminal import printable
from masquerade.values import Frame

_log = logging.getLogger(__name__)

# Browsers show a frame without a time, or with less than 11 ms, for this long.
_DEFAULT_SECONDS = 0.1
_MIN_SECONDS = 0.011


class MovingImage:
    """An animation as a source; `taken_at` is the time at which a frame begins."""

    live = False

    def __init__(self, path: Path) -> None:
        """Remember the path; the file is opened by `with`."""
        self._path = path
        self._content = b""
        self._image: Image.Image | None = None
        self._rate = 0.0
        self._count = 0
        self._index = 0
        self._seconds = 0.0
        self._closed = False

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def frames_per_second(self) -> float:
        """By the first frame's duration; 0 before the file is open."""
        return self._rate

    @property
    def frame_count(self) -> int | None:
        """None before the file is open."""
        return self._count or None

    def __enter__(self) -> Self:
        """Open the file.

        Raises:
            SourceError: it is missing, damaged, not an image, or too large.
        """
        self._content = read_image_file(self._path)
        with report_in_one_sentence(self._path, self._content):
            self._image = open_image(self._content)
            check_image_size(self._path, *self._image.size)
            self._count = getattr(self._image, "n_frames", 1)
            self._image.load()
            self._rate = 1 / self._duration()
        self._index, self._seconds = 0, 0.0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        if self._image is not None:
            self._image.close()
        self._image, self._content = None, b""

    def read(self) -> Frame | None:
        """Return the next frame.

        Raises:
            SourceError: not one frame can be read.
        """
        image = self._image
        if image is None or self._closed or self._index >= self._count:
            return None
        try:
            with report_in_one_sentence(self._path, self._content):
                image.seek(self._index)
                image.load()
                frame = Frame(to_bgra(image, self._content), self._index, self._seconds)
        except SourceError:
            if self._index == 0:
                raise
            _log.warning("%s is damaged: only its first %d frames can be read.", printable(self._path), self._index)
            self._count = self._index
            return None
        self._seconds += self._duration()
        self._index += 1
        return frame

    def close(self) -> None:
        """Make the next `read` return None; called on ANY thread."""
        self._closed = True

    def _duration(self) -> float:
        """Return how long the current frame is shown, seconds."""
        try:
            seconds = float(self._image.info.get("duration") or 0) / 1000 if self._image else 0.0
        except DECODER_ERRORS:
            seconds = 0.0
        return seconds if seconds >= _MIN_SECONDS else _DEFAULT_SECONDS
