"""Converts a caller's images to frames, and frames back to images of the caller's kind."""

from pathlib import Path
from typing import Literal

import numpy as np

from masquerade.values import ByteArray

Image = str | Path | ByteArray
Colour = Literal["bgr", "rgb"]
_MAX_SIDE = 32_767


def as_pixels(image: Image, colour: Colour = "bgr") -> ByteArray:
    """Return an image as the pixels of a frame, copied.

    Args:
        image: a path, or an array (H, W), (H, W, 3) or (H, W, 4) uint8; alpha is ignored.
        colour: order of the array's channels; a file needs none.

    Returns:
        (H, W, 4) uint8, BGRA, contiguous.

    Raises:
        SourceError: the file is missing or not an image.
        TypeError: it is no array of uint8.
        ValueError: the array has another shape, or `colour` is unknown.
    """
    if isinstance(image, str | Path):
        from masquerade.pipeline.sources.photos.image_files import read_image  # noqa: PLC0415 (loads OpenCV)

        return read_image(Path(image))
    _check(image, colour)
    pixels = np.full((*image.shape[:2], 4), 255, np.uint8)
    if image.ndim == 2:
        pixels[..., :3] = image[..., np.newaxis]
    else:
        pixels[..., :3] = image[..., :3] if colour == "bgr" else image[..., 2::-1]
    return pixels


def from_pixels(pixels: ByteArray, colour: Colour = "bgr") -> ByteArray:
    """Return a frame's pixels (H, W, 4) BGRA as (H, W, 3), contiguous, in the order of `colour`."""
    return np.ascontiguousarray(pixels[..., :3] if colour == "bgr" else pixels[..., 2::-1])


def _check(image: ByteArray, colour: str) -> None:
    if colour not in ("bgr", "rgb"):
        raise ValueError(f"colour must be 'bgr' or 'rgb', got {colour!r}")
    if not isinstance(image, np.ndarray):
        raise TypeError(f"an image must be a path or a numpy array, got {type(image).__name__}")
    if image.dtype != np.uint8:
        raise TypeError(f"an image must be uint8, got {image.dtype}")
    if not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (3, 4))):
        raise ValueError(f"an image must be (H, W), (H, W, 3) or (H, W, 4), got {image.shape}")
    if 0 in image.shape or max(image.shape) > _MAX_SIDE:
        raise ValueError(f"an image must have sides of 1 to {_MAX_SIDE} pixels, got {image.shape}")
