"""Adds contours to labelled faces, and further folders that only a teacher has labelled."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from masquerade.values import ALL_LANDMARK_NAMES, LANDMARK_COUNT

from masquerade_train.datasets.face_set import Reading
from masquerade_train.datasets.faces15 import NOISY_SOURCES
from masquerade_train.datasets.teaching.contour_labels import learn_contours, read_marks, read_taught, with_contours
from masquerade_train.datasets.teaching.label_harmonization import LabelHarmonizer
from masquerade_train.datasets.teaching.taught_folder import TaughtFolder, read_taught_folder
from masquerade_train.errors import TrainError


def add_contours(reading: Reading, taught: Path, marks: Path, also: Sequence[TaughtFolder]) -> Reading:
    """Return the reading with 85 landmarks a row, and the rows of the folders `also`.

    Args:
        reading: of faces with the 15 landmarks.
        taught: what `teach` wrote for its images.
        marks: the 68 marks of 300-W for some of them.
        also: folders whose images the teacher has seen, too; all of them for training.

    Raises:
        TrainError: a table or an image is invalid, or too few faces have marks.
    """
    if reading.rows and reading.rows[0].landmarks.shape != (LANDMARK_COUNT, 2):
        raise TrainError("Contours can only be added to faces that have the 15 landmarks.")
    seen = read_taught(taught)
    subtracted = {row.file: np.float32(row.subtracted) for row in reading.rows}
    annotated = {file: landmarks - subtracted.get(file, np.float32(0)) for file, landmarks in read_marks(marks).items()}
    contours = learn_contours(reading.rows, seen, annotated)
    rows = with_contours(reading.rows, seen, annotated, contours)
    left_out = list(reading.left_out)
    if also:
        fifteen = {file: [face[:LANDMARK_COUNT] for face in faces] for file, faces in seen.items()}
        sound = [
            replace(row, landmarks=row.landmarks if row.as_marked is None else row.as_marked)
            for row in reading.rows
            if row.split == "train" and row.source not in NOISY_SOURCES and np.isfinite(row.landmarks).all()
        ]
        harmony = LabelHarmonizer.learn(sound, fifteen)
        if harmony is None:
            raise TrainError("The teacher found too few faces with sound labels. Use --taught with their table.")
        for folder in also:
            more, doubtful = read_taught_folder(folder, harmony.common, contours)
            rows += more
            left_out += doubtful
    return replace(reading, rows=tuple(rows), left_out=tuple(left_out), names=ALL_LANDMARK_NAMES)
