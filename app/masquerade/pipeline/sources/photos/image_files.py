"""Reads images, one by one or a whole folder: read_image, list_images, ImageFiles."""

import logging
import os
import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from masquerade.errors import SourceError
from masquerade.pipeline.sources.photos.kinds import IMAGE_SUFFIXES
from masquerade.terminal import printable
from masquerade.values import ByteArray, Frame

if TYPE_CHECKING:
    from masquerade.pipeline.sources.photos.photo import Photo

_logger = logging.getLogger(__name__)

SECONDS_PER_IMAGE = 3.0


class ImageFiles:
    """A slide show: one frame an image, with the image's index in `paths`.

    Played in real time (`Paced`) each image is shown for SECONDS_PER_IMAGE.
    """

    live = False
    frames_per_second = 1 / SECONDS_PER_IMAGE

    def __init__(self, paths: Sequence[Path]) -> None:
        """Show the images in this order; `list_images` returns those of a folder."""
        self._paths = tuple(paths)
        self._next = 0
        self._readable = 0
        self._closed = False
        self._reported: set[Path] = set()

    @property
    def name(self) -> str:
        """The file's name, or the folder's name and the number of images."""
        if len(self._paths) == 1:
            return self._paths[0].name
        folder = self._paths[0].resolve().parent.name if self._paths else "no folder"
        return f"{folder} ({len(self._paths)} images)"

    @property
    def frame_count(self) -> int:
        """The number of images."""
        return len(self._paths)

    def __enter__(self) -> Self:
        """Go to the first image.

        Raises:
            SourceError: there is none.
        """
        if not self._paths:
            raise SourceError("No image was given. Choose at least one.")
        self._next = self._readable = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do nothing: no file is open between two images."""

    def read(self) -> Frame | None:
        """Return the next image.

        An image that cannot be read is skipped and logged, once, however often the folder
        is played.

        Raises:
            SourceError: not one of the images could be read.
        """
        while self._next < len(self._paths) and not self._closed:
            index = self._next
            self._next += 1
            try:
                pixels = read_image(self._paths[index])
            except SourceError as error:
                if self._next == len(self._paths) and not self._readable:
                    raise
                self._report_once(self._paths[index], error)
                continue
            self._readable += 1
            return Frame(pixels, index, index * SECONDS_PER_IMAGE)
        return None

    def close(self) -> None:
        """Make the next `read` return None; called on ANY thread."""
        self._closed = True

    def _report_once(self, path: Path, error: SourceError) -> None:
        if path not in self._reported:
            self._reported.add(path)
            _logger.warning("%s", error)


def list_images(folder: Path) -> tuple[Path, ...]:
    """Return the images in `folder` in natural order: 2.png before 10.png.

    Raises:
        SourceError: the folder cannot be read or holds no image.
    """
    try:
        # A leading dot: hidden, or what macOS keeps beside a file (`._photo.jpg`).
        visible = [path for path in folder.iterdir() if not path.name.startswith(".")]
        paths = [path for path in visible if path.suffix.lower() in IMAGE_SUFFIXES and os.path.isfile(path)]
    except OSError as error:
        raise SourceError(f"The folder {printable(folder)} cannot be read: {error.strerror}.") from error
    if not paths:
        kinds = ", ".join(sorted(suffix[1:] for suffix in IMAGE_SUFFIXES))
        raise SourceError(f"There is no image in the folder {printable(folder)} ({kinds}). Choose another one.")
    return tuple(sorted(paths, key=_natural_order))


def _natural_order(path: Path) -> list[tuple[bool, int, str]]:
    """Sort digits as numbers and before letters, without regard to case."""
    parts = re.findall(r"[0-9]+|[^0-9]+", path.name.casefold())
    return [(False, int(part), "") if part[0] in "0123456789" else (True, 0, part) for part in parts]


def read_image(path: Path) -> ByteArray:
    """Read an image file as a viewer shows it; of several pages the first.

    Returns:
        (H, W, 4) uint8, BGRA, C-contiguous, alpha 255.

    Raises:
        SourceError: it is missing, empty, cut, damaged, not an image, or too large.
    """
    return read_photo_and_report(path).pixels


def read_photo_and_report(path: Path) -> "Photo":
    """Read an image file with its EXIF; log a warning where it has further pages.

    Raises:
        SourceError: as in `read_image`.
    """
    from masquerade.pipeline.sources.photos.photo import read_photo  # noqa: PLC0415 (loads Pillow)

    photo = read_photo(path)
    if photo.pages > 1:
        _logger.warning("%s has %d pages; only the first is used.", printable(path), photo.pages)
    return photo
