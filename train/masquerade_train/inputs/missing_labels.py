"""Handles missing labels: drops their rows, fills them in, or leaves them to the masked loss."""

import numpy as np
from masquerade.values import FloatArray
from numpy.typing import NDArray

from masquerade_train.recipes.recipe import Missing

# scikit-learn's own number, which the paper's KNN imputation leaves as it is.
NEIGHBOURS = 5


def usable_rows(landmarks: FloatArray, missing: Missing) -> NDArray[np.bool_]:
    """Return (N,) True where a row of `landmarks` (N, K, 2) is used under the treatment `missing`.

    Dropping takes rows with every landmark marked, the others rows with any.
    """
    marked = np.asarray(np.isfinite(landmarks).all(axis=2))
    return np.asarray(marked.all(axis=1) if missing is Missing.DROP else marked.any(axis=1), np.bool_)


def fill(landmarks: FloatArray, missing: Missing, taught: FloatArray) -> FloatArray:
    """Return `landmarks` with missing ones filled in, if the treatment `missing` does so.

    A landmark stays NaN under DROP and MASK, and where nothing is known to guess it from.

    Args:
        landmarks: (N, K, 2) float32, pixels, in the order of the file; NaN = not marked.
        missing: the treatment of landmarks that are not marked.
        taught: (M, K, 2) float32, the training labels that the nearest are sought among.
    """
    if missing is Missing.FORWARD_FILL:
        return forward_fill(landmarks)
    if missing is Missing.NEAREST:
        return fill_from_nearest(landmarks, taught)
    return landmarks


def forward_fill(landmarks: FloatArray) -> FloatArray:
    """Return `landmarks` (N, K, 2) with each missing coordinate taken from the last row before that has it.

    That row is another face: the treatment is here because a paper measured it, not
    because it is sound.
    """
    known = np.isfinite(landmarks)
    rows = np.arange(len(landmarks))[:, None, None]
    last = np.maximum.accumulate(np.where(known, rows, -1), axis=0)
    filled = np.take_along_axis(landmarks, np.maximum(last, 0), axis=0)
    return np.where(last >= 0, filled, np.float32(np.nan))


def fill_from_nearest(landmarks: FloatArray, taught: FloatArray) -> FloatArray:
    """Return `landmarks` (N, K, 2) with each missing coordinate the mean of the five most alike rows of `taught`.

    Alike in the coordinates that both rows have. A coordinate that no row of `taught`
    (M, K, 2) has stays NaN.
    """
    from sklearn.impute import KNNImputer  # noqa: PLC0415 (a second that only this treatment should cost)

    flat, lessons = landmarks.reshape(len(landmarks), -1), taught.reshape(len(taught), -1)
    known = np.isfinite(lessons).any(axis=0)
    filled = flat.copy()
    filled[:, known] = KNNImputer(n_neighbors=NEIGHBOURS).fit(lessons[:, known]).transform(flat[:, known])
    return filled.reshape(landmarks.shape).astype(np.float32)
