"""Selects the images for a recipe on full images, and resizes them."""

import tempfile
from typing import cast

import cv2
import numpy as np
from masquerade.values import LANDMARK_NAMES, ByteArray, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.errors import TrainError
from masquerade_train.inputs.batch import to_grey
from masquerade_train.metrics.landmark_error import yaw_proxy
from masquerade_train.recipes.recipe import FullImages

# Bytes of decoded images that are held in memory; more go into a file that the system may swap in and out.
_IN_MEMORY = 1 << 28
_YAW_LANDMARKS = ("left_eye_outer_corner", "right_eye_outer_corner", "nose_tip")


def chosen_rows(faces: FaceSet, images: FullImages) -> NDArray[np.bool_]:
    """Return (N,) True for the faces of the recipe's sources, turned as it says, with any of its landmarks marked.

    Raises:
        TrainError: the data lack a landmark that the recipe names, or one that shows how a
            face is turned.
    """
    chosen = faces.choose_landmarks(images.points).has_face
    if images.sources:
        chosen = chosen & np.isin(faces.sources, images.sources)
    low, high = images.turned
    if (low, high) != (0.0, float("inf")):
        turned = np.abs(yaw_proxy(_landmarks_of_yaw(faces)))
        chosen = chosen & (turned >= low) & (turned < high)
    return np.asarray(chosen, np.bool_)


def _landmarks_of_yaw(faces: FaceSet) -> FloatArray:
    """Return (N, 15, 2) with the landmarks that show how a face is turned, NaN for all others."""
    lacking = [name for name in _YAW_LANDMARKS if name not in faces.names]
    if lacking:
        raise TrainError(
            f"Faces are chosen by how far they are turned, and the data lack {', '.join(lacking)}. Add them (next to "
            "nose.csv, faces.csv is read, too), or take every face by --set 'input.turned=[0, \"endless\"]'."
        )
    landmarks = np.full((len(faces), len(LANDMARK_NAMES), 2), np.nan, np.float32)
    for name in _YAW_LANDMARKS:
        landmarks[:, LANDMARK_NAMES.index(name)] = faces.landmarks[:, faces.names.index(name)]
    return landmarks


def read_images(faces: FaceSet, rows: NDArray[np.int64], side: int, channels: int) -> tuple[ByteArray, FloatArray]:
    """Decode the images of `rows`, resized to a square.

    Args:
        faces: the images and their landmarks.
        rows: (M,) int64, which images.
        side: of the square, pixels.
        channels: 1 = grey, 3 = RGB.

    Returns:
        (M, side, side, channels) uint8, and the landmarks (M, K, 2) float32 in their pixels.
    """
    pixels = _make_room((len(rows), side, side, channels))
    landmarks = faces.landmarks[rows].copy()
    for index, row in enumerate(rows):
        image = faces.image(int(row))
        height, width = image.shape[:2]
        pixels[index] = fit_square(image if channels == 3 else to_grey(image), side)
        landmarks[index] = (landmarks[index] + 0.5) * (side / np.array([width, height], np.float32)) - 0.5
    return pixels, landmarks


def native_side(faces: FaceSet, rows: NDArray[np.int64]) -> int:
    """Return the longer side of the first image of `rows`, pixels; the sets are of one size."""
    height, width = faces.image(int(rows[0])).shape[:2]
    return int(max(height, width))


def fit_square(image: ByteArray, side: int) -> ByteArray:
    """Resizes an image (H, W, C) to (side, side, C): means of pixels when smaller, linear when larger."""
    if image.shape[:2] == (side, side):
        return image
    way = cv2.INTER_AREA if side < max(image.shape[:2]) else cv2.INTER_LINEAR
    return cast(ByteArray, cv2.resize(image, (side, side), interpolation=way).reshape(side, side, -1))


def _make_room(shape: tuple[int, ...]) -> ByteArray:
    """Return zeros, in an unnamed file if there are many."""
    if int(np.prod(shape)) <= _IN_MEMORY:
        return np.zeros(shape, np.uint8)
    # numpy has a mapping of its own, so the file may be closed; it goes when the mapping does.
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, np.uint8, "w+", shape=shape)
