"""Reads a set of images that networks are measured on beside the test set of their own data."""

from pathlib import Path

import numpy as np
from masquerade.values import LANDMARK_NAMES

from masquerade_train.datasets.face_set import FaceSet, join_rows, load_faces
from masquerade_train.datasets.kaggle.kaggle_npz import is_faces_file
from masquerade_train.datasets.sources import read_source
from masquerade_train.errors import TrainError


def read_measuring_set(path: Path) -> FaceSet:
    """Return the images of `path` that have all 15 landmarks, whatever set they belong to.

    Args:
        path: an .npz of images and keypoints, a file that `prepare` wrote, or Kaggle's training.csv or .zip.

    Raises:
        TrainError: it cannot be read, or no image has all landmarks.
    """
    if path.suffix == ".npz" and is_faces_file(path):
        faces = load_faces(path).choose_landmarks(LANDMARK_NAMES)
    else:
        reading = read_source(path, "")
        faces = join_rows(reading.rows, reading.names).choose_landmarks(LANDMARK_NAMES)
    complete = np.asarray(faces.marked.all(axis=1), np.bool_)
    if not complete.any():
        raise TrainError(f"No image of {path} has all {len(LANDMARK_NAMES)} landmarks marked.")
    return faces.select(complete)
