"""Reads a folder of face crops: faces.csv (file, source, person, split, 30 coordinates) and faces/*.jpg."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from app.values import POINT_NAMES, FloatArray
from train.datasets.face_set import Reading, Row, face_anchors
from train.datasets.landmark_table import COLUMNS, FAULTS_TOLD, read_lines, read_points
from train.datasets.teacher import Teacher
from train.errors import TrainError

_NEEDED = ("file", "source", "person", "split", *COLUMNS)
# Labels of frames that were marked without much care: a teacher's points take their place.
NOISY_SOURCES = ("ytf",)
NOISY_WEIGHT = 0.5
_MARGIN = 0.25
# Grey levels: a picture that varies less shows nothing.
_FLAT = 2.0


def read_faces15(folder: Path) -> Reading:
    """Reads `folder`/faces.csv and the pictures it names.

    Where `folder`/teacher_mediapipe.csv is there too, the training labels of the noisy
    sources are replaced by the teacher's points, mapped to the convention of the others.
    The labels of the val split are never touched. Left out: pictures of one colour, and
    noisy ones on which label and teacher do not agree.

    Raises:
        TrainError: a file, a column or a picture is missing or a number is wrong; all
            faults at once, each with its line.
    """
    table = folder / "faces.csv"
    rows, faults, left_out = [], [], []
    for line, cells in read_lines(table, _NEEDED):
        try:
            row = _read_row(folder, cells)
        except (ValueError, OSError) as error:
            faults.append(f"{table}: line {line}: {error}")
            continue
        if row is None:
            left_out.append(f"{cells['file']}: the picture is of one colour")
        else:
            rows.append(row)
    if faults:
        raise TrainError("\n".join([*faults[:FAULTS_TOLD], f"{len(faults)} faulty rows in all"]))
    teacher_table = folder / "teacher_mediapipe.csv"
    return _relabel(rows, left_out, teacher_table) if teacher_table.is_file() else Reading(tuple(rows), tuple(left_out))


def _read_row(folder: Path, cells: dict[str, str]) -> Row | None:
    points = read_points(cells)
    content = (folder / "faces" / cells["file"]).read_bytes()
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    if picture is None:
        raise ValueError(f"{cells['file']} is no picture")
    height, width = picture.shape[:2]
    limit = np.array([width, height], np.float32)
    outside = (points < -_MARGIN * limit) | (points > (1 + _MARGIN) * limit)
    if outside.any():
        raise ValueError(f"{POINT_NAMES[int(np.argmax(outside.any(axis=1)))]} lies far outside {cells['file']}")
    if not np.isfinite(face_anchors(points)).all():
        raise ValueError("both eye centres and a point of the mouth must be marked")
    if cells["split"] not in ("train", "val"):
        raise ValueError(f"the split must be train or val, not '{cells['split']}'")
    if picture.std() < _FLAT:
        return None
    distance = cells.get("eye_distance_px")
    return Row(
        encoded=content,
        points=points,
        source=cells["source"],
        person=cells["person"],
        split=cells["split"],
        file=cells["file"],
        weight=NOISY_WEIGHT if cells["source"] in NOISY_SOURCES else 1.0,
        eye_distance=float(distance) if distance else float("nan"),
    )


def _relabel(rows: list[Row], left_out: list[str], table: Path) -> Reading:
    """Gives the noisy training rows the teacher's points."""
    seen: dict[str, list[FloatArray]] = {}
    for _, cells in read_lines(table, ("file", *COLUMNS)):
        seen.setdefault(cells["file"], []).append(read_points(cells))
    noisy = [row for row in rows if row.source in NOISY_SOURCES and row.split == "train"]
    kept = [row for row in rows if not (row.source in NOISY_SOURCES and row.split == "train")]
    sound = [row for row in kept if row.weight == 1.0 and row.split == "train" and row.file in seen]
    pupils = [row for row in noisy if row.file in seen]
    if not (sound and pupils):
        return Reading(tuple(rows), tuple(left_out))
    teacher = Teacher.learn(_teacher_points(sound, seen), np.stack([row.points for row in sound]))
    taught = teacher.label(_teacher_points(pupils, seen), np.stack([row.points for row in pupils]))
    relabelled = [replace(row, points=points) for row, points in zip(pupils, taught, strict=True) if points is not None]
    names = {row.file for row in relabelled}
    left_out += [f"{row.file}: label and teacher do not agree" for row in noisy if row.file not in names]
    return Reading((*kept, *relabelled), tuple(left_out))


def _teacher_points(rows: list[Row], seen: dict[str, list[FloatArray]]) -> FloatArray:
    """(N, 15, 2)."""
    return np.stack([_nearest(seen[row.file], row.points) for row in rows])


def _nearest(candidates: list[FloatArray], points: FloatArray) -> FloatArray:
    """The teacher may have seen several faces in one crop."""
    return min(candidates, key=lambda candidate: float(np.abs(candidate - points).mean()))
