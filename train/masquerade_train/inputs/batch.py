"""A training batch: images and the targets of the losses."""

from dataclasses import dataclass
from typing import Protocol, cast

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The input of one training step.

    Attributes:
        pixels: (B, S, S, C) uint8; C = 3 is RGB, C = 1 grey.
        targets: (B, 3K + 1) float32: x, y of K landmarks in [-1, 1] across the image, the
            weight of each landmark (0 = not marked), and 1 for a face or 0.
    """

    pixels: ByteArray
    targets: FloatArray


class Maker(Protocol):
    """Makes the batches of a recipe from a data file."""

    @property
    def steps(self) -> int:
        """How many batches are one epoch, 1 or more."""

    def make(self, epoch: int, number: int) -> Batch:
        """Return batch `number` (below `steps`) of `epoch`; the same one at every call."""

    def validation_batches(self) -> tuple[Batch, ...]:
        """Return the validation set, not augmented; the last batch may be smaller. Empty where the recipe has none."""

    def test_batches(self) -> tuple[Batch, ...]:
        """Return the recipe's own test set; empty where its split has none."""


def target_rows(landmarks: FloatArray, side: int, weights: FloatArray, faces: NDArray[np.bool_]) -> FloatArray:
    """Return the targets (B, 3K + 1) of a batch; see there.

    Args:
        landmarks: (B, K, 2) float32, pixels of the image; NaN = not marked.
        side: pixels of the square image.
        weights: (B, 1) or (B, K) float32, how far each image's labels are to be trusted.
        faces: (B,) True where the image shows a face.
    """
    marked = np.asarray(np.isfinite(landmarks).all(axis=2), np.bool_)
    # 0 and no NaN where nothing is marked: NaN times the weight 0 is NaN.
    places = np.where(marked[..., None], (landmarks + 0.5) * 2 / side - 1, 0)
    return np.concatenate(
        [places.reshape(len(landmarks), -1), weights * marked, faces[:, None]], axis=1, dtype=np.float32
    )


def to_grey(pixels: ByteArray) -> ByteArray:
    """Turn RGB (..., H, W, 3) into grey (..., H, W, 1), weighted as the app does it; grey stays as it was."""
    rows = pixels.reshape(-1, pixels.shape[-2], 3)
    return cast(ByteArray, cv2.cvtColor(rows, cv2.COLOR_RGB2GRAY)).reshape(*pixels.shape[:-1], 1)
