"""Choose a place for an overlay that leaves the faces free."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF


def free_place(places: Sequence[QRectF], faces: Sequence[QRectF], current: int = 0) -> int | None:
    """Return the place to use; an overlay stays where it is as long as no face comes there.

    Args:
        places: where the overlay may stand, the best first.
        faces: what it must not cover.
        current: index of the place where it stands now.

    Returns:
        An index of `places`; None where a face is in each of them.
    """
    order = sorted(range(len(places)), key=lambda index: index != current)
    return next((index for index in order if not any(face.intersects(places[index]) for face in faces)), None)
