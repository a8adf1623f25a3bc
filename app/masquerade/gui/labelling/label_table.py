"""Reads and writes a table of photos and landmarks: the column `file`, and NAME_x and NAME_y for each landmark."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from masquerade.errors import SourceError
from masquerade.studio.whole_file import written_whole
from masquerade.terminal import printable
from masquerade.values import FloatArray

# Optional columns: how unsure the labels of a photo are, eye distances, and which landmarks are the least sure.
DOUBT, DOUBTFUL = "doubt", "doubtful"
_MAX_BYTES = 100_000_000


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPhoto:
    """A row of the table.

    Attributes:
        path: of the photo.
        cells: all cells of the row, by column.
        landmarks: (K, 2) float32, pixels of the photo; NaN = not marked.
        doubt: how unsure the landmarks are, eye distances; 0 where the table does not say.
        doubtful: the landmarks that are the least sure.
    """

    path: Path
    cells: dict[str, str]
    landmarks: FloatArray
    doubt: float = 0.0
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LabelTable:
    """A table of photos.

    Attributes:
        columns: in the order of the file.
        names: of the landmarks.
    """

    path: Path
    columns: tuple[str, ...]
    names: tuple[str, ...]
    photos: tuple[LabelledPhoto, ...]

    def write(self, photos: tuple[LabelledPhoto, ...]) -> None:
        """Replace the file by one with these photos; a crash half-way leaves the old one.

        Raises:
            RecordingError: it cannot be written.
        """
        text = io.StringIO()
        writer = csv.DictWriter(text, self.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._row(photo) for photo in photos)
        with written_whole(self.path) as temporary:
            temporary.write_text(text.getvalue(), encoding="utf-8")

    def _row(self, photo: LabelledPhoto) -> dict[str, str]:
        row = dict(photo.cells)
        for name, (x, y) in zip(self.names, photo.landmarks, strict=True):
            row |= {f"{name}_x": _text(x), f"{name}_y": _text(y)}
        if DOUBT in self.columns:
            row[DOUBT] = f"{photo.doubt:.4f}"
        if DOUBTFUL in self.columns:
            row[DOUBTFUL] = " ".join(photo.doubtful)
        return row


def read_label_table(path: Path) -> LabelTable:
    """Read a table; photos lie beside it, or in images/, faces/ or photos/ there.

    Raises:
        SourceError: it cannot be read, or is no such table; with the line where there is one.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise SourceError(f"{printable(path)} is too large for a table of photos.")
        reader = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        lines = [(reader.line_num, values) for values in reader if values]
    except OSError as error:
        raise SourceError(f"{printable(path)} cannot be read ({error.strerror}).") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{printable(path)} is not a CSV table in UTF-8.") from error
    columns = tuple(name.strip() for name in lines[0][1]) if lines else ()
    names = tuple(name[:-2] for name in columns if name.endswith("_x") and f"{name[:-2]}_y" in columns)
    if "file" not in columns or not names:
        raise SourceError(f"{printable(path)} is not a table of photos. It needs the columns file, NAME_x and NAME_y.")
    photos = tuple(_read_row(path, columns, names, number, values) for number, values in lines[1:])
    if not photos:
        raise SourceError(f"{printable(path)} contains no photos.")
    return LabelTable(path, columns, names, photos)


def _read_row(
    path: Path, columns: tuple[str, ...], names: tuple[str, ...], number: int, values: list[str]
) -> LabelledPhoto:
    if len(values) != len(columns):
        raise SourceError(f"{printable(path)}, line {number}: {len(values)} cells, expected {len(columns)}.")
    cells = dict(zip(columns, values, strict=True))
    try:
        landmarks = np.array([[_number(cells[f"{name}_{axis}"]) for axis in "xy"] for name in names], np.float32)
        doubt = _number(cells.get(DOUBT, "0"))
    except ValueError as error:
        raise SourceError(f"{printable(path)}, line {number}: {error}.") from error
    landmarks[~np.isfinite(landmarks).all(axis=1)] = np.nan
    doubtful = tuple(cells.get(DOUBTFUL, "").split())
    return LabelledPhoto(_find(path.parent, cells["file"]), cells, landmarks, doubt, doubtful)


def _find(folder: Path, file: str) -> Path:
    places = [folder / file, *(folder / name / file for name in ("images", "faces", "photos"))]
    return next((place for place in places if place.is_file()), places[0])


def _number(text: str) -> float:
    try:
        return float(text) if text.strip() else float("nan")
    except ValueError:
        raise ValueError(f"'{text[:20]}' is not a number") from None


def _text(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else ""
