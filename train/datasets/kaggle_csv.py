"""Reads Kaggle's training.csv (Facial Keypoints Detection): 30 coordinates and 9216 grey values a row."""

import csv
import hashlib
from pathlib import Path

import cv2
import numpy as np

from app.values import ByteArray
from train.datasets.face_set import Reading, Row, face_anchors
from train.datasets.landmark_table import COLUMNS, FAULTS_TOLD, read_lines, read_points
from train.errors import TrainError

SIDE = 96
_VAL_SHARE = 0.1


def read_kaggle_csv(path: Path) -> Reading:
    """Reads the rows one after the other; pixel text is never held as a whole.

    Left out without a fault: a row whose eyes or whole mouth are not marked (no crop can
    be made from it) and a picture that was there before, pixel for pixel. There are no
    persons in the file: a tenth of the pictures, chosen by their content, become the val
    split.

    Raises:
        TrainError: a column is missing, or rows have a wrong number of pixels or a value
            out of range; all faults at once, each with its line.
    """
    # One cell holds all pixels of a picture: 33,000 characters.
    csv.field_size_limit(1 << 20)
    rows, faults, left_out, seen = [], [], [], set[str]()
    for line, cells in read_lines(path, (*COLUMNS, "Image")):
        try:
            row = _read_row(line, cells)
        except ValueError as error:
            faults.append(f"{path}: line {line}: {error}")
            continue
        if row is None:
            left_out.append(f"line {line}: no eye or no mouth is marked")
        elif row.person in seen:
            left_out.append(f"line {line}: the picture was there before")
        else:
            seen.add(row.person)
            rows.append(row)
    if faults:
        raise TrainError("\n".join([*faults[:FAULTS_TOLD], f"{len(faults)} faulty rows in all"]))
    return Reading(tuple(rows), tuple(left_out))


def _read_row(line: int, cells: dict[str, str]) -> Row | None:
    picture = _read_pixels(cells["Image"] or "")
    points = read_points(cells)
    if (np.abs(points[np.isfinite(points)] - SIDE / 2) > SIDE).any():
        raise ValueError("a point lies far outside the picture")
    if not np.isfinite(face_anchors(points)).all():
        return None
    digest = hashlib.sha256(picture.tobytes()).hexdigest()
    split = "val" if int(digest[:8], 16) < _VAL_SHARE * 2**32 else "train"
    content = cv2.imencode(".png", picture)[1].tobytes()
    return Row(content, points, "kaggle", f"kaggle:{digest[:16]}", split, f"line {line}")


def _read_pixels(text: str) -> ByteArray:
    """Returns (96, 96) uint8.

    Raises:
        ValueError: another number of values, or one that is no whole number from 0 to 255.
    """
    values = np.array(text.split(), np.int32)
    if values.size != SIDE * SIDE:
        raise ValueError(f"{values.size} pixels, wanted {SIDE * SIDE}")
    if values.min() < 0 or values.max() > 255:
        raise ValueError("a pixel is not between 0 and 255")
    return values.astype(np.uint8).reshape(SIDE, SIDE)
