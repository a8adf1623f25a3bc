"""Finds duplicate images: the same face again, or another face in the same image."""

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.datasets.face_set import LeftOut

SAME = "the image appears before"
OTHER_FACE = "its image appears before, with another face marked"
# Shares of the face's extent: two people who mark one face differ by less.
_SAME_FACE = 0.2


class DuplicateFinder:
    """Remembers each image by its content, with the landmarks of its faces."""

    def __init__(self) -> None:
        self._seen: dict[str, list[tuple[str, FloatArray]]] = {}

    def find(self, digest: str, landmarks: FloatArray, where: str) -> LeftOut | None:
        """Return why an image is a duplicate, else None; remembers it.

        Args:
            digest: of the image's content.
            landmarks: (K, 2) float32, pixels of the image; NaN = not marked.
            where: the row, for people.
        """
        earlier = self._seen.setdefault(digest, [])
        for place, known in earlier:
            if _is_same_face(known, landmarks):
                return LeftOut(f"{where} (as {place})", SAME)
        other = LeftOut(f"{where} (as {earlier[0][0]})", OTHER_FACE) if earlier else None
        earlier.append((where, landmarks))
        return other


def _is_same_face(first: FloatArray, second: FloatArray) -> bool:
    """Return whether the landmarks marked in both are close; True if they share none."""
    shared = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    if not shared.any():
        return True
    extent = float(np.ptp(first[shared], axis=0).max()) if shared.sum() > 1 else 0.0
    distance = np.linalg.norm(first[shared] - second[shared], axis=1).mean()
    return bool(distance <= max(_SAME_FACE * extent, 2.0))
