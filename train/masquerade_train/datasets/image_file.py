"""Decodes images and identifies them by their content."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp")
# Shares of the image's sides; a face at the edge may reach over it, a slip of the mouse lies further out.
_MARGIN = 0.25
# Grey levels: an image that varies less shows nothing.
_MIN_SPREAD = 2.0
FLAT = "the image is of one colour"


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """An image, encoded and decoded.

    Attributes:
        encoded: JPEG, PNG or BMP.
        pixels: (H, W, 3) uint8, BGR.
    """

    encoded: bytes
    pixels: ByteArray

    @property
    def digest(self) -> str:
        """A checksum of the pixels."""
        return digest_of(self.pixels)


def is_flat(pixels: ByteArray) -> bool:
    """Return whether an image, (H, W, C) or (H, W) uint8, has only one colour."""
    return bool(pixels.reshape(-1, pixels.shape[2] if pixels.ndim == 3 else 1).std(axis=0).max() < _MIN_SPREAD)


def digest_of(pixels: ByteArray) -> str:
    """Return 16 hexadecimal digits that stand for the content of an image, (H, W, C) or (H, W) uint8."""
    content = hashlib.sha256(str(pixels.shape).encode())
    content.update(np.ascontiguousarray(pixels).data)
    return content.hexdigest()[:16]


def read_image(path: Path) -> Image:
    """Read and decode an image.

    Raises:
        ValueError: there is no such file, or it cannot be decoded.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read ({error.strerror})") from error
    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    except cv2.error as error:
        # An image that claims more pixels than OpenCV takes.
        raise ValueError(f"{path.name} cannot be read as an image ({error.err})") from error
    if pixels is None:
        raise ValueError(f"{path.name} cannot be read as an image")
    return Image(content, pixels.astype(np.uint8, copy=False))


def find_label_error(landmarks: FloatArray, size_wh: tuple[int, int]) -> str:
    """Return what is wrong with the `landmarks` (K, 2) marked on an image, in words; "" = nothing."""
    if np.isnan(landmarks).all():
        return "no landmark is marked"
    limit = np.array(size_wh, np.float32)
    outside = (landmarks < -_MARGIN * limit) | (landmarks > (1 + _MARGIN) * limit)
    return "a landmark lies far outside the image" if outside.any() else ""
