"""Splits photos by time: two periods are held out for testing, and photos close to them are not used."""

from dataclasses import dataclass

import numpy as np

from masquerade_train.personal.photos import FacePhoto

PARTS = 10
# Of the ten parts; one of the first and one of the second half, and neither end, where people reach for the mouse.
_KEPT_ASIDE = (2, 7)
# Share of the whole that is dropped on each side of them: faces hardly move from one frame to the next.
_GAP = 0.015


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A photo and its set.

    Attributes:
        part: 0 to 9, the tenth of the time that it was taken in.
        split: "train" or "test".
    """

    photo: FacePhoto
    part: int
    split: str


def hold_out(photos: tuple[FacePhoto, ...]) -> tuple[Placed, ...]:
    """Return the photos with their sets, without those at the borders of the held-out periods."""
    if not photos:
        return ()
    times = np.array([photo.time for photo in photos])
    places = (times - times[0]) / max(float(times[-1] - times[0]), 1e-6)
    placed = []
    for photo, place in zip(photos, places.tolist(), strict=True):
        part = min(int(place * PARTS), PARTS - 1)
        is_test = part in _KEPT_ASIDE
        borders = [border / PARTS for each in _KEPT_ASIDE for border in (each, each + 1)]
        if is_test or min(abs(place - border) for border in borders) > _GAP:
            placed.append(Placed(photo, part, "test" if is_test else "train"))
    return tuple(placed)
