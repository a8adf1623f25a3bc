"""Compares contours with annotators: each part of the face, openings of lips and lids, and a teacher."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from masquerade.contours import (
    CONTOUR_COUNT,
    INNER_LIP,
    JAW,
    LEFT_BROW,
    LEFT_EYE,
    NOSE,
    OUTER_LIP,
    RIGHT_BROW,
    RIGHT_EYE,
)
from masquerade.values import ALL_LANDMARK_NAMES, LANDMARK_COUNT, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.datasets.teaching.contour_labels import MARKS, nearest, read_taught
from masquerade_train.errors import TrainError
from masquerade_train.inference.predictions import predict_crops
from masquerade_train.inference.predictor import Predictor

_PARTS: Mapping[str, Sequence[int]] = {
    "jaw": JAW,
    "brows": (*RIGHT_BROW, *LEFT_BROW),
    "nose": NOSE,
    "lids": (*RIGHT_EYE, *LEFT_EYE),
    "outer lip": OUTER_LIP,
    "inner lip": INNER_LIP,
}
# Middle of the upper and of the lower lip, outer and inner edge.
_LIPS, _GAP = (51, 57), (62, 66)
# Eye distances between the inner edges: less is shut, more is wide open.
_SHUT, _OPEN = 0.02, 0.2


@dataclass(frozen=True, slots=True, eq=False)
class ContourErrors:
    """The errors of contours.

    Attributes:
        faces: with all 68 marks.
        parts: (name, mean distance in eye distances).
        lip_slope: of the distance between the lips' outer edges against the marked one; 1 = all of it is seen.
        shut, wide_open: that distance as a share of the marked one; NaN without such mouths.
        lid_slope: of the lids' distance.
    """

    faces: int
    parts: tuple[tuple[str, float], ...]
    lip_slope: float
    shut: float
    wide_open: float
    lid_slope: float

    def as_json(self) -> dict[str, Any]:
        """Return the part of a card."""
        numbers = {name: round(value, 4) for name, value in asdict(self).items() if isinstance(value, float)}
        return {"faces": self.faces, **{name: round(error, 5) for name, error in self.parts}, **numbers}


def measure_contours(predicted: FloatArray, marked: FloatArray, eyes: NDArray[np.float64]) -> ContourErrors:
    """Compare contours with marks.

    Args:
        predicted: (N, 68, 2) float32, pixels.
        marked: (N, 68, 2) float32, pixels of the same images.
        eyes: (N,) eye distances, pixels.
    """
    distance = np.linalg.norm(predicted - marked, axis=2) / eyes[:, None]
    seen, truth = (_apart(landmarks, *_LIPS) / eyes for landmarks in (predicted, marked))
    gap = _apart(marked, *_GAP) / eyes
    lids_seen, lids_truth = (_lids(landmarks) / eyes[:, None] for landmarks in (predicted, marked))
    return ContourErrors(
        faces=len(marked),
        parts=tuple((name, float(distance[:, list(part)].mean())) for name, part in _PARTS.items()),
        lip_slope=_slope(truth, seen),
        shut=_ratio(seen, truth, gap < _SHUT),
        wide_open=_ratio(seen, truth, gap > _OPEN),
        lid_slope=_slope(lids_truth.reshape(-1), lids_seen.reshape(-1)),
    )


def contour_errors(network: Predictor, faces: FaceSet) -> ContourErrors | None:
    """Measure a network's contours on test faces, cropped by their labels; None if none has all 68 marks."""
    chosen = faces.choose_landmarks(ALL_LANDMARK_NAMES)
    rows = _marked_rows(chosen)
    if not len(rows):
        return None
    found = predict_crops(chosen, rows, network).predicted
    return _measure(chosen, rows, found[:, LANDMARK_COUNT:])


def teacher_errors(table: Path, faces: FaceSet) -> ContourErrors:
    """Measure a teacher's landmarks on the same test faces; those that it missed are left out.

    Args:
        table: that `teach` wrote.
        faces: with contours.

    Raises:
        TrainError: the table is invalid, or names none of the faces.
    """
    taught, chosen = read_taught(table), faces.choose_landmarks(ALL_LANDMARK_NAMES)
    seen = {
        int(row): face
        for row in _marked_rows(chosen)
        if (face := nearest(taught, str(chosen.files[row]), chosen.landmarks[row, :LANDMARK_COUNT])) is not None
    }
    if not seen:
        raise TrainError(f"{table} names none of the test faces with marks.")
    return _measure(chosen, np.array(list(seen)), np.stack(list(seen.values()))[:, LANDMARK_COUNT:])


def describe_contours(errors: Sequence[tuple[str, ContourErrors]]) -> str:
    """Return a table for people: percent of the eye distance, and slopes."""
    parts = [name for name, _ in errors[0][1].parts]
    lines = ["contours: mean error in % of the eye distance, and how much of an opening is seen"]
    lines.append("  " + " ".join(f"{title:>10s}" for title in ("faces", *parts, "lips", "shut", "wide open", "lids")))
    for name, one in errors:
        cells = [f"{one.faces:10d}", *(f"{100 * error:10.2f}" for _, error in one.parts)]
        cells += [f"{value:10.2f}" for value in (one.lip_slope, one.shut, one.wide_open, one.lid_slope)]
        lines.append("  " + " ".join(cells) + f"  {name}")
    return "\n".join(lines)


def _marked_rows(faces: FaceSet) -> NDArray[np.int64]:
    marks = faces.landmarks[:, LANDMARK_COUNT : LANDMARK_COUNT + MARKS]
    return faces.where(faces.test_faces & np.isfinite(marks).all(axis=(1, 2)))


def _measure(faces: FaceSet, rows: NDArray[np.int64], contours: FloatArray) -> ContourErrors:
    labels = faces.landmarks[rows]
    eyes = np.linalg.norm(labels[:, 0] - labels[:, 1], axis=1).astype(np.float64)
    assert contours.shape[1] == CONTOUR_COUNT
    return measure_contours(contours[:, :MARKS], labels[:, LANDMARK_COUNT : LANDMARK_COUNT + MARKS], eyes)


def _apart(landmarks: FloatArray, first: int, second: int) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(landmarks[:, first] - landmarks[:, second], axis=1), np.float64)


def _lids(landmarks: FloatArray) -> NDArray[np.float64]:
    """Return (N, 2): the mean distance of the lids of each eye."""
    pairs = [((eye[1], eye[5]), (eye[2], eye[4])) for eye in (RIGHT_EYE, LEFT_EYE)]
    return np.stack([(_apart(landmarks, *outer) + _apart(landmarks, *inner)) / 2 for outer, inner in pairs], axis=1)


def _slope(truth: NDArray[np.float64], seen: NDArray[np.float64]) -> float:
    return float(np.polyfit(truth, seen, 1)[0]) if len(truth) > 1 else float("nan")


def _ratio(seen: NDArray[np.float64], truth: NDArray[np.float64], chosen: NDArray[np.bool_]) -> float:
    return float(seen[chosen].mean() / truth[chosen].mean()) if chosen.any() else float("nan")
