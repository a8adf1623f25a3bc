"""Reads a folder of images that only a teacher has labelled."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from masquerade.contours import JAW
from masquerade.values import LANDMARK_COUNT, FloatArray

from masquerade_train.datasets.duplicates import DuplicateFinder
from masquerade_train.datasets.face_cut import cut_face
from masquerade_train.datasets.face_set import LeftOut, Row
from masquerade_train.datasets.image_file import find_label_error, read_image
from masquerade_train.datasets.landmark_table import Errors
from masquerade_train.datasets.pts_folder import fifteen_of_68
from masquerade_train.datasets.teaching.contour_labels import ContourMap, blend, nearest, read_marks, read_taught
from masquerade_train.datasets.teaching.teacher import Teacher

# Labels of a teacher alone count as much as noisy ones.
_WEIGHT = 0.5
# Pixels; a longer side means a photo with a face in it, not an image of a face.
_LARGEST_WHOLE = 256


@dataclass(frozen=True, slots=True)
class TaughtFolder:
    """Images with a teacher's landmarks.

    Attributes:
        folder: of the images; its name is their source.
        taught: the table that `teach` wrote.
        marks: a table of the 68 marks of 300-W for them; None = the teacher's alone.
    """

    folder: Path
    taught: Path
    marks: Path | None = None


def read_taught_folder(source: TaughtFolder, fifteen: Teacher, contours: ContourMap) -> tuple[list[Row], list[LeftOut]]:
    """Return a training row for the largest face of each image, and what was left out.

    Args:
        source: what to read.
        fifteen: brings the teacher's 15 points to the convention of our labels.
        contours: brings its contours to theirs.

    Raises:
        TrainError: a table or an image is invalid; all errors at once.
    """
    taught = read_taught(source.taught)
    marks: Mapping[str, FloatArray] = {} if source.marks is None else read_marks(source.marks)
    rows: list[Row] = []
    left_out: list[LeftOut] = []
    twins, errors = DuplicateFinder(), Errors(str(source.folder))
    for file in sorted({*taught, *marks}):
        with errors.at(file):
            labels = _labels(file, taught.get(file, []), marks.get(file), fifteen, contours)
            row = (
                LeftOut(file, "teacher and marks do not agree") if labels is None else _row(source, file, labels, twins)
            )
            if isinstance(row, Row):
                rows.append(row)
            else:
                left_out.append(row)
    errors.raise_any()
    return rows, left_out


def _labels(
    file: str, seen: list[FloatArray], marks: FloatArray | None, fifteen: Teacher, contours: ContourMap
) -> FloatArray | None:
    """Return (85, 2); None if teacher and annotator labelled different faces."""
    if marks is None:
        face = max(seen, key=lambda each: float(np.ptp(each, axis=0).prod()))
        return np.concatenate([fifteen.map(face[None, :LANDMARK_COUNT])[0], contours.map(face)])
    landmarks = fifteen_of_68(marks)
    found = nearest({file: seen}, file, landmarks)
    if found is None and seen:
        return None
    outline = blend(None if found is None else contours.map(found), marks)
    # Marks of turned heads often follow the skull on the far side, not what is seen.
    outline[list(JAW)] = np.nan
    if found is not None:
        landmarks = (landmarks + fifteen.map(found[None, :LANDMARK_COUNT])[0]) / 2
    return np.concatenate([landmarks, outline]).astype(np.float32)


def _row(source: TaughtFolder, file: str, labels: FloatArray, twins: DuplicateFinder) -> Row | LeftOut:
    image = read_image(source.folder / file)
    height, width = image.pixels.shape[:2]
    error = find_label_error(labels[:LANDMARK_COUNT], (width, height))
    twin = None if error else twins.find(image.digest, labels[:LANDMARK_COUNT], file)
    if error or twin:
        return twin or LeftOut(file, error)
    encoded = image.encoded
    distance = float(np.linalg.norm(labels[0] - labels[1]))
    if max(width, height) > _LARGEST_WHOLE:
        cut = cut_face(image.pixels, labels)
        if cut is None:
            return LeftOut(file, "the face is too small")
        encoded, labels = cut.encoded, cut.landmarks
    name = source.folder.resolve().name
    return Row(encoded, labels, name, f"{name}:{file}", "train", f"{name}/{file}", _WEIGHT, distance)
