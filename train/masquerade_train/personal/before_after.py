"""Compares a personal model with the one it was trained from, on held-out photos."""

from dataclasses import dataclass

import numpy as np
from masquerade.values import LANDMARK_NAMES, FloatArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.evaluation.evaluate import cut_faces
from masquerade_train.exporting.example import predict_example
from masquerade_train.inference.predictor import Predictor, to_pixels
from masquerade_train.metrics.landmark_error import normalized_mean_error
from masquerade_train.recipes.augmentation import DETECTOR_LIKE

# Of the error before: less is not worth a model of one's own.
_MIN_GAIN = 0.02
# How often the standard error of the difference the gain must be.
_SIGMAS = 2.0
# Eye distances that the landmarks of another person's portrait may move: more, and other people have been forgotten.
_MAX_DRIFT = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class BeforeAfter:
    """Errors of both models on the same crops of the same photos, shares of the eye distance.

    Attributes:
        before, after: (N,) float32, of each photo, mean over three crops with a detector's errors.
        corrected: (N,) True for photos whose landmarks were corrected by hand.
        drift: how far the landmarks of another person's portrait moved; 0 where there is no portrait.
    """

    before: FloatArray
    after: FloatArray
    corrected: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
    drift: float

    @property
    def gain(self) -> float:
        """The relative reduction of the error; negative if it grew."""
        return 1 - float(self.after.mean()) / max(float(self.before.mean()), 1e-6)

    @property
    def is_better(self) -> bool:
        """Whether the gain is relevant, not by chance, and not at the cost of other people's faces."""
        difference = self.before - self.after
        error = float(difference.std(ddof=1)) / np.sqrt(len(difference)) if len(difference) > 1 else np.inf
        sure = float(difference.mean()) > _SIGMAS * error
        return bool(sure and self.gain >= _MIN_GAIN and self.drift <= _MAX_DRIFT)

    def describe(self) -> str:
        """Return the figures for people."""
        lines = [_line(f"{len(self.before)} photos kept aside", self.before, self.after)]
        if self.corrected.any():
            lines.append(_line(f"{self.corrected.sum()} that you corrected", *self._where(self.corrected)))
        if self.drift > _MAX_DRIFT:
            lines.append(f"  the portrait of another person: landmarks moved by {100 * self.drift:.1f} %, too far")
        return "\n".join(lines)

    def _where(self, chosen: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> tuple[FloatArray, FloatArray]:
        return self.before[chosen], self.after[chosen]


def _line(words: str, before: FloatArray, after: FloatArray) -> str:
    return f"  {words}: {100 * before.mean():.2f} % of the eye distance before, {100 * after.mean():.2f} % after"


def measure_both(faces: FaceSet, before: Predictor, after: Predictor, corrected: frozenset[str]) -> BeforeAfter:
    """Measure both models on the test faces, by the 15 landmarks; `corrected` names files.

    Raises:
        ValueError: there is no test face.
    """
    faces = faces.choose_landmarks(LANDMARK_NAMES)
    rows, errors = _errors(faces, before)
    _, errors_after = _errors(faces, after)
    return BeforeAfter(errors, errors_after, np.isin(faces.files[rows], list(corrected)), _drift(before, after))


def _errors(faces: FaceSet, network: Predictor) -> "tuple[np.ndarray[tuple[int], np.dtype[np.int64]], FloatArray]":
    """Return the rows of the test faces, and the error of each."""
    drawn, samples = cut_faces(faces, faces.test_faces, network.side, DETECTOR_LIKE)
    outputs = network.predict(np.stack([sample.pixels for sample in samples]))
    labelled = np.stack([sample.landmarks for sample in samples])
    errors = normalized_mean_error(to_pixels(outputs, network.side)[:, : len(LANDMARK_NAMES)], labelled)
    rows = np.unique(drawn)
    return rows, np.array([errors[drawn == row].mean() for row in rows], np.float32)


def _drift(before: Predictor, after: Predictor) -> float:
    seen = [predict_example(network.predict, network.side) for network in (before, after)]
    if seen[0] is None or seen[1] is None:
        return 0.0
    landmarks = [each.landmarks for each in seen if each is not None]
    eyes = float(np.linalg.norm(landmarks[0][0] - landmarks[0][1]))
    return float(np.linalg.norm(landmarks[0] - landmarks[1], axis=1).mean()) / max(eyes, 1e-6)
