"""Reads any table (CSV) of images with named landmarks: a column `file`, and NAME_x and NAME_y for each landmark."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.datasets.duplicates import SAME, DuplicateFinder
from masquerade_train.datasets.face_cut import cut_face
from masquerade_train.datasets.face_set import LeftOut, Reading, Row
from masquerade_train.datasets.image_file import FLAT, Image, find_label_error, is_flat, read_image
from masquerade_train.datasets.landmark_table import (
    Errors,
    check_columns,
    columns_of,
    open_table,
    pixels_too_far,
    read_header,
    read_landmarks,
    read_number,
    read_rows,
)
from masquerade_train.datasets.people import check_split, place_image
from masquerade_train.errors import TrainError

_DISTANCE = "eye_distance_px"
_FOLDERS = (".", "faces", "images", "pictures", "photos")
# Pixels; a longer side means a photo with a face in it, not an image of a face.
_LARGEST_WHOLE = 256
# Share of the image that a face spans in an image of a face; measured only with so many landmarks of it.
_SMALLEST_SHARE, _ENOUGH_LANDMARKS = 0.3, 5


def names_in(header: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the landmarks that a table's columns hold, in their order."""
    return tuple(dict.fromkeys(column[:-2] for column in header if column.endswith(("_x", "_y"))))


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """One row of the table, understood.

    Attributes:
        landmarks: (K, 2) float32, pixels of the image; NaN = not marked.
        source, person, split: "" where the table does not say.
        eye_distance: pixels of the image that the file was cut from; NaN = the table does not say.
        subtracted: see Row.
    """

    where: str
    file: str
    landmarks: FloatArray
    source: str = ""
    person: str = ""
    split: str = ""
    eye_distance: float = float("nan")
    subtracted: float = 0.0


def read_labels(path: Path) -> tuple[tuple[Label, ...], tuple[str, ...]]:
    """Return the rows of the table at `path` and the names of their landmarks; no image is read.

    Raises:
        TrainError: a column is missing or a cell is wrong; all errors at once.
    """
    labels: list[Label] = []
    with open_table(path) as table:
        header = read_header(table)
        names = names_in(header)
        check_columns(table.name, header, ("file", *columns_of(names)))
        if not names or not all(names):
            raise TrainError(f"{path} has no columns of landmarks: a landmark nose is the columns nose_x and nose_y.")
        errors = Errors(table.name)
        for line in read_rows(table, header):
            with errors.at(f"line {line.number}"):
                labels.append(_read_label(f"line {line.number}", line.cells(), names))
        errors.raise_any()
    return tuple(labels), names


def read_named_table(path: Path, source: str) -> Reading:
    """Read the table and the images it names.

    Images lie beside the table or in faces/, images/, pictures/ or photos/ there. Optional
    columns: source, person, split, eye_distance_px. An image of up to 256 px with one face
    that spans a good part of it is taken as it is; out of others each face is cut.

    Raises:
        TrainError: a column or image is missing or invalid; all errors at once.
    """
    labels, names = read_labels(path)
    return read_images(path, labels, names, source)


def read_images(path: Path, labels: tuple[Label, ...], names: tuple[str, ...], source: str) -> Reading:
    """Read the images of `labels` out of the table at `path`; see `read_named_table`.

    Raises:
        TrainError: an image is missing or no image; all errors at once.
    """
    taker, errors = _Taker(path.parent, Counter(label.file for label in labels), source), Errors(str(path))
    for label in labels:
        with errors.at(label.where):
            taker.take(label)
    errors.raise_any()
    notes = (f"Faces were cut out of larger images ({taker.cut_count}).",) if taker.cut_count else ()
    return Reading(tuple(taker.rows), tuple(taker.left_out), names, notes)


class _Taker:
    """Takes one label after the other, with its image."""

    def __init__(self, folder: Path, faces: Counter[str], source: str) -> None:
        self._folder, self._faces, self._source = folder, faces, source
        self._twins = DuplicateFinder()
        self.rows: list[Row] = []
        self.left_out: list[LeftOut] = []
        self.cut_count = 0

    def take(self, label: Label) -> None:
        """Keep a row, or the reason why it is left out; ValueError where there is no image."""
        image = read_image(self._find(label.file))
        height, width = image.pixels.shape[:2]
        is_cut = self._faces[label.file] > 1 or _is_photo(label.landmarks, max(height, width))
        error = find_label_error(label.landmarks, (width, height))
        error = error or (FLAT if is_flat(image.pixels) else "")
        twin = None if error else self._twins.find(image.digest, label.landmarks, label.where)
        if error or (twin and (twin.reason == SAME or not is_cut)):
            self.left_out.append(LeftOut(label.where, error) if error or not twin else twin)
            return
        row = self._row(label, image, is_cut)
        if row is None:
            self.left_out.append(LeftOut(label.where, "the face is too small"))
        else:
            self.rows.append(row)

    def _row(self, label: Label, image: Image, is_cut: bool) -> Row | None:
        encoded, landmarks = image.encoded, label.landmarks
        if is_cut:
            cut = cut_face(image.pixels, landmarks)
            if cut is None:
                return None
            encoded, landmarks = cut.encoded, cut.landmarks
            self.cut_count += 1
        place = place_image(image.digest, label.person, label.split)
        source = label.source or self._source
        return Row(
            encoded,
            landmarks,
            source,
            place.person,
            place.split,
            label.file,
            eye_distance=label.eye_distance,
            subtracted=0.0 if is_cut else label.subtracted,
        )

    def _find(self, file: str) -> Path:
        places = [self._folder / name / file for name in _FOLDERS]
        return next((place for place in places if place.is_file()), self._folder / file)


def _is_photo(landmarks: FloatArray, side: int) -> bool:
    """Return whether an image of `side` pixels is more than an image of the face with these landmarks (K, 2)."""
    known = landmarks[np.isfinite(landmarks).all(axis=1)]
    is_small = len(known) >= _ENOUGH_LANDMARKS and float(np.ptp(known, axis=0).max()) < _SMALLEST_SHARE * side
    return side > _LARGEST_WHOLE or is_small


def _read_label(where: str, cells: dict[str, str], names: tuple[str, ...]) -> Label:
    split = cells.get("split", "")
    subtracted = pixels_too_far(cells)
    if not cells["file"]:
        raise ValueError("no file is named")
    return Label(
        where=where,
        file=cells["file"],
        landmarks=read_landmarks(cells, columns_of(names)) - np.float32(subtracted),
        source=cells.get("source", ""),
        person=cells.get("person", ""),
        split=check_split(split) if split else "",
        eye_distance=read_number(cells.get(_DISTANCE, ""), _DISTANCE, least=0),
        subtracted=subtracted,
    )
