"""Writes the landmarks of faces into a CSV table, one row per face; can continue a stopped table."""

import csv
import io
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from masquerade.errors import RecordingError
from masquerade.studio.whole_file import write_error
from masquerade.terminal import printable
from masquerade.values import LANDMARK_NAMES, Face

COLUMNS = (
    *("file", "frame", "time_s", "face", "score", "yaw", "pitch", "roll"),
    *(f"{name}_{axis}" for name in LANDMARK_NAMES for axis in "xy"),
    # Last, so that programs that count columns find the others where they were.
    "method",
)
_SECONDS_BETWEEN_FLUSHES = 1.0


class LandmarkTable:
    """A table that is being written; used by one thread, by `with`.

    Every row is in the file within a second, so that a run that is stopped, by Ctrl+C, an
    error or a power cut, keeps what it has.

    Attributes:
        rows: written so far, without those of an earlier run.
        finished: files that an earlier run had finished; empty without `resume`.
    """

    def __init__(self, path: Path, resume: bool = False, method: str = "") -> None:
        """Remember where to write; the file is opened when the block begins.

        Args:
            path: of the table; without `resume` an existing one is replaced.
            method: how the landmarks are found, in words; it stands in every row, and a table of another
                method is not resumed.
            resume: True keeps the rows of an earlier run. Those of the last file in it are
                removed, for that file may not have been finished.
        """
        self._path = path
        self._resume = resume
        self._method = cell(method)
        self._flushed_at = 0.0
        self.rows = 0
        self.finished: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        """Open the table.

        Raises:
            RecordingError: it cannot be written, or `resume` meets a table of another kind or method.
        """
        try:
            if self._resume and self._path.exists():
                self._file: IO[str] = self._reopened()
            else:
                # newline="" and "\n" as csv wants it: one line end on every system.
                self._file = self._path.open("w", newline="", encoding="utf-8")
                csv.writer(self._file, lineterminator="\n").writerow(COLUMNS)
                self._file.flush()
        except OSError as error:
            raise write_error(self._path, error) from error
        self._table = csv.writer(self._file, lineterminator="\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the table; its rows stay, whatever ended the block."""
        try:
            self._file.close()
        except OSError as error:
            if not isinstance(value, RecordingError):
                raise write_error(self._path, error) from error

    def add(self, file: str, frame: int, seconds: float, number: int, face: Face) -> None:
        """Add a face.

        Args:
            file: as the user named it; control characters are escaped.
            frame: from 0.
            seconds: the frame's time in the file; 0 for an image.
            number: which face of the file it is, from 1; in a video it stays with the person.
            face: its landmarks are written in pixels of the image as it is shown: upright,
                with square pixels. A pose that is not known leaves its three cells empty.

        Raises:
            RecordingError: the disk is full or gone.
        """
        pose = ("", "", "")
        if face.pose is not None:
            pose = (f"{face.pose.yaw:.2f}", f"{face.pose.pitch:.2f}", f"{face.pose.roll:.2f}")
        landmarks = (f"{value:.3f}" for value in face.keypoints.points.ravel())
        row = (cell(file), frame, f"{seconds:.6f}", number, f"{face.score:.4f}", *pose, *landmarks, self._method)
        try:
            self._table.writerow(row)
            if time.monotonic() - self._flushed_at > _SECONDS_BETWEEN_FLUSHES:
                self.flush()
        except OSError as error:
            raise write_error(self._path, error) from error
        self.rows += 1

    def flush(self) -> None:
        """Hand all rows to the system, so that they outlive this process.

        Raises:
            RecordingError: the disk is full or gone.
        """
        try:
            self._file.flush()
        except OSError as error:
            raise write_error(self._path, error) from error
        self._flushed_at = time.monotonic()

    def _reopened(self) -> IO[str]:
        """Open the table of an earlier run behind the rows of its last file but one."""
        file = self._path.open("r+", newline="", encoding="utf-8", errors="surrogateescape")
        content = file.read()
        # What follows the last line break was being written when the run ended.
        rows = list(_rows_with_ends(content[: content.rfind("\n") + 1]))
        if rows and tuple(rows[0][0]) != COLUMNS:
            file.close()
            raise RecordingError(
                f"{printable(self._path)} is not a table of this version of Masquerade. "
                "Use --force to replace it, or choose another name."
            )
        methods = {row[-1] for row, _ in rows[1:]} - {self._method}
        if methods:
            file.close()
            raise RecordingError(
                f"{printable(self._path)} was begun with other options: {min(methods)}, not {self._method}. "
                "Use the same ones to go on with it, or --force to replace it."
            )
        last = rows[-1][0][0] if len(rows) > 1 else None
        kept = [row for row in rows[1:] if row[0][0] != last]
        self.finished = frozenset(row[0][0] for row in kept)
        end = kept[-1][1] if kept else (rows[0][1] if rows else 0)
        file.seek(0)
        file.truncate(len(content[:end].encode("utf-8", "surrogateescape")))
        file.seek(0, os.SEEK_END)
        if not rows:
            csv.writer(file, lineterminator="\n").writerow(COLUMNS)
        return file


def cell(name: str) -> str:
    """Return a file's name as it stands in the table, with control characters and bytes that are not UTF-8 escaped.

    Tables are shown in terminals, too, and read line by line.
    """
    return printable(name)


def _rows_with_ends(content: str) -> Iterator[tuple[list[str], int]]:
    """Give each row and where it ends in the text, in letters; a name may hold line breaks."""
    source = io.StringIO(content, newline="")
    lines: list[str] = []

    def counted() -> Iterator[str]:
        for line in source:
            lines.append(line)
            yield line

    position, taken, is_header = 0, 0, True
    for row in csv.reader(counted()):
        if not row:
            return
        position += sum(len(line) for line in lines[taken:])
        taken = len(lines)
        # The last one may have been cut inside a name.
        if not is_header and len(row) != len(COLUMNS):
            return
        yield row, position
        is_header = False
