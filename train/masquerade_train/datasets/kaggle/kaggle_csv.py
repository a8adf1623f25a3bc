"""Reads Kaggle's training.csv (Facial Keypoints Detection): 30 coordinates and 9216 grey values a row."""

import warnings
from pathlib import Path

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray

from masquerade_train.datasets.duplicates import DuplicateFinder
from masquerade_train.datasets.face_set import LeftOut, Reading, Row
from masquerade_train.datasets.image_file import FLAT, digest_of, find_label_error, is_flat
from masquerade_train.datasets.kaggle.kaggle_archive import open_training_csv
from masquerade_train.datasets.landmark_table import (
    COLUMNS,
    Errors,
    check_columns,
    read_header,
    read_landmarks,
    read_rows,
)
from masquerade_train.datasets.people import Place, place_image, read_split_table
from masquerade_train.errors import TrainError

SIDE = 96
SOURCE = "kaggle"
SPLIT_TABLE = "split.csv"


def read_kaggle_csv(path: Path, source: str = SOURCE) -> Reading:
    """Read the rows one after the other; the text of the pixels is never held as a whole.

    Rows with few landmarks (Kaggle's has 4755 with four) are kept; their other landmarks are NaN. A
    split.csv (row from 0, person, split) in the same folder says whose faces they are and
    how they are split; without it both follow the content of the images.

    Args:
        path: training.csv, or a .zip that holds it, or Kaggle's .zip with a training.zip.
        source: what its images are called in the data.

    Raises:
        TrainError: a column is missing, or rows have a wrong number of pixels or a value
            out of range; all errors at once, each with its line.
    """
    places = read_split_table(path.with_name(SPLIT_TABLE)) if path.with_name(SPLIT_TABLE).is_file() else {}
    with open_training_csv(path) as table:
        header = read_header(table)
        refuse_other_files(table.name, header)
        check_columns(table.name, header, (*COLUMNS, "Image"))
        taker, errors, index = RowTaker(source, places), Errors(table.name), -1
        for index, line in enumerate(read_rows(table, header)):
            with errors.at(f"row {index} (line {line.number})"):
                cells = line.cells()
                taker.take(index, f"row {index}", read_pixels(cells["Image"]), read_landmarks(cells))
        errors.raise_any()
    if places and len(places) != index + 1:
        raise TrainError(f"{path.with_name(SPLIT_TABLE)} places {len(places)} rows, {path} has {index + 1}.")
    return taker.reading()


def refuse_other_files(name: str, header: tuple[str, ...]) -> None:
    """Say which file of the competition was given in place of training.csv."""
    if {"RowId", "FeatureName"} <= set(header):
        raise TrainError(f"{name} is Kaggle's IdLookupTable.csv: prepare training.csv, or test.csv beside this file.")
    if {"RowId", "Location"} <= set(header):
        raise TrainError(f"{name} is Kaggle's SampleSubmission.csv, which has no images: prepare training.csv.")


class RowTaker:
    """Takes rows of images of 96 x 96 and checks each against those before it."""

    def __init__(self, source: str, places: dict[int, Place]) -> None:
        """`places` holds the place of every row by its number from 0; empty = by content."""
        self._source = source
        self._places = places
        self._twins = DuplicateFinder()
        self._rows: list[Row] = []
        self._left_out: list[LeftOut] = []

    def take(self, index: int, where: str, grey: ByteArray, landmarks: FloatArray) -> None:
        """Store a row, or the reason why it is left out.

        Args:
            index: of the row, from 0.
            where: the row, for people.
            grey: (96, 96) uint8.
            landmarks: (15, 2) float32, pixels; NaN = not marked.

        Raises:
            ValueError: the split table has no such row.
        """
        digest = digest_of(grey)
        if self._places and index not in self._places:
            raise ValueError(f"row {index} is not in {SPLIT_TABLE}")
        place = self._places[index] if self._places else place_image(digest)
        error = find_label_error(landmarks, (SIDE, SIDE)) or (FLAT if is_flat(grey) else "")
        twin = None if error else self._twins.find(digest, landmarks, where)
        if error or twin:
            self._left_out.append(twin or LeftOut(where, error))
            return
        content = cv2.imencode(".png", grey)[1].tobytes()
        self._rows.append(Row(content, landmarks, self._source, place.person, place.split, where))

    def reading(self) -> Reading:
        """Return the rows, and what was left out."""
        return Reading(tuple(self._rows), tuple(self._left_out))


def read_pixels(text: str) -> ByteArray:
    """Return (96, 96) uint8.

    Raises:
        ValueError: another number of values, or one that is not a whole number from 0 to 255.
    """
    with warnings.catch_warnings():
        # What is no number ends the reading with this warning alone.
        warnings.simplefilter("error", DeprecationWarning)
        try:
            # Seven times as fast as splitting the text.
            values = np.fromstring(text, np.int64, sep=" ") if text.strip() else np.zeros(0, np.int64)
        except (DeprecationWarning, ValueError):
            raise ValueError("a pixel is not a whole number") from None
    if values.size != SIDE * SIDE:
        raise ValueError(f"{values.size} pixels, expected {SIDE * SIDE}")
    if values.min() < 0 or values.max() > 255:
        raise ValueError("a pixel is not between 0 and 255")
    return values.astype(np.uint8).reshape(SIDE, SIDE)
