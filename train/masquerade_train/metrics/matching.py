"""Matches predicted faces to labelled ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from masquerade.values import LANDMARK_COUNT, FloatArray
from numpy.typing import NDArray

# A find lies within this share of the labelled face's extent.
_REACH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The matches of N labelled faces.

    Attributes:
        landmarks: (N, 15, 2) float32, pixels; NaN where the face was missed.
    """

    landmarks: FloatArray

    @property
    def found(self) -> NDArray[np.bool_]:
        """(N,) whether each face was found."""
        return np.asarray(np.isfinite(self.landmarks).all(axis=(1, 2)), np.bool_)


def match(
    found: Sequence[Sequence[FloatArray]], labelled: FloatArray, images: NDArray[np.str_] | None = None
) -> Matches:
    """Match by the faces' centres, the largest face first, each prediction at most once.

    Args:
        found: for each labelled face, all (15, 2) that were found in its image.
        labelled: (N, 15, 2) float32, pixels.
        images: (N,) names; None: each face has an image of its own.
    """
    names = np.arange(len(labelled)).astype(str) if images is None else images
    landmarks = np.full((len(labelled), LANDMARK_COUNT, 2), np.nan, np.float32)
    extents = np.nanmax(np.ptp(labelled, axis=1), axis=1)
    taken: set[tuple[str, int]] = set()
    for face in np.argsort(-extents):
        middle = np.nanmean(labelled[face], axis=0)
        gaps = [
            (float(np.linalg.norm(candidate.mean(axis=0) - middle)), number)
            for number, candidate in enumerate(found[face])
            if (str(names[face]), number) not in taken
        ]
        if gaps and min(gaps)[0] < _REACH * extents[face]:
            number = min(gaps)[1]
            taken.add((str(names[face]), number))
            landmarks[face] = found[face][number]
    return Matches(landmarks)
