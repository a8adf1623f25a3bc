"""Measures predicted landmarks against labels, with numpy alone."""

from dataclasses import dataclass

import numpy as np
from masquerade.values import FloatArray
from numpy.typing import NDArray

FAILURE = 0.10


def landmark_errors(predicted: FloatArray, labelled: FloatArray) -> FloatArray:
    """Distance of every landmark from its label, as a share of the face's eye distance.

    Args:
        predicted: (B, 15, 2) positions, pixels.
        labelled: (B, 15, 2) positions, pixels; NaN where not marked.

    Returns:
        (B, 15) float32, without unit; NaN where not marked.

    Raises:
        ValueError: the shapes do not fit, an eye distance is not above 0, or a
            prediction is not finite (a broken model must not look good).
    """
    if predicted.shape != labelled.shape or labelled.ndim != 3 or labelled.shape[2] != 2:
        raise ValueError(f"wanted two arrays (B, K, 2), got {predicted.shape} and {labelled.shape}")
    if not np.isfinite(predicted).all():
        raise ValueError("a prediction is not finite")
    eye_distance = np.linalg.norm(labelled[:, 0] - labelled[:, 1], axis=1)
    if not (eye_distance > 0).all():
        raise ValueError("every face needs two marked eye centres with a distance above 0")
    distance = np.linalg.norm(predicted - labelled, axis=2)
    return np.asarray(distance / eye_distance[:, None], np.float32)


def normalized_mean_error(predicted: FloatArray, labelled: FloatArray) -> FloatArray:
    """Return mean landmark distance of each face, as a share of its eye distance.

    A label that is NaN was not marked by the annotator: it is left out of the mean,
    never guessed.

    Args:
        predicted: (B, 15, 2) positions, pixels.
        labelled: (B, 15, 2) positions, pixels; NaN where not marked.

    Returns:
        (B,) float32, without unit; 0.05 means 5 % of the eye distance.

    Raises:
        ValueError: as in `landmark_errors`.
    """
    return np.asarray(np.nanmean(landmark_errors(predicted, labelled), axis=1), np.float32)


@dataclass(frozen=True, slots=True)
class PixelErrors:
    """Errors of single coordinates in pixels, as Kaggle and the papers count them."""

    mean_squared: float
    mean_absolute: float
    root_mean_squared: float


def pixel_errors(predicted: FloatArray, labelled: FloatArray) -> PixelErrors:
    """Return the errors over all marked coordinates of (B, K, 2) arrays, in their pixels."""
    difference = (predicted - labelled)[np.isfinite(labelled)].astype(np.float64)
    squared = float(np.mean(difference**2))
    return PixelErrors(squared, float(np.mean(np.abs(difference))), float(np.sqrt(squared)))


@dataclass(frozen=True, slots=True)
class Summary:
    """The errors of one group of faces; shares of the eye distance.

    Attributes:
        failures: share of the faces off by more than 10 %.
    """

    faces: int
    mean: float
    median: float
    failures: float


def summarize(errors: FloatArray) -> Summary:
    """Summarizes the normalized errors (B,) of a group, B > 0."""
    return Summary(len(errors), float(np.mean(errors)), float(np.median(errors)), float(np.mean(errors > FAILURE)))


def yaw_proxy(landmarks: FloatArray) -> FloatArray:
    """Return where the nose tip lies between the outer eye corners: 0 frontal, +-1 above a corner.

    Args:
        landmarks: (B, 15, 2) pixels.

    Returns:
        (B,) float32; above 0 towards the person's left eye.
    """
    left, right, nose = landmarks[:, 3], landmarks[:, 5], landmarks[:, 10]
    axis = left - right
    along = ((nose - (left + right) / 2) * axis).sum(axis=1) / np.maximum((axis**2).sum(axis=1), 1e-6)
    return np.asarray(2 * along, np.float32)


def presence_rates(logits: NDArray[np.float32], threshold: float = 0.5) -> float:
    """Return the share of `logits` (B,) that say "a face" at `threshold` (0 to 1)."""
    limit = np.log(threshold / (1 - threshold))
    return float(np.mean(logits > limit))
