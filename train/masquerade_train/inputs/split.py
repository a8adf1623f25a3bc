"""Lists the images of a recipe, or their copies, and splits them into the three sets."""

from dataclasses import dataclass

import numpy as np
from masquerade.values import FloatArray
from numpy.typing import NDArray

from masquerade_train.inputs.copies import Copy, copy_landmarks
from masquerade_train.inputs.division import Division, divide
from masquerade_train.inputs.missing_labels import fill, usable_rows
from masquerade_train.recipes.recipe import FullImages, SplitBy


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Images to draw from, each with the way it is copied.

    Attributes:
        rows: (M,) int64, number of the image.
        copies: (M,) int64, number in the list of `list_copies`; 0 = the image itself.
        landmarks: (M, K, 2) float32, pixels of the copy; NaN = not marked.
    """

    rows: NDArray[np.int64]
    copies: NDArray[np.int64]
    landmarks: FloatArray

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Items":
        """Return the items that `chosen`, a mask or an order, selects."""
        return Items(self.rows[chosen], self.copies[chosen], self.landmarks[chosen])


def list_items(
    landmarks: FloatArray, taught: FloatArray, copies: tuple[Copy, ...], images: FullImages, side: int
) -> Items:
    """Return every copy of every image that takes part.

    Labels are filled in before the copies are made. Where incomplete rows are dropped, so
    are copies that a landmark has left.

    Args:
        landmarks: (N, K, 2) float32, pixels of the stored images; NaN = not marked.
        taught: (M, K, 2) float32, see `fill`.
        copies: what every image becomes, see `list_copies`.
        images: the recipe's landmarks and its treatment of missing labels.
        side: pixels of the stored images.
    """
    # Nothing can be filled in from nothing.
    filled = fill(landmarks, images.missing, taught) if len(landmarks) else landmarks
    items = Items(
        rows=np.tile(np.arange(len(landmarks)), len(copies)),
        copies=np.repeat(np.arange(len(copies)), len(landmarks)),
        landmarks=np.concatenate([copy_landmarks(copy, filled, side, images.points) for copy in copies]),
    )
    return items.take(usable_rows(items.landmarks, images.missing))


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """The items that train, that validate while it trains, and that test at the end."""

    training: Items
    validation: Items
    test: Items


def divide_items(
    landmarks: FloatArray,
    division: Division,
    *,
    copies: tuple[Copy, ...],
    images: FullImages,
    side: int,
    seed: int,
) -> Sets:
    """Return the three sets; only the training set has copies, but where copies are what is divided.

    Args:
        landmarks: (N, K, 2) float32, pixels of the stored images; NaN = not marked.
        division: of the N images; of a split by copy all of them train.
        copies: what every image becomes, see `list_copies`.
        images: the recipe's landmarks, split and treatment of missing labels.
        side: pixels of the stored images.
        seed: of a split by copy.
    """
    taught = landmarks[division.training]

    def listed(mask: NDArray[np.bool_], ways: tuple[Copy, ...]) -> Items:
        items = list_items(landmarks[mask], taught, ways, images, side)
        return Items(np.flatnonzero(mask)[items.rows], items.copies, items.landmarks)

    training = listed(division.training, copies)
    if images.split.by is SplitBy.COPY:
        parts = divide(np.arange(len(training)), seed, images.split)
        return Sets(*(training.take(mask) for mask in (parts.training, parts.validation, parts.test)))
    plain = copies[:1]
    return Sets(training, listed(division.validation, plain), listed(division.test, plain))
