"""Reads tables (CSV) that hold 30 coordinates under Kaggle's column names."""

import csv
import difflib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.values import POINT_NAMES, FloatArray
from train.errors import TrainError

COLUMNS = tuple(f"{name}_{axis}" for name in POINT_NAMES for axis in "xy")
# Of many faulty rows the first ones tell enough.
FAULTS_TOLD = 20


def read_lines(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yields (line number, cells by column) of every row.

    Raises:
        TrainError: the file cannot be read or a needed column is missing.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            _check_columns(path, tuple(reader.fieldnames or ()), needed)
            for cells in reader:
                yield reader.line_num, cells
    except OSError as error:
        raise TrainError(f"{path} cannot be read ({error.strerror}).") from error


def read_points(cells: dict[str, str]) -> FloatArray:
    """Returns (15, 2) float32 from one row; NaN where a cell is empty.

    Raises:
        ValueError: a cell is no number.
    """
    values = [float(cells[name]) if cells[name] else np.nan for name in COLUMNS]
    return np.array(values, np.float32).reshape(-1, 2)


def _check_columns(path: Path, found: tuple[str, ...], needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in found]
    if missing:
        near = difflib.get_close_matches(missing[0], found, 1)
        hint = f" (did you mean its column '{near[0]}'?)" if near else ""
        raise TrainError(f"{path}: {len(missing)} columns are missing, the first is '{missing[0]}'{hint}")
