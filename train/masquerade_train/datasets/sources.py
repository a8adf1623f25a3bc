"""Detects the kind of a source and reads it."""

from dataclasses import replace
from pathlib import Path

from masquerade_train.datasets.face_set import Reading
from masquerade_train.datasets.faces15 import read_faces15
from masquerade_train.datasets.kaggle.kaggle_csv import SOURCE, SPLIT_TABLE, read_kaggle_csv, refuse_other_files
from masquerade_train.datasets.kaggle.kaggle_folder import find_images, read_kaggle_folder
from masquerade_train.datasets.kaggle.kaggle_npz import read_kaggle_npz
from masquerade_train.datasets.kaggle.kaggle_test import IMAGE_COLUMNS, read_test_csv
from masquerade_train.datasets.kaggle.numbered_table import HEADER, read_numbered_table
from masquerade_train.datasets.landmark_table import COLUMNS, check_columns, open_table, read_header
from masquerade_train.datasets.named_table import names_in, read_named_table
from masquerade_train.datasets.nose_table import FACES, read_nose_table
from masquerade_train.datasets.people import with_test_set
from masquerade_train.datasets.pts_folder import read_pts_folder
from masquerade_train.errors import TrainError

_ARCHIVES = ("training.csv", "training.zip", "facial-keypoints-detection.zip")
_UNDERSTOOD = (
    "Kaggle's training.csv, training.zip or facial-keypoints-detection.zip; a folder with training/0.jpg... and a "
    "table of 30 columns; a folder of .pts files beside images; a folder with faces.csv and faces/; or a table with "
    "the column file and NAME_x, NAME_y for each landmark"
)


def read_source(path: Path, source: str = "") -> Reading:
    """Read a source of any known kind.

    Args:
        path: a file (.csv, .npz, .zip) or a folder, of a known kind.
        source: what its images are called in the data; "" = kaggle for Kaggle's forms, else
            the name of the folder. A column `source` of a table goes before it.

    Raises:
        TrainError: there is nothing, it is of no known kind, or it is invalid.
    """
    if not path.exists():
        raise TrainError(f"{path} does not exist.")
    reading = _read(path, source)
    return replace(reading, rows=with_test_set(reading.rows))


def _read(path: Path, source: str) -> Reading:
    if path.is_dir():
        return _read_folder(path, source)
    if path.suffix.lower() == ".npz":
        return read_kaggle_npz(path)
    if path.suffix.lower() == ".zip":
        return read_kaggle_csv(path, source or SOURCE)
    if path.suffix.lower() == ".csv":
        return _read_table(path, source)
    raise TrainError(f"{path} is not a known kind of data. Known are {_UNDERSTOOD}.")


def _read_folder(folder: Path, source: str) -> Reading:
    if (folder / FACES).is_file():
        return read_faces15(folder)
    for name in _ARCHIVES:
        if (folder / name).is_file():
            return _read(folder / name, source)
    tables = [path for path in sorted(folder.glob("*.csv")) if path.name != SPLIT_TABLE]
    if len(tables) == 1:
        return _read_table(tables[0], source)
    if tables:
        raise TrainError(
            f"{folder} holds {len(tables)} tables ({', '.join(t.name for t in tables)}). Name one of them."
        )
    if next(folder.rglob("*.pts"), None) is not None:
        return read_pts_folder(folder, source or folder.resolve().name)
    raise TrainError(f"{folder} contains no known kind of data. Known are {_UNDERSTOOD}.")


def _read_table(path: Path, source: str) -> Reading:
    with open_table(path) as table:
        header = read_header(table)
        has_fifteen = all(column in header for column in COLUMNS)
        refuse_other_files(table.name, header)
        if header == HEADER:
            return read_numbered_table(path, source or path.resolve().parent.name)
        if set(header) == set(IMAGE_COLUMNS):
            return read_test_csv(path, source or SOURCE)
        if "file" in header:
            name = source or path.resolve().parent.name
            if path.name == "nose.csv" and path.with_name(FACES).is_file():
                return read_nose_table(path, name)
            return read_named_table(path, name)
        if "Image" not in header and has_fifteen and find_images(path) is not None:
            return read_kaggle_folder(path, source or SOURCE)
        if not {name.lower() for name in (*names_in(header), *header)} & {*names_in(COLUMNS), *COLUMNS, "image"}:
            # Not Kaggle's landmarks: what lacks is the column of the files.
            check_columns(table.name, header, ("file",))
    return read_kaggle_csv(path, source or SOURCE)
