"""Mirrors the landmarks of a face: the left eye becomes the right one."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from masquerade.values import LANDMARK_NAMES, FloatArray

_OTHER_SIDE = {"left": "right", "right": "left"}


@cache
def mirrored_order(names: tuple[str, ...]) -> NDArray[np.int64]:
    """Return, for every landmark, the index of the one that takes its place in the mirror.

    A name with neither "left" nor "right" (nose_tip) keeps its place.

    Raises:
        ValueError: a landmark of one side has no partner among `names`.
    """
    partners = ["_".join(_OTHER_SIDE.get(word, word) for word in name.split("_")) for name in names]
    lonely = [name for name, partner in zip(names, partners, strict=True) if partner not in names]
    if lonely:
        raise ValueError(f"no mirror image without the other side's landmark of {', '.join(lonely)}")
    order = np.array([names.index(partner) for partner in partners], np.int64)
    order.flags.writeable = False
    return order


def mirror_landmarks(landmarks: FloatArray, width: int, names: tuple[str, ...] = LANDMARK_NAMES) -> FloatArray:
    """Return where the landmarks lie in the mirrored image, each under its new name.

    Args:
        landmarks: (K, 2) float32, pixels; NaN = not marked.
        width: of the image, pixels.
        names: of the K landmarks.

    Raises:
        ValueError: as in `mirrored_order`.
    """
    mirrored: FloatArray = landmarks[mirrored_order(names)]
    mirrored[:, 0] = width - 1 - mirrored[:, 0]
    return mirrored
