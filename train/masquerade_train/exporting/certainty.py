"""Calibrates the certainty of a network's landmarks by the spread of its heat maps, and measures the calibration."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from masquerade.values import LANDMARK_COUNT, FloatArray
from masquerade.vision.card import PRESENCE_RANGE
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.evaluation.evaluate import cut_faces
from masquerade_train.inference.predictor import to_pixels
from masquerade_train.inference.tflite import run_tflite_with_spread
from masquerade_train.metrics.landmark_error import FAILURE, landmark_errors
from masquerade_train.recipes.augmentation import DETECTOR_LIKE, Augmentation

# As a detector cuts them, and with the covers, shadows, blur and wild crops of the training: most faces are found well,
# and a score that is to recognise the others must have been fitted on some.
_CROPS = (DETECTOR_LIKE, Augmentation())
_BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 1.0)
_FEWEST = 40


@dataclass(frozen=True, slots=True)
class Bin:
    """Crops of similar certainty.

    Attributes:
        said: mean certainty, 0 to 1.
        held: share whose landmarks were within 10 % of the eye distance on the average.
    """

    said: float
    held: float
    crops: int


@dataclass(frozen=True, slots=True)
class Certainty:
    """The certainty of landmarks: 1 / (1 + exp(-(intercept + spread * s + presence * p))).

    `s` is how far the heat maps spread, `p` the logit of the presence, within PRESENCE_RANGE.

    Attributes:
        auc: of telling the landmarks that are off by more than 10 %, on persons that the fit has not seen.
        reliability: on the same persons.
    """

    intercept: float
    spread: float
    presence: float
    auc: float
    reliability: tuple[Bin, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the part of the card."""
        table = [
            {"said": round(each.said, 3), "held": round(each.held, 3), "crops": each.crops} for each in self.reliability
        ]
        return {
            "intercept": round(self.intercept, 4),
            "spread": round(self.spread, 4),
            "presence": round(self.presence, 4),
            "auc_of_10_percent": round(self.auc, 4),
            "reliability": table,
        }


def calibrate(interpreter: Any, side: int, faces: FaceSet) -> Certainty | None:
    """Fit the certainty on half of the test people and measure it on the others.

    Args:
        interpreter: an open .tflite file with a spread beside its landmarks.
        side: pixels of its square input.
        faces: with the 15 landmarks.

    Returns:
        None where there are too few faces with sound labels, or the network errs on none or all of them.
    """
    rows, inputs, errors = _look(interpreter, side, faces)
    return fit_certainty(inputs, errors, faces.persons[rows])


def fit_certainty(inputs: FloatArray, errors: FloatArray, persons: NDArray[np.str_]) -> Certainty | None:
    """Fit the certainty on every second person and measure it on the rest; see `calibrate`.

    Args:
        inputs: (N, 2), spread and presence of each crop.
        errors: (N,), mean distance of its landmarks, eye distances.
        persons: (N,), whose crop it is.
    """
    if len(inputs) < _FEWEST:
        return None
    holds = errors <= FAILURE
    taught = np.isin(persons, np.unique(persons)[::2])
    if len(np.unique(holds[taught])) < 2 or len(np.unique(holds[~taught])) < 2:
        return None
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 (half a second, for this alone)
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415

    fit = LogisticRegression().fit(inputs[taught], holds[taught])
    said = fit.predict_proba(inputs[~taught])[:, 1]
    return Certainty(
        float(fit.intercept_[0]),
        float(fit.coef_[0, 0]),
        float(fit.coef_[0, 1]),
        float(roc_auc_score(holds[~taught], said)),
        tuple(_bins(said, holds[~taught])),
    )


def _look(interpreter: Any, side: int, faces: FaceSet) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
    """Return the row of each crop, (N, 2) its spread and presence, and its mean error in eye distances."""
    chosen = faces.test_faces & faces.sound
    rows, inputs, errors = [], [], []
    if not chosen.any():
        return np.zeros(0, np.int64), np.zeros((0, 2), np.float32), np.zeros(0, np.float32)
    for augmentation in _CROPS:
        cut_rows, samples = cut_faces(faces, chosen, side, augmentation)
        outputs, spread = run_tflite_with_spread(interpreter, np.stack([sample.pixels for sample in samples]))
        labelled = np.stack([sample.landmarks for sample in samples])
        rows.append(cut_rows)
        inputs.append(np.column_stack([spread, np.clip(outputs[:, -1], *PRESENCE_RANGE)]))
        errors.append(np.nanmean(landmark_errors(to_pixels(outputs, side)[:, :LANDMARK_COUNT], labelled), axis=1))
    return np.concatenate(rows), np.concatenate(inputs), np.concatenate(errors)


def _bins(said: NDArray[np.float64], holds: NDArray[np.bool_]) -> list[Bin]:
    which = np.digitize(said, _BINS[1:-1])
    return [
        Bin(float(said[which == index].mean()), float(holds[which == index].mean()), int((which == index).sum()))
        for index in range(len(_BINS) - 1)
        if (which == index).any()
    ]
