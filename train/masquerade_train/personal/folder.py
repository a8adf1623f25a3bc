"""The folder of a personal model: photos, their landmarks as a table, frames for backgrounds."""

import csv
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from masquerade.values import ALL_LANDMARK_NAMES, LANDMARK_NAMES, FloatArray

from masquerade_train.datasets.backgrounds import read_backgrounds
from masquerade_train.datasets.face_set import FaceSet, join_rows
from masquerade_train.datasets.landmark_table import COLUMNS, columns_of, read_landmarks, read_lines
from masquerade_train.datasets.named_table import read_named_table
from masquerade_train.errors import TrainError, writing
from masquerade_train.personal.kept_aside import Placed, hold_out
from masquerade_train.personal.photos import FacePhoto, choose_varied

LABELS = "labels.csv"
# The same as the model labelled them: what differs was corrected.
_FOUND = "found.csv"
SOURCE = "you"
_TRAINING, _TEST = 160, 60
_MIN_TRAINING, _MIN_TEST = 24, 8
# A photo is doubtful where its landmarks wander more than those of nine photos of ten, and by this much at least;
# of the landmarks those that wander twice as much as usual. Eye distances.
_DOUBTFUL_SHARE, _DOUBTFUL_SPREAD, _DOUBTFUL_TIMES = 0.9, 0.012, 2.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What a folder holds."""

    training: int
    test: int
    doubtful: int


def write_folder(folder: Path, photos: tuple[FacePhoto, ...]) -> Counts:
    """Choose varied photos, hold some out by time, and write them with their landmarks.

    Raises:
        TrainError: there are too few, or the folder cannot be written.
    """
    placed = hold_out(photos)
    taught = choose_varied(tuple(each.photo for each in placed if each.split == "train"), _TRAINING)
    tests = choose_varied(tuple(each.photo for each in placed if each.split == "test"), _TEST)
    if len(taught) < _MIN_TRAINING or len(tests) < _MIN_TEST:
        raise TrainError(
            f"Only {len(photos)} photos show a face large enough: {_MIN_TRAINING} to learn from and {_MIN_TEST} to "
            "measure on are needed. Take a longer video, nearer to the camera and in better light."
        )
    wanted = {id(photo) for photo in (*taught, *tests)}
    chosen = [each for each in placed if id(each.photo) in wanted]
    with writing(folder):
        doubtful = _write_labels(folder, chosen)
        _write_grounds(folder / "frames", photos)
    return Counts(len(taught), len(tests), doubtful)


def _write_labels(folder: Path, chosen: list[Placed]) -> int:
    """Write images/ and labels.csv; return how many photos are doubtful."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    spreads = np.stack([each.photo.spreads for each in chosen])
    limit = max(float(np.quantile(spreads.mean(axis=1), _DOUBTFUL_SHARE)), _DOUBTFUL_SPREAD)
    usual = np.median(spreads, axis=0)
    doubtful = 0
    part = folder / f"{LABELS}.part"
    with part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["file", "source", "person", "split", "eye_distance_px", "doubt", "doubtful", *_columns(chosen)]
        )
        for number, (each, spread) in enumerate(zip(chosen, spreads, strict=True)):
            name = f"{number:03d}.jpg"
            (folder / "images" / name).write_bytes(each.photo.encoded)
            unsure = _unsure(spread, usual) if spread.mean() > limit else ""
            doubtful += bool(unsure)
            place = [f"part {each.part}", each.split, f"{each.photo.eye_distance:.1f}", f"{spread.mean():.4f}", unsure]
            writer.writerow([name, SOURCE, *place, *(f"{value:.3f}" for value in each.photo.landmarks.reshape(-1))])
    shutil.copyfile(part, folder / _FOUND)
    part.replace(folder / LABELS)
    return doubtful


def _columns(chosen: list[Placed]) -> tuple[str, ...]:
    """Return the columns of the landmarks that the photos have."""
    has_contours = len(chosen[0].photo.landmarks) > len(LANDMARK_NAMES)
    return columns_of(ALL_LANDMARK_NAMES if has_contours else LANDMARK_NAMES)


def _unsure(spread: FloatArray, usual: FloatArray) -> str:
    """Return the landmarks that vary more than usual, or the one that varies most."""
    ratio = spread / np.maximum(usual, 1e-6)
    unsure = [LANDMARK_NAMES[index] for index in np.flatnonzero(ratio >= _DOUBTFUL_TIMES)]
    return " ".join(unsure or [LANDMARK_NAMES[int(np.argmax(ratio))]])


def _write_grounds(folder: Path, photos: tuple[FacePhoto, ...]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LABELS).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", *COLUMNS])
        for number, ground in enumerate(photo.ground for photo in photos if photo.ground is not None):
            name = f"{number:03d}.jpg"
            (folder / name).write_bytes(ground[0])
            writer.writerows([name, *(f"{value:.2f}" for value in face.reshape(-1))] for face in ground[1])


def read_folder(folder: Path) -> FaceSet:
    """Return the photos with their landmarks as they are now, corrected or not, and backgrounds beside the face.

    Raises:
        TrainError: the table or a photo cannot be read, or nothing is left in one of the sets.
    """
    reading = read_named_table(folder / LABELS, SOURCE)
    rows = list(reading.rows)
    for split in ("train", "test"):
        if not any(row.split == split for row in rows):
            raise TrainError(f"{folder / LABELS} has no photo left of the set '{split}'.")
    if any((folder / "frames").glob("*.jpg")):
        # There is no background where the face fills every frame.
        with suppress(TrainError):
            rows += read_backgrounds(folder / "frames", landmark_count=len(reading.names))
    return join_rows(rows, reading.names)


def corrected_files(folder: Path) -> frozenset[str]:
    """Return the photos whose landmarks are no longer where the model found them.

    Raises:
        TrainError: a table cannot be read.
    """
    found, now = (_landmarks_by_file(folder / name) for name in (_FOUND, LABELS))
    return frozenset(
        file for file, landmarks in now.items() if file in found and not np.allclose(landmarks, found[file])
    )


def _landmarks_by_file(table: Path) -> dict[str, FloatArray]:
    cells = [line.cells() for line in read_lines(table, ("file", *COLUMNS))]
    return {each["file"]: read_landmarks(each) for each in cells}
