"""Writes the points of faces into a CSV table, one row a face."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

from masquerade.errors import RecordingError
from masquerade.studio.whole_file import explain_write_error, written_whole
from masquerade.values import POINT_NAMES, Face

COLUMNS = (
    *("file", "frame", "time_s", "face", "score", "yaw", "pitch", "roll"),
    *(f"{name}_{axis}" for name in POINT_NAMES for axis in "xy"),
)


class PointsFile:
    """A table that is being written; used by one thread, by `with`.

    It gets its name when the block ends well; an error or Ctrl+C leaves what was there
    before.
    """

    def __init__(self, path: Path) -> None:
        """Report where to write; the file is made when the block begins."""
        self._path = path
        self._whole = written_whole(path)
        self.rows = 0

    def __enter__(self) -> Self:
        temporary = self._whole.__enter__()
        # newline="" and "\n" as csv wants it: one line end on every system.
        self._file = temporary.open("w", newline="", encoding="utf-8")
        self._table = csv.writer(self._file, lineterminator="\n")
        self._table.writerow(COLUMNS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError as error:
            kind, value, trace = type(error), error, error.__traceback__
        self._whole.__exit__(kind, value, trace)

    def add(self, file: str, frame: int, seconds: float, number: int, face: Face) -> None:
        """Add a face.

        Args:
            file: as the user named it.
            frame: from 0.
            seconds: the frame's time in the file; 0 for an image.
            number: which face of the file it is, from 1; in a video it stays with the person.
            face: its points are written in pixels of the input; a pose that is not known
                leaves its three cells empty.

        Raises:
            RecordingError: the disk is full or gone.
        """
        pose = ("", "", "")
        if face.pose is not None:
            pose = (f"{face.pose.yaw:.2f}", f"{face.pose.pitch:.2f}", f"{face.pose.roll:.2f}")
        points = (f"{value:.3f}" for value in face.keypoints.points.ravel())
        row = (file, frame, f"{seconds:.6f}", number, f"{face.keypoints.score:.4f}", *pose, *points)
        try:
            self._table.writerow(row)
        except OSError as error:
            raise RecordingError(explain_write_error(self._path, error)) from error
        self.rows += 1
