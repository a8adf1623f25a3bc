"""Reads a folder of face crops: faces.csv (file, source, person, split, 30 coordinates) and faces/*.jpg."""

from pathlib import Path

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.datasets.duplicates import DuplicateFinder
from masquerade_train.datasets.face_set import LeftOut, Reading, Row, face_anchors
from masquerade_train.datasets.image_file import FLAT, find_label_error, is_flat, read_image
from masquerade_train.datasets.landmark_table import (
    COLUMNS,
    Errors,
    pixels_too_far,
    read_landmarks,
    read_lines,
    read_number,
)
from masquerade_train.datasets.people import check_split
from masquerade_train.datasets.teaching.label_harmonization import harmonize

_DISTANCE = "eye_distance_px"
_NEEDED = ("file", "source", "person", "split", *COLUMNS)
# Labels of frames that were marked without much care: a teacher's landmarks take their place.
NOISY_SOURCES = ("ytf",)
NOISY_WEIGHT = 0.5


def read_faces15(folder: Path) -> Reading:
    """Read `folder`/faces.csv and the images it names.

    Where `folder`/teacher_mediapipe.csv is there too, all training labels are brought to one
    convention, and those of the noisy sources are replaced by the teacher's landmarks.
    The labels of the test set are not changed by it. From the labels of `helen` one pixel of
    the image that a crop was cut from is subtracted, where px_per_crop_px gives its size. Left
    out: images of one colour, those that were there before, and noisy ones on which label and
    teacher do not agree.

    Raises:
        TrainError: a file, a column or an image is missing or a number is wrong; all
            errors at once, each with its line.
    """
    table = folder / "faces.csv"
    rows: list[Row] = []
    left_out: list[LeftOut] = []
    errors, twins = Errors(str(table)), DuplicateFinder()
    for line in read_lines(table, _NEEDED):
        with errors.at(f"line {line.number}"):
            taken = _read_row(folder, line.cells(), twins)
            if isinstance(taken, Row):
                rows.append(taken)
            else:
                left_out.append(taken)
    errors.raise_any()
    teacher_table = folder / "teacher_mediapipe.csv"
    if teacher_table.is_file():
        rows, doubtful = harmonize(rows, _read_teacher(teacher_table), NOISY_SOURCES)
        left_out += doubtful
    return Reading(tuple(rows), tuple(left_out))


def _read_row(folder: Path, cells: dict[str, str], twins: DuplicateFinder) -> Row | LeftOut:
    subtracted = pixels_too_far(cells)
    landmarks, name = read_landmarks(cells) - np.float32(subtracted), cells["file"]
    if not np.isfinite(face_anchors(landmarks)).all():
        raise ValueError("both eye centres and a landmark of the mouth must be marked")
    split = check_split(cells["split"])
    image = read_image(folder / "faces" / name)
    height, width = image.pixels.shape[:2]
    error = find_label_error(landmarks, (width, height)) or (FLAT if is_flat(image.pixels) else "")
    twin = None if error else twins.find(image.digest, landmarks, name)
    if error or twin:
        return twin or LeftOut(name, error)
    return Row(
        encoded=image.encoded,
        landmarks=landmarks,
        source=cells["source"],
        person=cells["person"],
        split=split,
        file=name,
        weight=NOISY_WEIGHT if cells["source"] in NOISY_SOURCES else 1.0,
        eye_distance=read_number(cells.get(_DISTANCE, ""), _DISTANCE, least=0),
        subtracted=subtracted,
    )


def _read_teacher(table: Path) -> dict[str, list[FloatArray]]:
    """Return the teacher's landmarks of every face, by file."""
    seen: dict[str, list[FloatArray]] = {}
    errors = Errors(str(table))
    for line in read_lines(table, ("file", *COLUMNS)):
        with errors.at(f"line {line.number}"):
            cells = line.cells()
            seen.setdefault(cells["file"], []).append(read_landmarks(cells))
    errors.raise_any()
    return seen
