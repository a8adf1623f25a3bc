"""Parts the images of a recipe, or their copies, into what trains, what checks and what is held out."""

from dataclasses import dataclass

import numpy as np
from masquerade.values import FloatArray
from numpy.typing import NDArray

from masquerade_train.inputs.copies import Copy, copy_points
from masquerade_train.inputs.missing_labels import fill, usable_rows
from masquerade_train.recipes.recipe import Pictures

_LEAK_SHARES = (0.1, 0.1)


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Pictures to draw from: each one an image and how it is copied.

    Attributes:
        rows: (M,) int64, number of the image.
        copies: (M,) int64, number in what `list_copies` tells; 0 = the image itself.
        points: (M, K, 2) float32, pixels of the copy; NaN = not marked.
    """

    rows: NDArray[np.int64]
    copies: NDArray[np.int64]
    points: FloatArray

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Items":
        """Return the items that `chosen`, a mask or an order, picks."""
        return Items(self.rows[chosen], self.copies[chosen], self.points[chosen])


def list_items(points: FloatArray, taught: FloatArray, copies: tuple[Copy, ...], images: Pictures, side: int) -> Items:
    """Return every copy of every image that takes part.

    Labels are guessed before the copies are made. Where incomplete rows are dropped, so
    are copies that a point has left.

    Args:
        points: (N, K, 2) float32, pixels of the stored images; NaN = not marked.
        taught: (M, K, 2) float32, see `fill`.
        side: pixels of the stored images.
    """
    filled = fill(points, images.missing, taught)
    items = Items(
        rows=np.tile(np.arange(len(points)), len(copies)),
        copies=np.repeat(np.arange(len(copies)), len(points)),
        points=np.concatenate([copy_points(copy, filled, side, images.points) for copy in copies]),
    )
    return items.take(usable_rows(items.points, images.missing))


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What trains, what checks while it trains, and what is measured at the end."""

    train: Items
    check: Items
    held: Items


def split_leaking(items: Items, seed: int) -> Split:
    """Part copies, not persons: 80 % train, 10 % check, 10 % are held out.

    Copies of one face fall on both sides, so the error on what is held out flatters. It
    is here to measure by how much: one of the papers split so.
    """
    order = np.random.default_rng(seed).permutation(len(items))
    check, held = (max(round(share * len(items)), 1) for share in _LEAK_SHARES)
    parts = np.split(order, [check, check + held])
    return Split(train=items.take(parts[2]), check=items.take(parts[0]), held=items.take(parts[1]))
