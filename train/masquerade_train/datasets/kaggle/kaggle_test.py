"""Reads Kaggle's test.csv, and IdLookupTable.csv, which names the coordinates that a submission must have."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from masquerade.values import LANDMARK_COUNT

from masquerade_train.datasets.face_set import Reading, Row
from masquerade_train.datasets.kaggle.kaggle_csv import SOURCE, read_pixels
from masquerade_train.datasets.landmark_table import (
    COLUMNS,
    Errors,
    open_table,
    read_header,
    read_lines,
    read_rows,
    read_whole_number,
)
from masquerade_train.errors import TrainError

LOOKUP_FILE = "IdLookupTable.csv"
IMAGE_COLUMNS = ("ImageId", "Image")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One coordinate of a submission.

    Attributes:
        image_id: of test.csv, from 1.
        feature: its column, "left_eye_center_x" say.
    """

    row_id: int
    image_id: int
    feature: str


def read_test_csv(path: Path, source: str = SOURCE) -> Reading:
    """Read the images of test.csv; none has a label, and `file` of each is its ImageId.

    Raises:
        TrainError: rows have a wrong number of pixels or a value out of range; all errors at once.
    """
    rows: list[Row] = []
    nothing = np.full((LANDMARK_COUNT, 2), np.nan, np.float32)
    with open_table(path) as table:
        header, errors = read_header(table), Errors(table.name)
        for index, line in enumerate(read_rows(table, header)):
            with errors.at(f"row {index} (line {line.number})"):
                cells = line.cells()
                name = str(read_whole_number(cells["ImageId"], "ImageId"))
                content = cv2.imencode(".png", read_pixels(cells["Image"]))[1].tobytes()
                rows.append(Row(content, nothing, source, f"image {name}", "test", name))
        errors.raise_any()
    return Reading(tuple(rows), (), notes=("Nothing is marked: these images are for `predict`.",))


def read_lookup(path: Path) -> tuple[Wanted, ...]:
    """Read IdLookupTable.csv.

    Raises:
        TrainError: it cannot be read, a column is missing, or a coordinate has another name than Kaggle's.
    """
    wanted: list[Wanted] = []
    errors = Errors(str(path))
    for line in read_lines(path, ("RowId", "ImageId", "FeatureName")):
        with errors.at(f"line {line.number}"):
            cells = line.cells()
            feature = cells["FeatureName"].strip()
            if feature not in COLUMNS:
                raise ValueError(f"there is no coordinate '{feature}'")
            row, image = (read_whole_number(cells[name], name) for name in ("RowId", "ImageId"))
            wanted.append(Wanted(row, image, feature))
    errors.raise_any()
    if not wanted:
        raise TrainError(f"{path} has no column of coordinates.")
    return tuple(wanted)
