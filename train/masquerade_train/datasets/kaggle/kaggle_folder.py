"""Reads the folder form of Kaggle's data: a table of 30 coordinates, and the image of row n in training/n.jpg."""

from pathlib import Path

import cv2
import numpy as np
from masquerade.values import ByteArray

from masquerade_train.datasets.face_set import Reading
from masquerade_train.datasets.image_file import SUFFIXES, read_image
from masquerade_train.datasets.kaggle.kaggle_csv import SIDE, SOURCE, SPLIT_TABLE, RowTaker
from masquerade_train.datasets.landmark_table import (
    COLUMNS,
    Errors,
    check_columns,
    open_table,
    read_header,
    read_landmarks,
    read_rows,
)
from masquerade_train.datasets.people import read_split_table
from masquerade_train.errors import TrainError

_FOLDERS = ("training", "train", "train_images", "images/train_images", "images/training", "images", "pictures", ".")


def find_images(table: Path) -> Path | None:
    """Return the folder beside `table` (or the table's own) that holds an image named 0 or 1; None = there is none."""
    folders = [table.parent / name for name in _FOLDERS]
    return next((folder for folder in folders if _first_number(folder) is not None), None)


def _first_number(folder: Path) -> int | None:
    """Return the number of the first image: 0, or 1 as in the fifth paper's folder."""
    return next((number for number in (0, 1) for suffix in SUFFIXES if (folder / f"{number}{suffix}").is_file()), None)


def read_kaggle_folder(table_path: Path, source: str = SOURCE) -> Reading:
    """Read the table and, row by row, its images of 96 x 96; see `read_kaggle_csv` for the rest.

    Raises:
        TrainError: a column or image is missing or invalid; all errors at once.
    """
    folder = find_images(table_path)
    first = _first_number(folder) if folder else None
    if folder is None or first is None:
        raise TrainError(f"{table_path} has no column 'Image', and no folder beside it holds an image 0.jpg or 1.jpg.")
    split_table = table_path.with_name(SPLIT_TABLE)
    taker = RowTaker(source, read_split_table(split_table) if split_table.is_file() else {})
    with open_table(table_path) as table:
        header = read_header(table)
        check_columns(table.name, header, COLUMNS)
        errors = Errors(table.name)
        for index, line in enumerate(read_rows(table, header)):
            with errors.at(f"row {index} (line {line.number})"):
                taker.take(index, f"row {index}", _read_grey(folder, index + first), read_landmarks(line.cells()))
        errors.raise_any()
    return taker.reading()


def _read_grey(folder: Path, number: int) -> ByteArray:
    """Return (96, 96) uint8 of the image `number`."""
    paths = [folder / f"{number}{suffix}" for suffix in SUFFIXES]
    path = next((path for path in paths if path.is_file()), paths[0])
    pixels = read_image(path).pixels
    if pixels.shape[:2] != (SIDE, SIDE):
        raise ValueError(f"{path.name} is {pixels.shape[1]}x{pixels.shape[0]}, wanted {SIDE}x{SIDE}")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
