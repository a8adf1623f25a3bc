"""Save images as PNG, JPEG or WebP; a file is complete or not there at all."""

import struct
import zlib
from pathlib import Path

import cv2

from masquerade.errors import RecordingError
from masquerade.studio.whole_file import written_new, written_whole
from masquerade.terminal import printable
from masquerade.values import ByteArray

IMAGE_ENDINGS = (".png", ".jpg", ".jpeg")
# Photos of the window; what `render` writes carries EXIF, which WebP keeps elsewhere.
_PHOTO_ENDINGS = (*IMAGE_ENDINGS, ".webp")
_JPEG_QUALITY = 95
_WEBP_QUALITY = 90


def save_image(path: Path, pixels: ByteArray, mirrored: bool = False) -> Path:
    """Save a photo without replacing a file: where `path` exists, `path-2` and so on is used.

    Args:
        path: ends in .png, .jpg, .jpeg or .webp.
        pixels: (H, W, 4) uint8, BGRA; alpha is not saved.
        mirrored: True swaps left and right.

    Returns:
        The path that was used.

    Raises:
        RecordingError: the ending is another one, the folder is missing or may not be written, or the disk is full.
    """
    content = _encode(path, pixels, mirrored, _PHOTO_ENDINGS)
    with written_new(path) as new:
        new.temporary.write_bytes(content)
    return new.path


def replace_image(
    path: Path, pixels: ByteArray, mirrored: bool = False, exif: bytes = b"", quality: int = _JPEG_QUALITY
) -> None:
    """Save an image under exactly this path; an existing file is replaced when the new one is complete.

    Args and Raises: as in `save_image`, without .webp.
        exif: an EXIF block that begins with "Exif"; b"" = none.
        quality: of a JPEG, 1 to 100.
    """
    _write(path, _with_exif(_encode(path, pixels, mirrored, IMAGE_ENDINGS, quality), exif))


def replace_sheet(path: Path, pixels: ByteArray, quality: int) -> None:
    """Save as `replace_image` does, also as .webp; `quality`, 1 to 100, is that of a JPEG or WebP."""
    _write(path, _encode(path, pixels, False, _PHOTO_ENDINGS, quality, webp_quality=quality))


def _encode(
    path: Path,
    pixels: ByteArray,
    mirrored: bool,
    endings: tuple[str, ...],
    quality: int = _JPEG_QUALITY,
    *,
    webp_quality: int = _WEBP_QUALITY,
) -> bytes:
    suffix = path.suffix.lower()
    if suffix not in endings:
        raise RecordingError(
            f"{printable(path)}: images are saved as PNG or JPEG. Give it a name that ends in .png or .jpg."
        )
    shown = cv2.flip(pixels, 1) if mirrored else pixels
    opaque = cv2.cvtColor(shown, cv2.COLOR_BGRA2BGR)
    qualities = {".png": [], ".webp": [cv2.IMWRITE_WEBP_QUALITY, webp_quality]}
    done, content = cv2.imencode(suffix, opaque, qualities.get(suffix, [cv2.IMWRITE_JPEG_QUALITY, quality]))
    if not done:
        raise RecordingError(
            f"{printable(path)}: {pixels.shape[1]} x {pixels.shape[0]} pixels do not fit into this format. "
            "Make the image smaller."
        )
    return content.tobytes()


def _write(path: Path, content: bytes) -> None:
    with written_whole(path) as temporary:
        temporary.write_bytes(content)


def _with_exif(content: bytes, exif: bytes) -> bytes:
    """Return the JPEG or PNG with an EXIF block; without it where it is too long for a JPEG's segment.

    Source:
        Exif 2.32, 4.7.2 (application segment 1); PNG, third edition, 11.3.4.6 (eXIf).
    """
    if not exif:
        return content
    if content.startswith(b"\xff\xd8"):
        if len(exif) + 2 > 0xFFFF:
            return content
        return content[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + content[2:]
    # Behind the first chunk, IHDR, which is 25 bytes long behind the signature of 8.
    block = b"eXIf" + exif.removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(block) - 4) + block + struct.pack(">I", zlib.crc32(block))
    return content[:33] + chunk + content[33:]
