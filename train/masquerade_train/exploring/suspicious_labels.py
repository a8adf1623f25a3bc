"""Finds suspicious labels: landmarks far from where the rest of the face suggests."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from masquerade.geometry.similarity import Similarity, transform_points
from masquerade.values import FloatArray

from masquerade_train.exploring.alignment import Alignment
from masquerade_train.exploring.shape_model import ShapeModel, usual_doubts

# Times what is usual for the landmark; on faces whose labels are right one in a hundred reaches it.
DOUBTFUL = 4.0
# Shares of the face's extent: nearer is a matter of taste.
_FAR = 0.07


@dataclass(frozen=True, slots=True, eq=False)
class StrayLandmark:
    """A landmark that may be wrong.

    Attributes:
        index: among the names of the data.
        expected: (2,) float32, pixels of the image, where the face's other landmarks expect it.
        distance: from there, as a share of the face's extent.
    """

    index: int
    expected: FloatArray
    distance: float


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """A face with labels that may be wrong.

    Attributes:
        row: of the data.
        score: times what is usual.
        landmarks: the strays, the most doubtful first.
        swapped: indices of two landmarks that each lie where the other is expected; () = none.
    """

    row: int
    score: float
    landmarks: tuple[StrayLandmark, ...]
    swapped: tuple[int, ...] = ()


def find_doubts(alignment: Alignment, model: ShapeModel) -> tuple[Doubt, ...]:
    """Return the faces with doubtful landmarks, the most doubtful first."""
    offset, doubt = model.residuals(alignment.landmarks)
    usual = usual_doubts(alignment.landmarks, doubt)
    score = _scores(offset, doubt, usual).max(axis=1, initial=0)
    rows = np.flatnonzero((score >= DOUBTFUL) & alignment.usable)
    found = []
    for row in rows.tolist():
        strays = _strays(alignment, model, row, usual[row])
        found.append(Doubt(row, float(score[row]), strays, _swapped(alignment, row, strays)))
    return tuple(sorted(found, key=lambda entry: -entry.score))


def _scores(offset: FloatArray, doubt: FloatArray, usual: FloatArray) -> FloatArray:
    """Return (N, K) times what is usual; 0 where a landmark is not marked or not far off."""
    far = np.linalg.norm(offset, axis=-1) > _FAR
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(far, np.nan_to_num(doubt / usual), 0), np.float32)


def _strays(alignment: Alignment, model: ShapeModel, row: int, usual: FloatArray) -> tuple[StrayLandmark, ...]:
    """Remove the most doubtful landmark until the rest agree, since a wrong one makes its neighbours doubtful."""
    left = alignment.landmarks[row : row + 1].copy()
    chosen: list[int] = []
    while np.isfinite(left).all(axis=2).sum() > 3:
        offset, doubt = model.residuals(left)
        score = _scores(offset, doubt, usual[None])[0]
        worst = int(np.argmax(score))
        if score[worst] < DOUBTFUL:
            break
        chosen.append(worst)
        left[0, worst] = np.nan
    return tuple(_stray(alignment, model, row, left, landmark) for landmark in chosen)


def _stray(alignment: Alignment, model: ShapeModel, row: int, agreed: FloatArray, landmark: int) -> StrayLandmark:
    """Return the outlier, with its place as predicted by the landmarks that agree."""
    placed = agreed.copy()
    placed[0, landmark] = alignment.landmarks[row, landmark]
    offset, _ = model.residuals(placed)
    expected = placed[0, landmark] - offset[0, landmark]
    to_image = Similarity.from_matrix(alignment.matrices[row]).inverse()
    return StrayLandmark(landmark, to_image.apply(expected[None])[0], float(np.linalg.norm(offset[0, landmark])))


def _swapped(alignment: Alignment, row: int, strays: tuple[StrayLandmark, ...]) -> tuple[int, ...]:
    for first, second in combinations(strays, 2):
        expected = transform_points(alignment.matrices[row], np.stack([second.expected, first.expected]))
        distances = np.linalg.norm(expected - alignment.landmarks[row, [first.index, second.index]], axis=1)
        if distances.max() < 0.5 * min(first.distance, second.distance):
            return first.index, second.index
    return ()
