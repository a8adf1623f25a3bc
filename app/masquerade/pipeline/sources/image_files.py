"""Reads images, one by one or a whole folder: read_image, list_images, ImageFiles."""

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from masquerade.errors import SourceError
from masquerade.values import ByteArray, Frame

_logger = logging.getLogger(__name__)

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".webp", ".bmp", ".tif", ".tiff"})
SECONDS_PER_IMAGE = 3.0
# 400 MB as BGRA. app/masquerade/__init__.py tells OpenCV the same, so that it does not even begin.
MAX_MEGAPIXELS = 100

# What such a file begins with, and what stands in it only at its end.
_ENDS = {b"\x89PNG\r\n\x1a\n": b"IEND", b"\xff\xd8\xff": b"\xff\xd9"}
_ADVICE = "Open it in an image viewer and save it as PNG or JPEG."


class ImageFiles:
    """Pictures, one a frame; `index` is the image's place in `paths`.

    At its own pace (`Paced`) each stands for SECONDS_PER_IMAGE.
    """

    live = False
    frames_per_second = 1 / SECONDS_PER_IMAGE

    def __init__(self, paths: Sequence[Path]) -> None:
        """Take the images in the order given; `list_images` gives those of a folder."""
        self._paths = tuple(paths)
        self._next = 0
        self._readable = 0
        self._closed = False
        self._told: set[Path] = set()

    @property
    def name(self) -> str:
        """The file's name, or the folder's with the number of images."""
        if len(self._paths) == 1:
            return self._paths[0].name
        folder = self._paths[0].resolve().parent.name if self._paths else "no folder"
        return f"{folder} ({len(self._paths)} images)"

    @property
    def frame_count(self) -> int:
        """How many images there are."""
        return len(self._paths)

    def __enter__(self) -> Self:
        """Start with the first image; raises SourceError where there is none."""
        if not self._paths:
            raise SourceError("There is no image to read. Choose at least one.")
        self._next = self._readable = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do nothing: no file stays open between two images."""

    def read(self) -> Frame | None:
        """Return the next image.

        One that cannot be read is logged and left out, so that it does not cost the rest
        of a folder; once, however often the folder is played.

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
                self._tell(self._paths[index], error)
                continue
            self._readable += 1
            return Frame(pixels, index, index * SECONDS_PER_IMAGE)
        return None

    def close(self) -> None:
        """Make the next `read` give None; called on ANY thread."""
        self._closed = True

    def _tell(self, path: Path, error: SourceError) -> None:
        if path not in self._told:
            self._told.add(path)
            _logger.warning("%s", error)


def list_images(folder: Path) -> tuple[Path, ...]:
    """Return the images in `folder` as a person would sort them: 2.png before 10.png.

    Raises:
        SourceError: the folder cannot be read or holds no image.
    """
    try:
        paths = [path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file()]
    except OSError as error:
        raise SourceError(f"The folder {folder} cannot be read: {error.strerror}.") from error
    if not paths:
        kinds = ", ".join(sorted(suffix[1:] for suffix in IMAGE_SUFFIXES))
        raise SourceError(f"There is no image in the folder {folder} ({kinds}). Choose another one.")
    return tuple(sorted(paths, key=_natural_order))


def _natural_order(path: Path) -> list[tuple[bool, int, str]]:
    """Digits count as a number and come before letters, whose case does not matter."""
    parts = re.findall(r"[0-9]+|[^0-9]+", path.name.casefold())
    return [(False, int(part), "") if part[0] in "0123456789" else (True, 0, part) for part in parts]


def read_image(path: Path) -> ByteArray:
    """Read an image file, turned upright as its EXIF says.

    Grey becomes colour, 16 bits become 8, and what is transparent becomes white, as on paper.

    Returns:
        (H, W, 4) uint8, BGRA, C-contiguous, alpha 255.

    Raises:
        SourceError: it is missing, empty, cut, no image, or larger than MAX_MEGAPIXELS.
    """
    try:
        packed = np.fromfile(path, np.uint8)
    except OSError as error:
        raise SourceError(
            f"The image {path} cannot be opened: {error.strerror}. Check its name, or choose another."
        ) from error
    if not packed.size:
        raise SourceError(f"The image {path} is empty (0 bytes). Choose another one.")
    if _is_cut(packed):
        raise SourceError(f"The image {path} is cut: its end is missing. Copy or load it once more.")
    try:
        decoded = _decode(packed)
    except cv2.error as error:
        raise SourceError(
            f"The image {path} cannot be read: it is damaged, or has more than {MAX_MEGAPIXELS} megapixels. "
            "Make it smaller and try again."
        ) from error
    if decoded is None:
        raise SourceError(f"{path} is no image that Masquerade can read. {_ADVICE}")
    height, width = decoded.shape[:2]
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise SourceError(f"The image {path} is too large ({width} x {height} pixels). Make it smaller and try again.")
    return _to_opaque(_to_eight_bits(decoded))


def _is_cut(packed: ByteArray) -> bool:
    """Return a PNG or JPEG without its end, which OpenCV does not decode, or only with words of its own on stderr."""
    content = packed.tobytes()
    return any(content.startswith(start) and end not in content for start, end in _ENDS.items())


def _decode(packed: ByteArray) -> NDArray[np.generic] | None:
    """Return the file's bytes -> (H, W) or (H, W, C), upright; None = no image."""
    is_jpeg = packed[:2].tobytes() == b"\xff\xd8"
    if not is_jpeg:
        whole = cv2.imdecode(packed, cv2.IMREAD_UNCHANGED)
        # OpenCV turns the image upright only where it drops alpha, so alpha goes before EXIF.
        if whole is None or (whole.ndim == 3 and whole.shape[2] == 4):
            return whole
    return cv2.imdecode(packed, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)


def _to_eight_bits(image: NDArray[np.generic]) -> ByteArray:
    """Scale 16 bits by their range, and floating point as 0 to 1."""
    if image.dtype == np.uint8:
        return cast(ByteArray, image)
    scale = (
        255 / np.iinfo(cast(np.dtype[np.uint16], image.dtype)).max if np.issubdtype(image.dtype, np.integer) else 255.0
    )
    return cast(ByteArray, np.clip(np.nan_to_num(image.astype(np.float32)) * scale + 0.5, 0, 255).astype(np.uint8))


def _to_opaque(image: ByteArray) -> ByteArray:
    """Return (H, W), (H, W, 3) or (H, W, 4) -> (H, W, 4) on white paper."""
    if image.ndim == 2:
        return cast(ByteArray, cv2.cvtColor(image, cv2.COLOR_GRAY2BGRA))
    if image.shape[2] == 3:
        return cast(ByteArray, cv2.cvtColor(image, cv2.COLOR_BGR2BGRA))
    return lay_on_white(image)


def lay_on_white(pixels: ByteArray) -> ByteArray:
    """Return (H, W, 4) BGRA with alpha 255, the transparent parts of `pixels` (H, W, 4) white."""
    alpha = pixels[:, :, 3:]
    if int(alpha.min()) == 255:
        return np.ascontiguousarray(pixels)
    mixed = (pixels.astype(np.uint16) * alpha + (255 - alpha.astype(np.uint16)) * 255 + 127) // 255
    mixed[:, :, 3] = 255
    return mixed.astype(np.uint8)
