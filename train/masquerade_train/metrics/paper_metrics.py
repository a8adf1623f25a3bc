"""Computes errors as in the papers on Kaggle's images, with numpy alone."""

from dataclasses import dataclass

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.metrics.landmark_error import PixelErrors, pixel_errors

SIDE = 96
# A coordinate runs from -1 to 1 across the image.
_UNITS_OF_A_PIXEL = 2 / SIDE
LIMITS_PX = (5.0, 10.0, 15.0)


@dataclass(frozen=True, slots=True)
class PaperErrors:
    """Errors of a group of faces, on the marked landmarks alone.

    Attributes:
        images: how many.
        pixels: of single coordinates, pixels of an image of 96.
        units: of single coordinates that run from -1 to 1 across the image.
        within: shares of the landmarks whose distance from their label is at most 5, 10 and 15 px of 96.
        within_coordinates: shares of the single coordinates that are off by as much at most.
        within_images: shares of the images whose mean absolute error of coordinates is as much at most.
        accuracy: Keras's metric "accuracy", see `largest_coordinate_agreement`; NaN where no
            image has all its landmarks marked.
        accuracy_of_a_constant: what a network scores there that names the same coordinate for every image.
    """

    images: int
    pixels: PixelErrors
    units: PixelErrors
    within: tuple[float, float, float]
    within_coordinates: tuple[float, float, float]
    within_images: tuple[float, float, float]
    accuracy: float
    accuracy_of_a_constant: float


def paper_errors(predicted: FloatArray, labelled: FloatArray) -> PaperErrors:
    """Measure predictions as the papers do.

    Args:
        predicted: (B, K, 2) positions, pixels of an image of 96.
        labelled: (B, K, 2) positions, the same pixels; NaN where not marked.

    Raises:
        ValueError: the shapes do not fit, no landmark is marked, or a prediction is not finite.
    """
    if predicted.shape != labelled.shape or labelled.ndim != 3 or labelled.shape[2] != 2:
        raise ValueError(f"wanted two arrays (B, K, 2), got {predicted.shape} and {labelled.shape}")
    if not np.isfinite(predicted).all():
        raise ValueError("a prediction is not finite")
    distances = landmark_distances(predicted, labelled)
    if not np.isfinite(distances).any():
        raise ValueError("no landmark is marked")
    return PaperErrors(
        images=len(labelled),
        pixels=pixel_errors(predicted, labelled),
        units=pixel_errors(predicted * _UNITS_OF_A_PIXEL, labelled * _UNITS_OF_A_PIXEL),
        within=_shares_within(distances),
        within_coordinates=_shares_within(np.abs(predicted - labelled)),
        within_images=_shares_within(_mean_absolute_by_image(predicted, labelled)),
        accuracy=largest_coordinate_agreement(predicted, labelled),
        accuracy_of_a_constant=_commonest_largest(labelled),
    )


def landmark_distances(predicted: FloatArray, labelled: FloatArray) -> FloatArray:
    """Return (B, K, 2), (B, K, 2) -> (B, K) pixels; NaN where not marked."""
    return np.asarray(np.linalg.norm(predicted - labelled, axis=2), np.float32)


def _mean_absolute_by_image(predicted: FloatArray, labelled: FloatArray) -> FloatArray:
    """Return (B, K, 2), (B, K, 2) -> (B,) pixels; NaN where nothing is marked."""
    offsets = np.abs(predicted - labelled).reshape(len(labelled), -1)
    marked = np.isfinite(offsets)
    counts = marked.sum(axis=1)
    sums = np.where(marked, offsets, 0).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).astype(np.float32)


def _shares_within(distances: FloatArray) -> tuple[float, float, float]:
    marked = distances[np.isfinite(distances)]
    five, ten, fifteen = (float(np.mean(marked <= limit)) for limit in LIMITS_PX)
    return five, ten, fifteen


def largest_coordinate_agreement(predicted: FloatArray, labelled: FloatArray) -> float:
    """Return what Keras's accuracy gives for 2K coordinates.

    Keras takes them for the scores of 2K classes and counts how often the largest
    coordinate of the label is the largest of the prediction as well. That says hardly
    anything about how exact the landmarks are: on an upright face the largest of the 30 is nearly
    always the height of a lip.

    Args:
        predicted: (B, K, 2) positions.
        labelled: (B, K, 2) positions; images with a NaN are left out.

    Returns:
        A share; NaN where no image has all its landmarks marked.

    Source:
        `keras.metrics.CategoricalAccuracy`, which the name "accuracy" stands for when targets have 2K numbers.
    """
    whole = np.isfinite(labelled).all(axis=(1, 2))
    if not whole.any():
        return float("nan")
    return float(np.mean(_largest(predicted[whole]) == _largest(labelled[whole])))


def _largest(landmarks: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return (B, K, 2) -> (B,) which of the 2K numbers is the largest."""
    return np.asarray(np.argmax(landmarks.reshape(len(landmarks), -1), axis=1), np.int64)


def _commonest_largest(labelled: FloatArray) -> float:
    whole = np.isfinite(labelled).all(axis=(1, 2))
    return float(np.bincount(_largest(labelled[whole])).max() / whole.sum()) if whole.any() else float("nan")
