"""Reads an .npz of images and keypoints in Kaggle's format, for measuring."""

import zipfile
from pathlib import Path

import cv2
import numpy as np
from masquerade.values import LANDMARK_NAMES

from masquerade_train.datasets.face_set import Reading, Row
from masquerade_train.datasets.kaggle.kaggle_csv import SIDE, SOURCE
from masquerade_train.errors import TrainError

# Pixels; what lies beyond is no label, and may be more than float32 holds.
_MAX_COORDINATE = 1e6


def read_kaggle_npz(path: Path) -> Reading:
    """Read an .npz with `images` (N, 96, 96) uint8 and `keypoints` (N, 15, 2), NaN = not marked; all for the test set.

    Raises:
        TrainError: the file cannot be read or lacks one of the two.
    """
    try:
        with path.open("rb") as file, np.load(file) as content:
            images, landmarks = content["images"], content["keypoints"]
            numbers = content.get("row_in_training_csv", np.arange(len(images)))
    except OSError as error:
        raise TrainError(f"{path} cannot be read ({error.strerror}).") from error
    except (KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise TrainError(
            f"{path} holds no 'images' and 'keypoints', and was not written by `prepare` either."
        ) from error
    if images.shape[1:] != (SIDE, SIDE) or landmarks.shape != (len(images), len(LANDMARK_NAMES), 2):
        raise TrainError(
            f"{path}: images must be (N, {SIDE}, {SIDE}) and keypoints (N, {len(LANDMARK_NAMES)}, 2), "
            f"got {images.shape} and {landmarks.shape}."
        )
    if images.dtype != np.uint8 or landmarks.dtype.kind != "f" or np.shape(numbers) != (len(images),):
        raise TrainError(
            f"{path}: images must be uint8, keypoints floats, and row_in_training_csv one number an image, got "
            f"{images.dtype}, {landmarks.dtype} and {np.size(numbers)} for {len(images)} images."
        )
    landmarks = np.where(np.abs(landmarks) < _MAX_COORDINATE, landmarks, np.nan).astype(np.float32)
    rows = tuple(
        Row(
            cv2.imencode(".png", image)[1].tobytes(),
            own,
            SOURCE,
            f"row {number}",
            "test",
            f"row {number}",
        )
        for image, own, number in zip(images, landmarks, numbers, strict=True)
    )
    return Reading(rows, ())


def is_faces_file(path: Path) -> bool:
    """Return whether `prepare` wrote the .npz at `path`."""
    try:
        with path.open("rb") as file, np.load(file) as content:
            return "encoded" in content.files
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return False
