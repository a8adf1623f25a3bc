"""Labels the contours of faces, from an annotator or from a teacher converted to the same convention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from masquerade.contours import CONTOUR_COUNT, CONTOUR_NAMES, RIGHT_EYE
from masquerade.geometry.mirror import mirrored_order
from masquerade.values import ALL_LANDMARK_NAMES, LANDMARK_COUNT, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import Row
from masquerade_train.datasets.landmark_table import Errors, columns_of, read_landmarks, read_lines
from masquerade_train.datasets.teaching.teacher import face_frame
from masquerade_train.errors import TrainError

MARKS = 68
_MARK_COLUMNS = columns_of([f"p{number}" for number in range(MARKS)])
# Lids and lips: the teacher marks them as annotators do, but for one offset each. Before them come jaw, brows and
# nose, which it marks elsewhere, depending on the face's shape and turn.
_EXACT = slice(RIGHT_EYE[0], None)
_LOOSE = slice(0, RIGHT_EYE[0])
# The teacher's share beside an annotator: on lids and lips its noise is the smaller (0.65 to 1.1 % of the eye distance
# against 1.5 to 2.0), but an annotator has seen how far a mouth is open.
_TEACHER_SHARE = np.where(np.arange(CONTOUR_COUNT) >= RIGHT_EYE[0], 0.5, 0.35)[:, None]
# Eye distances; beyond it teacher and label do not speak of the same face.
_DOUBT = 0.2
_MIN_FACES = 20
_AXES, _RIDGE = 30, 0.1

Taught = Mapping[str, Sequence[FloatArray]]
# file -> the (85, 2) landmarks of every face that the teacher saw in it.


def read_taught(table: Path) -> dict[str, list[FloatArray]]:
    """Read what `teach` wrote: file -> (85, 2) of every face.

    Raises:
        TrainError: the table is missing or invalid; all errors at once.
    """
    seen: dict[str, list[FloatArray]] = {}
    errors = Errors(str(table))
    for line in read_lines(table, ("file", *columns_of(ALL_LANDMARK_NAMES))):
        with errors.at(f"line {line.number}"):
            cells = line.cells()
            seen.setdefault(cells["file"], []).append(read_landmarks(cells, columns_of(ALL_LANDMARK_NAMES)))
    errors.raise_any()
    return seen


def read_marks(table: Path) -> dict[str, FloatArray]:
    """Read a table of the 68 marks of 300-W (file, p0_x, p0_y...): file -> (68, 2).

    Raises:
        TrainError: the table is missing or invalid; all errors at once.
    """
    marks: dict[str, FloatArray] = {}
    errors = Errors(str(table))
    for line in read_lines(table, ("file", *_MARK_COLUMNS)):
        with errors.at(f"line {line.number}"):
            cells = line.cells()
            marks[cells["file"]] = read_landmarks(cells, _MARK_COLUMNS)
    errors.raise_any()
    return marks


@dataclass(frozen=True, slots=True, eq=False)
class ContourMap:
    """From the teacher's contours to the annotators', in the face's own frame (see face_frame).

    Attributes:
        offset: (70, 2) float64, added to each; the pupils, which no annotator marked, keep their place.
        mean: (140,), of the teacher's contours.
        axes: (A, 140), their main variations.
        weights: (A + 1, 136), what is added further to jaw, brows and nose.
    """

    offset: NDArray[np.float64]
    mean: NDArray[np.float64]
    axes: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def learn(cls, seen: NDArray[np.float64], marked: NDArray[np.float64]) -> "ContourMap":
        """Fit the map on faces with labels of both.

        Args:
            seen: (N, 70, 2), the teacher's, in the faces' frames.
            marked: (N, 68, 2), the annotators', in the same frames.
        """
        fits = np.linalg.norm(seen[:, :MARKS] - marked, axis=2).mean(axis=1) < _DOUBT
        order = mirrored_order(CONTOUR_NAMES)
        # Every face once more in the mirror, so that left and right are learnt alike.
        seen = np.concatenate([seen[fits], seen[fits][:, order] * (-1, 1)])
        marked = np.concatenate([marked[fits], marked[fits][:, order[:MARKS]] * (-1, 1)])
        offset = np.zeros((CONTOUR_COUNT, 2))
        offset[:MARKS] = np.median(marked - seen[:, :MARKS], axis=0)
        rows = seen.reshape(len(seen), -1)
        mean = rows.mean(axis=0)
        axes = np.linalg.svd(rows - mean, full_matrices=False)[2][:_AXES]
        inputs = _inputs(rows, mean, axes)
        rest = (marked - seen[:, :MARKS] - offset[:MARKS]).reshape(len(seen), -1)
        square = inputs.T @ inputs + _RIDGE * np.eye(inputs.shape[1])
        weights = np.asarray(np.linalg.solve(square, inputs.T @ rest), np.float64)
        return cls(offset, mean, axes, weights)

    def map(self, taught: FloatArray) -> FloatArray:
        """Return contours (70, 2) from the teacher's landmarks `taught` (85, 2), in the annotators' convention."""
        frame = face_frame(taught[:LANDMARK_COUNT])
        seen = frame.apply(taught[LANDMARK_COUNT:]).astype(np.float64)
        rest = (_inputs(seen.reshape(1, -1), self.mean, self.axes) @ self.weights).reshape(MARKS, 2)
        mapped = seen + self.offset
        mapped[_LOOSE] += rest[_LOOSE]
        return frame.inverse().apply(mapped.astype(np.float32)).astype(np.float32)


def _inputs(rows: NDArray[np.float64], mean: NDArray[np.float64], axes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([(rows - mean) @ axes.T, np.ones(len(rows))])


def nearest(taught: Taught, file: str, landmarks: FloatArray) -> FloatArray | None:
    """Return the teacher's landmarks (85, 2) of the face with these 15 landmarks, or None."""
    seen = taught.get(file, ())
    if not seen:
        return None
    best = min(seen, key=lambda each: float(np.nanmean(np.abs(each[:LANDMARK_COUNT] - landmarks))))
    eyes = float(np.linalg.norm(landmarks[0] - landmarks[1]))
    apart = float(np.nanmean(np.linalg.norm(best[:LANDMARK_COUNT] - landmarks, axis=1)))
    return best if apart < _DOUBT * eyes else None


def learn_contours(rows: Sequence[Row], taught: Taught, marks: Mapping[str, FloatArray]) -> ContourMap:
    """Learn the map from training faces with labels of both teacher and annotator.

    Raises:
        TrainError: there are too few.
    """
    seen, marked = [], []
    for row in rows:
        face = nearest(taught, row.file, row.landmarks) if row.split == "train" and row.file in marks else None
        if face is not None:
            frame = face_frame(face[:LANDMARK_COUNT])
            seen.append(frame.apply(face[LANDMARK_COUNT:]))
            marked.append(frame.apply(marks[row.file]))
    if len(seen) < _MIN_FACES:
        raise TrainError(
            f"Only {len(seen)} training faces have the 68 marks and were seen by the teacher, "
            f"{_MIN_FACES} are needed: give their table with --marks, and what `teach` wrote with --taught."
        )
    return ContourMap.learn(np.stack(seen).astype(np.float64), np.stack(marked).astype(np.float64))


def with_contours(
    rows: Sequence[Row], taught: Taught, marks: Mapping[str, FloatArray], learnt: ContourMap
) -> list[Row]:
    """Return the rows with 85 landmarks. In the test set, contours are the annotator's or missing."""
    return [_with_contours(row, taught, marks.get(row.file), learnt) for row in rows]


def _with_contours(row: Row, taught: Taught, marks: FloatArray | None, learnt: ContourMap) -> Row:
    face = nearest(taught, row.file, row.landmarks) if row.split == "train" else None
    contours = blend(None if face is None else learnt.map(face), marks)
    as_marked = row.landmarks if row.as_marked is None else row.as_marked
    return replace(
        row, landmarks=np.concatenate([row.landmarks, contours]), as_marked=np.concatenate([as_marked, contours])
    )


def blend(mapped: FloatArray | None, marks: FloatArray | None) -> FloatArray:
    """Return contours (70, 2) from a teacher's (70, 2) and an annotator's (68, 2), either of which may be missing."""
    contours = np.full((CONTOUR_COUNT, 2), np.nan, np.float32) if mapped is None else mapped.copy()
    if marks is not None:
        share = np.where(np.isfinite(contours[:MARKS]), _TEACHER_SHARE[:MARKS], 0.0)
        contours[:MARKS] = share * np.nan_to_num(contours[:MARKS]) + (1 - share) * marks
    return contours
