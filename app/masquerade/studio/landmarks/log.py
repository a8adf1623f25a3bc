"""Writes and reads the faces of a stream as JSON Lines, without images.

The first line is `{"masquerade": 1, "width": 1280, "height": 720, "landmarks": ["left_eye_center", ...]}`. Each
further line is one frame: `{"time": 0.033, "faces": [{"id": 1, "score": 0.98, "points": [[x, y], ...], "pose":
[yaw, pitch, roll], "triggers": ["smile"]}]}`. Times are seconds from the first frame, landmarks pixels of the frame,
angles degrees; `pose` is null where it is not known.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from masquerade.errors import SourceError
from masquerade.values import LANDMARK_COUNT, LANDMARK_NAMES, Face, FloatArray, Scene

_VERSION = 1
_MAX_SIDE = 16_384
_MAX_LINE = 1_000_000
_MAX_FACES = 100


@dataclass(frozen=True, slots=True, eq=False)
class LoggedFace:
    """One face of a frame.

    Attributes:
        id: stays the same for one person.
        landmarks: (15, 2) float32, pixels.
    """

    id: int
    landmarks: FloatArray


@dataclass(frozen=True, slots=True)
class LoggedFrame:
    """What a line holds.

    Attributes:
        time: seconds from the first frame.
        faces: in the order of their ids.
    """

    time: float
    faces: tuple[LoggedFace, ...]


class LandmarkLog:
    """Writes lines into an open file; used on one thread."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._begin: float | None = None
        self.frames = 0

    def add(self, scene: Scene) -> None:
        """Write one frame; raises OSError."""
        if self._begin is None:
            self._begin = scene.frame.taken_at
            width, height = scene.frame.size_wh
            self._write({"masquerade": _VERSION, "width": width, "height": height, "landmarks": list(LANDMARK_NAMES)})
        faces = [_content(face) for face in scene.faces if not face.held]
        self._write({"time": round(scene.frame.taken_at - self._begin, 6), "faces": faces})
        self.frames += 1

    def _write(self, content: dict[str, Any]) -> None:
        # Each line by itself: who reads along, or is left with a broken-off file, has whole lines.
        self._file.write(json.dumps(content, separators=(",", ":")) + "\n")
        self._file.flush()


def _content(face: Face) -> dict[str, Any]:
    pose = face.pose
    return {
        "id": face.identity,
        "score": round(face.score, 4),
        "points": [[round(float(x), 2), round(float(y), 2)] for x, y in face.keypoints.points],
        "pose": None if pose is None else [round(angle, 2) for angle in (pose.yaw, pose.pitch, pose.roll)],
        "triggers": sorted(face.active),
    }


class LogReader:
    """Reads a log of any program; iterated on one thread, without `with`.

    Attributes:
        size_wh: of the frames, pixels.
    """

    def __init__(self, path: Path) -> None:
        """Read the first line.

        Raises:
            SourceError: the file cannot be read, or is no such log.
        """
        self._path = path
        try:
            self._file = path.open(encoding="utf-8")
        except OSError as error:
            raise SourceError(f"{path} cannot be read ({error.strerror or error}).") from error
        try:
            head = self._parse(self._file.readline(_MAX_LINE), 1)
            if head.get("masquerade") != _VERSION or head.get("landmarks") != list(LANDMARK_NAMES):
                raise SourceError(f"{path} is not a file of landmarks. `masquerade keypoints --live` writes one.")
            self.size_wh = (_side(head, "width"), _side(head, "height"))
        except (SourceError, ValueError, OSError) as error:
            self._file.close()
            if isinstance(error, SourceError):
                raise
            raise SourceError(f"{path} is not a file of landmarks ({_reason(error)}).") from error

    def __iter__(self) -> Iterator[LoggedFrame]:
        """Give the frames in their order.

        A last line that is broken off, as a killed program leaves it, ends the log.

        Raises:
            SourceError: a line is invalid.
        """
        number, before = 1, 0.0
        with self._file:
            while line := self._read_line():
                number += 1
                if not line.endswith("\n"):
                    return
                frame = self._frame(line, number)
                if frame.time < before:
                    raise SourceError(f"{self._path}: line {number}: 'time' runs backwards.")
                before = frame.time
                yield frame

    def _read_line(self) -> str:
        try:
            return self._file.readline(_MAX_LINE)
        except (OSError, ValueError) as error:
            raise SourceError(f"{self._path} could not be read to its end ({_reason(error)}).") from error

    def _parse(self, line: str, number: int) -> dict[str, Any]:
        try:
            content = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{self._path}: line {number} is not JSON.") from error
        if not isinstance(content, dict):
            raise SourceError(f"{self._path}: line {number} is not an object.")
        return content

    def _frame(self, line: str, number: int) -> LoggedFrame:
        content = self._parse(line, number)
        try:
            time = float(content["time"])
            faces = content["faces"]
            if not 0 <= time < 1e7 or not isinstance(faces, list) or len(faces) > _MAX_FACES:
                raise ValueError("'time' or 'faces' is out of range")
            return LoggedFrame(time, tuple(_face(face) for face in faces))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise SourceError(f"{self._path}: line {number} is not a frame ({error}).") from error


def _reason(error: Exception) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)


def _face(content: dict[str, Any]) -> LoggedFace:
    landmarks = np.array(content["points"], np.float64)
    if landmarks.shape != (LANDMARK_COUNT, 2) or not np.isfinite(landmarks).all() or np.abs(landmarks).max() > 1e6:
        raise ValueError(f"'points' must be {LANDMARK_COUNT} pairs of pixels")
    return LoggedFace(int(content["id"]), landmarks.astype(np.float32))


def _side(head: dict[str, Any], key: str) -> int:
    side = head.get(key)
    if isinstance(side, bool) or not isinstance(side, int) or not 16 <= side <= _MAX_SIDE:
        raise ValueError(f"'{key}' must be a whole number of pixels up to {_MAX_SIDE}")
    return side
