"""Reads which rows of a source to leave out, from a table by `explore` or any with the column `file`."""

from pathlib import Path

from masquerade_train.datasets.face_set import LeftOut, Reading
from masquerade_train.datasets.landmark_table import read_lines
from masquerade_train.errors import TrainError


def without(reading: Reading, tables: list[Path]) -> Reading:
    """Return `reading` without the rows that the tables name.

    Raises:
        TrainError: a table cannot be read, has no column `file`, or names a file that is not in the source.
    """
    reading_files = {row.file for row in reading.rows}
    known = reading_files | {entry.where for entry in reading.left_out}
    named: dict[str, Path] = {}
    for table in tables:
        named |= {line.cells()["file"]: table for line in read_lines(table, ("file",))}
    strange = [file for file in named if file not in known]
    if strange:
        raise TrainError(
            f"{named[strange[0]]} names '{strange[0]}', which is not in the source ({len(strange)} such in all)."
        )
    kept = tuple(row for row in reading.rows if row.file not in named)
    left_out = tuple(LeftOut(file, f"named in {named[file].name}") for file in named if file in reading_files)
    return Reading(kept, (*reading.left_out, *left_out), reading.names, reading.notes)
