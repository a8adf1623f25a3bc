"""Measures a network on the test faces: the deciding error, and all details for the card."""

from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from masquerade.values import LANDMARK_NAMES

from masquerade_train.datasets.face_set import FaceSet, face_anchors
from masquerade_train.evaluation.contours import contour_errors
from masquerade_train.evaluation.convention import measure_in_convention
from masquerade_train.evaluation.evaluate import Evaluation, false_presence, measure
from masquerade_train.evaluation.full_images import FullImageEvaluation, measure_full_images
from masquerade_train.evaluation.task import measured_rows
from masquerade_train.inference.predictions import predict_images
from masquerade_train.inference.predictor import PredictFunction, Predictor, first_landmarks
from masquerade_train.metrics.landmark_error import Summary
from masquerade_train.metrics.paper_metrics import PaperErrors
from masquerade_train.recipes.augmentation import DETECTOR_LIKE, EXACT
from masquerade_train.recipes.recipe import FullImages


class Evaluator(Protocol):
    """Measures networks on the test faces."""

    @property
    def unit(self) -> str:
        """The unit of `error`, for people."""

    def error(self, network: Predictor) -> float:
        """Return the error by which precisions are compared."""

    def details(self, network: Predictor) -> dict[str, Any]:
        """Return all details for the card, ready for JSON."""


@dataclass(frozen=True, slots=True, eq=False)
class CropEvaluator:
    """For networks that take crops.

    Attributes:
        faces: with the 15 landmarks.
        whole: the same with contours, where the network finds them.
    """

    faces: FaceSet
    whole: FaceSet | None = None

    @property
    def unit(self) -> str:
        """The unit of `error`."""
        return "mean landmark distance / eye distance, test set, eyes 20 px apart or more in the original"

    def error(self, network: Predictor) -> float:
        """Return the mean over crops with a detector's errors."""
        return self._measure(network, detector=True).all_faces.mean

    def details(self, network: Predictor) -> dict[str, Any]:
        """Return the errors on both kinds of crops and, where the network finds it, presence."""
        predict = self._predict(network)
        like_app = self._measure(network, detector=True)
        found = {"crops_with_detector_errors": _crops(like_app)}
        found["crops_from_labels"] = _crops(self._measure(network, detector=False))
        own = measure_in_convention(self.faces, self.faces.test_faces, predict, network.side, DETECTOR_LIKE)
        found["in_own_convention"] = {name: _summary(summary) for name, summary in own}
        if worst := like_app.worst_slice:
            found["worst_slice_times_frontal"] = {worst[0]: round(worst[1], 3)}
        if self.whole is not None and (contours := contour_errors(network, self.whole)):
            found["contours"] = contours.as_json()
        if network.sees_crops:
            found["presence"] = _presence(like_app, *false_presence(self.faces, predict, network.side))
        return found

    def _measure(self, network: Predictor, detector: bool) -> Evaluation:
        errors = DETECTOR_LIKE if detector else EXACT
        return measure(self.faces, self.faces.test_faces, self._predict(network), network.side, errors)

    def _predict(self, network: Predictor) -> PredictFunction:
        """Return the predictor of the 15 landmarks; contours are measured separately."""
        return first_landmarks(network.predict, len(self.faces.names))


@dataclass(frozen=True, slots=True, eq=False)
class FullImageEvaluator:
    """For networks that take full images.

    Attributes:
        faces: with all the landmarks that the data name.
        given: which images, and which landmarks the network finds.
    """

    faces: FaceSet
    given: FullImages

    @property
    def unit(self) -> str:
        """The unit of `error`."""
        return "RMSE of single coordinates, pixels of an image 96 wide, test set"

    def error(self, network: Predictor) -> float:
        """Return the RMSE."""
        return self._measure(network).all_images.errors.pixels.root_mean_squared

    def details(self, network: Predictor) -> dict[str, Any]:
        """Return the errors on full images and, with the 15 landmarks, on crops as the app cuts them."""
        found = {"whole_images": _whole(self._measure(network))}
        faces = self.faces.choose_landmarks(self.given.points)
        if self.given.points == LANDMARK_NAMES and _can_be_cut(faces):
            found |= CropEvaluator(faces).details(network)
        return found

    def _measure(self, network: Predictor) -> FullImageEvaluation:
        rows = measured_rows(self.faces, self.given.points, self.given)
        faces = self.faces.choose_landmarks(self.given.points)
        return measure_full_images(faces, predict_images(faces, rows, network))


def _can_be_cut(faces: FaceSet) -> bool:
    """Return whether any validation face has the landmarks that a crop needs."""
    return any(np.isfinite(face_anchors(landmarks)).all() for landmarks in faces.landmarks[faces.test_faces])


def _crops(evaluation: Evaluation) -> dict[str, Any]:
    groups = (("all", evaluation.all_faces), *evaluation.sources, *evaluation.slices)
    return {name: _summary(summary) for name, summary in groups} | {
        "points": {
            name: round(float(error), 4) for name, error in zip(LANDMARK_NAMES, evaluation.landmarks, strict=True)
        },
        "pixels_of_96": {name: round(value, 4) for name, value in asdict(evaluation.pixels).items()},
    }


def _summary(summary: Summary) -> dict[str, float]:
    return {name: round(value, 5) for name, value in asdict(summary).items()}


def _presence(evaluation: Evaluation, grounds: float, strays: float) -> dict[str, float]:
    """Shares at the threshold 0.5."""
    return {
        "faces_missed": round(1 - evaluation.found, 4),
        "backgrounds_taken_for_faces": round(grounds, 4),
        "crops_beside_a_face_taken_for_faces": round(strays, 4),
    }


def _whole(evaluation: FullImageEvaluation) -> dict[str, Any]:
    groups = {group.name: _errors(group.errors, group.faces) for group in evaluation.groups}
    landmarks = zip(evaluation.names, evaluation.landmarks, strict=True)
    return groups | {"points_px": {name: round(float(error), 3) for name, error in landmarks}}


def _errors(errors: PaperErrors, faces: Summary | None) -> dict[str, Any]:
    five, ten, fifteen = (round(share, 4) for share in errors.within)
    return {
        "images": errors.images,
        "rmse_px": round(errors.pixels.root_mean_squared, 4),
        "mae_px": round(errors.pixels.mean_absolute, 4),
        "within_5_10_15_px": [five, ten, fifteen],
        "largest_coordinate_agreement": round(errors.accuracy, 4) if np.isfinite(errors.accuracy) else None,
        "eye_distances": _summary(faces) if faces else None,
    }
