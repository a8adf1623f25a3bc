"""Reads nose.csv (nine landmarks of the nose) together with the 15 landmarks of the faces.csv beside it."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from masquerade_train.datasets.face_set import Reading
from masquerade_train.datasets.named_table import read_images, read_labels

FACES = "faces.csv"


def read_nose_table(path: Path, source: str) -> Reading:
    """Read the images of nose.csv with the landmarks of both tables.

    With the corners of the eyes beside the nose one can measure how far a head is turned,
    by which the recipes choose frontal faces or those from the side.

    Raises:
        TrainError: a table or an image is invalid; all errors at once.
    """
    noses, nose_names = read_labels(path)
    faces, face_names = read_labels(path.with_name(FACES))
    known = {face.file: face.landmarks for face in faces}
    # Of the two tables only faces.csv says how large a pixel of the original is.
    too_far = {face.file: np.float32(face.subtracted) for face in faces}
    added = tuple(name for name in nose_names if name not in face_names)
    order = [nose_names.index(name) for name in added]
    nothing = np.full((len(face_names), 2), np.nan, np.float32)
    joined = tuple(
        replace(
            nose,
            landmarks=np.concatenate(
                [known.get(nose.file, nothing), nose.landmarks[order] - too_far.get(nose.file, np.float32(0))]
            ),
        )
        for nose in noses
    )
    return read_images(path, joined, (*face_names, *added), source)
