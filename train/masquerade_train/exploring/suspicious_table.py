"""Writes the faces with suspicious labels as a table that `prepare --leave-out` takes."""

import csv
from pathlib import Path

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.errors import writing
from masquerade_train.exploring.suspicious_labels import Doubt

COLUMNS = ("file", "row", "landmark", "times_usual", "marked_x", "marked_y", "expected_x", "expected_y", "swapped")


def write_suspicious(path: Path, faces: FaceSet, doubts: tuple[Doubt, ...]) -> None:
    """Write one line for each suspicious landmark, the most suspicious face first; pixels of the image.

    Raises:
        TrainError: the file cannot be written.
    """
    with writing(path), path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for doubt in doubts:
            for stray in doubt.landmarks:
                numbers = (*faces.landmarks[doubt.row, stray.index], *stray.expected)
                swapped = "yes" if stray.index in doubt.swapped else ""
                place = (faces.files[doubt.row], doubt.row, faces.names[stray.index], f"{doubt.score:.1f}")
                writer.writerow([*place, *(f"{number:.2f}" for number in numbers), swapped])
