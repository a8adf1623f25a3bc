"""Decodes photos of every kind into upright sRGB pixels, in strips, so that a large one needs little memory."""

import io
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError

from masquerade.errors import SourceError
from masquerade.pipeline.sources.colour import ColourEncoding, to_srgb
from masquerade.pipeline.sources.media import check_regular_file
from masquerade.pipeline.sources.opaque import lay_on_white
from masquerade.pipeline.sources.orientation import Orientation
from masquerade.pipeline.sources.photos.cut_files import is_cut
from masquerade.pipeline.sources.photos.tiff import decode_tiff
from masquerade.pipeline.sources.suffixes import RAW_SUFFIXES
from masquerade.terminal import printable
from masquerade.values import ByteArray, FloatArray

# 400 MB as BGRA.
MAX_MEGAPIXELS = 100
# OpenCV warps nothing that is longer.
MAX_SIDE = 32_767
_MAX_FILE_BYTES = 2_000_000_000

# Formats that hold an image themselves; Pillow would start Ghostscript for others.
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "DIB", "TIFF", "GIF", "AVIF", "PPM", "JPEG2000")
_MOVING_FORMATS = frozenset({"GIF", "PNG", "WEBP", "AVIF"})
# An MPO's further images are previews and depth maps of the same photo.
_PAGED_FORMATS = frozenset({"TIFF", "HEIF"})
_ORIENTATION_TAG = 0x0112
_STRIP_PIXELS = 1_000_000

# Whatever a damaged file makes Pillow or a decoder below it raise.
DECODER_ERRORS = (
    *(OSError, SyntaxError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RuntimeError),
    *(EOFError, MemoryError, struct.error, zlib.error, ImageCms.PyCMSError, Image.DecompressionBombError),
)

# Sizes are checked here, before anything is decoded; what Pillow warns of is reported in our own words.
Image.MAX_IMAGE_PIXELS = None
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded photo.

    Attributes:
        pixels: (H, W, 4) uint8, BGRA, C-contiguous, alpha 255.
        pages: images in the file; only the first was decoded.
        exif: its EXIF block as Pillow writes it; empty where it has none.
    """

    pixels: ByteArray
    pages: int
    exif: bytes


def read_photo(path: Path) -> Photo:
    """Decode the first image of a file as a viewer shows it.

    Turned upright, colours converted to sRGB, 16 bits reduced to 8, HDR tone-mapped, and
    what is transparent becomes white, as on paper.

    Raises:
        SourceError: it is missing, empty, cut, damaged, not an image, or too large.
    """
    content = read_image_file(path)
    with report_in_one_sentence(path, content):
        try:
            image = open_image(content)
        except UnidentifiedImageError:
            pixels = decode_tiff(content)
            if pixels is None:
                raise
            check_image_size(path, pixels.shape[1], pixels.shape[0])
            return Photo(pixels, 1, b"")
        check_image_size(path, *image.size)
        image.load()
        if is_cut(content):
            raise OSError("truncated")
        pages = getattr(image, "n_frames", 1) if image.format in _PAGED_FORMATS else 1
        orientation, exif = _read_exif(image)
        return Photo(orientation.apply(to_bgra(image, content)), pages, exif)


def _read_exif(image: Image.Image) -> tuple[Orientation, bytes]:
    """Return how the image is turned, and its EXIF block; an unreadable block turns nothing, as in viewers."""
    try:
        exif = image.getexif()
        # The block is written as a plain TIFF, which has no 64-bit offsets.
        exif.bigtiff = False
        number = exif.get(_ORIENTATION_TAG, 1)
        orientation = Orientation.from_exif(number if isinstance(number, int) else 1)
        return orientation, exif.tobytes() if exif else b""
    except DECODER_ERRORS:
        return Orientation(), b""


def open_image(content: bytes) -> Image.Image:
    """Read the header of an image file.

    Raises:
        UnidentifiedImageError: it is of no kind that can be read.
    """
    if content[4:8] == b"ftyp" and content[8:12] not in (b"avif", b"avis"):
        import pi_heif  # noqa: PLC0415 (seldom needed, 15 ms)

        pi_heif.register_heif_opener()
        return Image.open(io.BytesIO(content), formats=("HEIF",))
    return Image.open(io.BytesIO(content), formats=_FORMATS)


def is_moving(path: Path) -> bool | None:
    """Return whether an image file holds an animation; None where it is not an image that can be read."""
    try:
        check_regular_file(path, "image")
        with report_in_one_sentence(path, b""):
            image = open_image(read_image_file(path))
            return image.format in _MOVING_FORMATS and bool(getattr(image, "is_animated", False))
    except SourceError:
        return None


def check_image_size(path: Path, width: int, height: int) -> None:
    """Raise a SourceError where an image is too large to be decoded."""
    if width * height > MAX_MEGAPIXELS * 1_000_000 or max(width, height) > MAX_SIDE:
        raise SourceError(
            f"The image {printable(path)} is too large ({width} x {height} pixels). "
            f"Make it smaller than {MAX_MEGAPIXELS} megapixels and {MAX_SIDE} pixels a side."
        )


def to_bgra(image: Image.Image, content: bytes) -> ByteArray:
    """Convert a decoded image strip by strip to (H, W, 4) BGRA, sRGB, opaque; not turned.

    Args:
        image: loaded.
        content: its file, for what Pillow does not report.
    """
    convert = _converter(image, content)
    width, height = image.size
    pixels = np.empty((height, width, 4), np.uint8)
    rows = max(_STRIP_PIXELS // width, 1)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        pixels[top:bottom] = lay_on_white(convert(image.crop((0, top, width, bottom))))
    return pixels


def read_image_file(path: Path) -> bytes:
    """Return the content of an image file.

    Raises:
        SourceError: it is missing, no file, empty, a raw file, or larger than 2 GB.
    """
    check_regular_file(path, "image")
    if path.suffix.lower() in RAW_SUFFIXES:
        raise SourceError(f"{printable(path)} is a camera's raw file. Develop it in a photo program and save a JPEG.")
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise SourceError(f"{printable(path)} is larger than 2 GB. Make it smaller and try again.")
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"The image {printable(path)} cannot be opened: {error.strerror}. Check its name, or choose another one."
        ) from error


@contextmanager
def report_in_one_sentence(path: Path, content: bytes) -> Iterator[None]:
    """Convert any exception of a decoder to a SourceError that says what is wrong with the file."""
    try:
        yield
    except DECODER_ERRORS as error:
        if is_cut(content) or "truncated" in str(error).lower():
            sentence = f"The image {printable(path)} is cut: its end is missing. Copy or download it again."
        elif isinstance(error, UnidentifiedImageError):
            sentence = (
                f"{printable(path)} is not an image that Masquerade can read. "
                "If an image viewer shows it, save it from there as PNG or JPEG."
            )
        elif isinstance(error, MemoryError):
            sentence = f"The image {printable(path)} needs more memory than there is. Make it smaller and try again."
        else:
            sentence = f"The image {printable(path)} is damaged and cannot be read. Copy or download it again."
        raise SourceError(sentence) from error


def _converter(image: Image.Image, content: bytes) -> Callable[[Image.Image], ByteArray]:
    """Return a function that converts a strip of this image to (H, W, 4) BGRA in sRGB, with its alpha."""
    if image.mode.startswith("I;16"):
        return lambda strip: _grey_to_bgra(np.asarray(strip).astype(np.uint16) >> 8)
    if image.mode == "I":
        return lambda strip: _grey_to_bgra(np.clip(np.asarray(strip), 0, 65_535) >> 8)
    if image.mode == "F":
        return lambda strip: _grey_to_bgra(np.clip(np.nan_to_num(np.asarray(strip)) * 255 + 0.5, 0, 255))
    encoding = _coded_as(content) if image.format in ("HEIF", "AVIF") else None
    profile = image.info.get("icc_profile")
    if profile and not (encoding and encoding.is_hdr):
        transform = _icc_transform(image, profile)
        if transform is not None:
            return transform
    if encoding is not None and encoding.needs_conversion:
        return lambda strip: _decode_colours(_packed(strip), encoding)
    return _packed


def _packed(strip: Image.Image) -> ByteArray:
    """(H, W, 4) BGRA of any mode of Pillow's."""
    packed = strip.convert("RGBA").tobytes("raw", "BGRA")
    return np.frombuffer(packed, np.uint8).reshape(strip.height, strip.width, 4)


def _grey_to_bgra(grey: np.ndarray) -> ByteArray:
    pixels = np.full((*grey.shape, 4), 255, np.uint8)
    pixels[..., :3] = grey[..., None]
    return pixels


def _icc_transform(image: Image.Image, profile: bytes) -> Callable[[Image.Image], ByteArray] | None:
    """Return the conversion from an ICC profile to sRGB; None if none is needed or the profile is broken."""
    mode = image.mode if image.mode in ("L", "RGB", "RGBA", "CMYK", "LAB") else "RGBA"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGBA" if mode == "RGBA" else "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        if _changes_nothing(transform, mode):
            return None
    except DECODER_ERRORS:
        # Viewers show the numbers as they are, too, where a profile is broken or of another kind of image.
        return None

    def convert(strip: Image.Image) -> ByteArray:
        shown = ImageCms.applyTransform(strip if strip.mode == mode else strip.convert(mode), transform)
        return _packed(shown) if shown is not None else _packed(strip)

    return convert


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Return whether an image with an sRGB profile needs no conversion."""
    if mode not in ("RGB", "RGBA"):
        return False
    levels = np.linspace(0, 255, 6).astype(np.uint8)
    sample = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(36, 6, 3)
    before = Image.fromarray(sample).convert(mode)
    after = ImageCms.applyTransform(before, transform)
    return after is not None and int(np.abs(np.asarray(after).astype(int) - np.asarray(before)).max()) <= 2


def _coded_as(content: bytes) -> ColourEncoding | None:
    """Return what the `colr` box of a HEIF or AVIF file says.

    Source:
        ISO/IEC 14496-12, 12.1.5: 'nclx', then 16 bits each for primaries and transfer.
    """
    place = content.find(b"colrnclx", 0, 65_536)
    if place < 0 or len(content) < place + 12:
        return None
    return ColourEncoding(*struct.unpack(">HH", content[place + 8 : place + 12]))


def _decode_colours(pixels: ByteArray, encoding: ColourEncoding) -> ByteArray:
    rgb = to_srgb(cast(FloatArray, pixels[..., 2::-1].astype(np.float32) / np.float32(255)), encoding)
    shown = pixels.copy()
    shown[..., :3] = (rgb[..., ::-1] * 255 + 0.5).astype(np.uint8)
    return shown
