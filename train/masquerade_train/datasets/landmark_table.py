"""Reads tables (CSV) of images and named landmarks, line by line and in bounded memory."""

import csv
import difflib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from masquerade.progress import Progress
from masquerade.values import LANDMARK_NAMES, FloatArray

from masquerade_train.errors import TrainError, reading

# Of many invalid rows the first ones say enough.
ERRORS_SHOWN = 20
# Beyond it the file is of another kind, and an error message is all that is left to do.
_MAX_ERRORS = 1000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# How files begin that are taken for tables, or saved under a table's name.
_OTHER_KINDS = {
    b"\x1f\x8b": "a compressed file (gzip): unpack it first",
    b"PK\x03\x04": "a .zip, or a workbook: unpack it, or save the sheet as CSV in UTF-8",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"%PDF": "a PDF",
    b"<": "a web page, such as one that asks to sign in: download it again",
    b"{": "JSON; save it as CSV in UTF-8",
}
# A row of Kaggle's holds 9216 values: 37,000 letters at most.
_LONGEST_LINE = 1 << 18
# Cut out by the landmarks of .pts files, which count pixels from 1 as Matlab does, with nothing subtracted.
_COUNT_FROM_ONE = ("helen",)
_SCALE = "px_per_crop_px"
# float() and int() take more: 1_000 is a thousand to them, and digits may be of any script.
_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*|\s*nan\s*", re.IGNORECASE)
# Far beyond any image, and far below what float32 holds.
_MAX_NUMBER = 1e9


def columns_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that hold the landmarks `names`, x before y, as Kaggle calls them."""
    return tuple(f"{name}_{axis}" for name in names for axis in "xy")


COLUMNS = columns_of(LANDMARK_NAMES)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table that is open for reading.

    Attributes:
        name: what people call it, for messages.
        total_bytes: of its text, for the progress bar.
    """

    name: str
    stream: IO[bytes]
    total_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One row of a table.

    Attributes:
        number: of its last line in the file, from 1.
    """

    number: int
    header: tuple[str, ...]
    values: tuple[str, ...]

    def cells(self) -> dict[str, str]:
        """Return the cells by column.

        Raises:
            ValueError: the row has more or fewer cells than the header.
        """
        if len(self.values) != len(self.header):
            raise ValueError(f"cells: {len(self.values)}, expected {len(self.header)}")
        return dict(zip(self.header, self.values, strict=True))


class Errors:
    """Collects the errors of a source, to show them all at once."""

    def __init__(self, name: str) -> None:
        """`name` stands before every error."""
        self._name = name
        self._found: list[str] = []

    @contextmanager
    def at(self, where: str) -> Iterator[None]:
        """Collect a ValueError or OSError of the block as an error at `where`.

        Raises:
            TrainError: there are too many errors to go on.
        """
        try:
            yield
        except (ValueError, OSError) as error:
            # A system's own message has its number and the whole path.
            reason = (error.strerror if isinstance(error, OSError) else "") or error
            self._found.append(f"{self._name}: {where}: {reason}")
            if len(self._found) >= _MAX_ERRORS:
                self.raise_any()

    def raise_any(self) -> None:
        """Raise the collected errors, if any.

        Raises:
            TrainError: the first errors, and how many there are.
        """
        if self._found:
            rows = "1 invalid row" if len(self._found) == 1 else f"{len(self._found)} invalid rows in all"
            raise TrainError("\n".join([*self._found[:ERRORS_SHOWN], rows]))


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open the table at `path`, for a `with`.

    Raises:
        TrainError: the file cannot be read.
    """
    with reading(path), path.open("rb") as stream:
        yield Table(str(path), stream, path.stat().st_size)


def read_header(table: Table) -> tuple[str, ...]:
    """Return the names of the columns; the next line read is the first row.

    Raises:
        TrainError: the table is empty or no text, or has a column twice.
    """
    for _, values in _split(table, _text_lines(table, first=True)):
        header = tuple(value.strip().lstrip("\ufeff") for value in values)
        _check_separator(table.name, header)
        twice = next((name for name in header if name and header.count(name) > 1), None)
        if twice is not None:
            raise TrainError(f"{table.name} has the column '{twice}' twice. Remove or rename one of them.")
        return header
    raise TrainError(f"{table.name} is empty.")


def _check_kind(name: str, content: bytes) -> None:
    for beginning, kind in _OTHER_KINDS.items():
        if content.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t").startswith(beginning):
            raise TrainError(f"{name} is not a table but {kind}.")


def _check_separator(name: str, header: tuple[str, ...]) -> None:
    """Refuse a header without commas."""
    joined = ",".join(header)
    for sign, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (":", "colons"), (" ", "spaces")):
        if joined.count(sign) > joined.count(","):
            raise TrainError(
                f"{name} separates its columns by {word}. Save it as CSV with commas, and numbers with a decimal point."
            )


def read_rows(table: Table, header: tuple[str, ...]) -> Iterator[Line]:
    """Yield the rows after the header; blank lines are passed over.

    Raises:
        TrainError: a line is no text, or longer than any row can be.
    """
    with Progress(f"reading {Path(table.name).name}", table.total_bytes, "", stays=False) as progress:
        for number, values in _split(table, _text_lines(table, progress)):
            # The header was line 1.
            yield Line(number + 1, header, tuple(values))


def read_lines(path: Path, needed: tuple[str, ...]) -> Iterator[Line]:
    """Yield every row of the table at `path`.

    Raises:
        TrainError: the file cannot be read or a needed column is missing.
    """
    with open_table(path) as table:
        header = read_header(table)
        check_columns(table.name, header, needed)
        yield from read_rows(table, header)


def read_landmarks(cells: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> FloatArray:
    """Return (K, 2) float32 from one row, K = half the columns; NaN where a cell is empty.

    A landmark of which only one coordinate is marked is not marked.

    Raises:
        ValueError: a cell is no number.
    """
    landmarks = np.array([read_number(cells[name], name) for name in columns], np.float32).reshape(-1, 2)
    landmarks[~np.isfinite(landmarks).all(axis=1)] = np.nan
    return landmarks


def check_columns(name: str, found: tuple[str, ...], needed: tuple[str, ...]) -> None:
    """Compare the columns of the table `name` with those needed.

    Raises:
        TrainError: some are missing; a column with nearly the name of the first is named.
    """
    missing = [column for column in needed if column not in found]
    if not missing:
        return
    others = {column.lower(): column for column in found if column not in needed}
    near = difflib.get_close_matches(missing[0].lower(), others, 1)
    hint = f" (did you mean its column '{others[near[0]]}'?)" if near else ""
    if len(missing) == 1:
        raise TrainError(f"{name}: the column '{missing[0]}' is missing{hint}.")
    raise TrainError(f"{name}: {len(missing)} columns are missing, the first is '{missing[0]}'{hint}.")


def read_number(text: str, column: str, *, least: float = -_MAX_NUMBER) -> float:
    """Return the number in a cell; NaN where it is empty.

    Raises:
        ValueError: it is none, not above `least`, or beyond all that a table may hold.
    """
    if not text.strip():
        return np.nan
    if re.fullmatch(r"\s*[+-]?inf(inity)?\s*", text, re.IGNORECASE):
        raise ValueError(f"'{text[:20]}' in {column} is not a number: leave the cell empty where nothing is marked")
    if not _NUMBER.fullmatch(text):
        hint = ": write it with a decimal point" if "," in text else ""
        raise ValueError(f"'{text[:20]}' in {column} is not a number{hint}")
    number = float(text)
    if number <= least or number > _MAX_NUMBER:
        raise ValueError(f"'{text[:20]}' in {column} is out of range")
    return number


def read_whole_number(text: str, column: str) -> int:
    """Return the whole number in a cell.

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch(r"\s*-?[0-9]{1,18}\s*", text):
        raise ValueError(f"'{text[:20]}' in {column} is not a whole number")
    return int(text)


def _text_lines(table: Table, progress: Progress | None = None, *, first: bool = False) -> Iterator[str]:
    while content := table.stream.readline(_LONGEST_LINE + 1):
        if first and content.strip():
            _check_kind(table.name, content)
            first = False
        if progress:
            progress.step(len(content))
        if b"\r" in content.rstrip(b"\r\n"):
            raise TrainError(f"{table.name} ends its lines as old Macs did (CR). Save it with LF or CR LF line ends.")
        if content.startswith(_UTF16) or b"\x00" in content:
            raise TrainError(f"{table.name} is UTF-16 or binary, not UTF-8 text. Save it as CSV in UTF-8.")
        if len(content) > _LONGEST_LINE:
            raise TrainError(
                f"{table.name}: a line is longer than {_LONGEST_LINE} letters. It is not a landmark table."
            )
        try:
            yield content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise TrainError(
                f"{table.name} is not UTF-8 text (perhaps Windows-1252). Save it as CSV in UTF-8."
            ) from error


def _split(table: Table, lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of lines that are not blank."""
    reader = csv.reader(lines)
    try:
        for values in reader:
            if values:
                yield reader.line_num, values
    except csv.Error as error:
        raise TrainError(
            f"{table.name}: line {reader.line_num} cannot be divided into cells ({error}). Is a quote left open?"
        ) from error


def pixels_too_far(cells: dict[str, str]) -> float:
    """Return the offset of a crop's labels to the right and down, in its pixels: one pixel of the original image.

    Raises:
        ValueError: px_per_crop_px is not a number above 0.
    """
    if cells.get("source") not in _COUNT_FROM_ONE or not cells.get(_SCALE):
        return 0.0
    scale = read_number(cells[_SCALE], _SCALE, least=0)
    if np.isnan(scale):
        raise ValueError(f"'{cells[_SCALE]}' in {_SCALE} is not a number")
    return 1 / scale
