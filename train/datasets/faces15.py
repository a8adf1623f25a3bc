"""Reads a folder of face crops: faces.csv (file, source, person, split, 30 coordinates) and faces/*.jpg."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from app.values import FloatArray
from train.datasets.face_set import LeftOut, Reading, Row, face_anchors
from train.datasets.landmark_table import COLUMNS, Faults, read_lines, read_points
from train.datasets.people import check_split
from train.datasets.picture_file import FLAT, find_label_fault, is_flat, read_picture
from train.datasets.teacher import Teacher
from train.datasets.twins import Twins

_NEEDED = ("file", "source", "person", "split", *COLUMNS)
# Labels of frames that were marked without much care: a teacher's points take their place.
NOISY_SOURCES = ("ytf",)
NOISY_WEIGHT = 0.5


def read_faces15(folder: Path) -> Reading:
    """Reads `folder`/faces.csv and the pictures it names.

    Where `folder`/teacher_mediapipe.csv is there too, the training labels of the noisy
    sources are replaced by the teacher's points, mapped to the convention of the others.
    The labels of the val split are never touched. Left out: pictures of one colour, those
    that were there before, and noisy ones on which label and teacher do not agree.

    Raises:
        TrainError: a file, a column or a picture is missing or a number is wrong; all
            faults at once, each with its line.
    """
    table = folder / "faces.csv"
    rows: list[Row] = []
    left_out: list[LeftOut] = []
    faults, twins = Faults(str(table)), Twins()
    for line in read_lines(table, _NEEDED):
        with faults.at(f"line {line.number}"):
            taken = _read_row(folder, line.cells(), twins)
            if isinstance(taken, Row):
                rows.append(taken)
            else:
                left_out.append(taken)
    faults.tell()
    teacher_table = folder / "teacher_mediapipe.csv"
    return _relabel(rows, left_out, teacher_table) if teacher_table.is_file() else Reading(tuple(rows), tuple(left_out))


def _read_row(folder: Path, cells: dict[str, str], twins: Twins) -> Row | LeftOut:
    points, name = read_points(cells), cells["file"]
    if not np.isfinite(face_anchors(points)).all():
        raise ValueError("both eye centres and a point of the mouth must be marked")
    split = check_split(cells["split"])
    picture = read_picture(folder / "faces" / name)
    height, width = picture.pixels.shape[:2]
    fault = find_label_fault(points, (width, height)) or (FLAT if is_flat(picture.pixels) else "")
    twin = None if fault else twins.find(picture.digest, points, name)
    if fault or twin:
        return twin or LeftOut(name, fault)
    distance = cells.get("eye_distance_px")
    return Row(
        encoded=picture.encoded,
        points=points,
        source=cells["source"],
        person=cells["person"],
        split=split,
        file=name,
        weight=NOISY_WEIGHT if cells["source"] in NOISY_SOURCES else 1.0,
        eye_distance=float(distance) if distance else float("nan"),
    )


def _relabel(rows: list[Row], left_out: list[LeftOut], table: Path) -> Reading:
    """Gives the noisy training rows the teacher's points."""
    seen: dict[str, list[FloatArray]] = {}
    faults = Faults(str(table))
    for line in read_lines(table, ("file", *COLUMNS)):
        with faults.at(f"line {line.number}"):
            cells = line.cells()
            seen.setdefault(cells["file"], []).append(read_points(cells))
    faults.tell()
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
    left_out += [LeftOut(row.file, "label and teacher do not agree") for row in noisy if row.file not in names]
    return Reading((*kept, *relabelled), tuple(left_out))


def _teacher_points(rows: list[Row], seen: dict[str, list[FloatArray]]) -> FloatArray:
    """(N, 15, 2)."""
    return np.stack([_nearest(seen[row.file], row.points) for row in rows])


def _nearest(candidates: list[FloatArray], points: FloatArray) -> FloatArray:
    """The teacher may have seen several faces in one crop."""
    return min(candidates, key=lambda candidate: float(np.abs(candidate - points).mean()))
