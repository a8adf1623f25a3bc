"""Combines a network with its evaluation data: landmarks, images and evaluator."""

from dataclasses import dataclass, replace
from pathlib import Path

from masquerade.values import ALL_LANDMARK_NAMES, ByteArray

from masquerade_train.datasets.face_set import FaceSet, load_faces
from masquerade_train.errors import TrainError
from masquerade_train.evaluation.task import fifteen_first, landmark_names, trained_on
from masquerade_train.exporting.calibration import pick_crops, pick_images
from masquerade_train.exporting.evaluator import CropEvaluator, Evaluator, FullImageEvaluator
from masquerade_train.inference.predictor import Predictor
from masquerade_train.recipes.recipe import FullImages


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationTarget:
    """A network and its data.

    Attributes:
        faces: with all the landmarks that the data name.
        given: which images it is about, and the landmarks that the network finds.
    """

    network: Predictor
    faces: FaceSet
    given: FullImages

    @property
    def evaluator(self) -> Evaluator:
        """The evaluator: on crops if it was trained on crops, else on full images."""
        if self.network.sees_crops:
            names = self.given.points
            whole = self.faces.choose_landmarks(names) if names == ALL_LANDMARK_NAMES else None
            return CropEvaluator(self.faces.choose_landmarks(fifteen_first(names)), whole)
        return FullImageEvaluator(self.faces, self.given)

    def calibration(self) -> ByteArray:
        """Return the images for calibration: (N, S, S, C).

        Raises:
            TrainError: the data have no training face for it.
        """
        if self.network.sees_crops:
            return pick_crops(self.faces.choose_landmarks(fifteen_first(self.given.points)), self.network)
        return pick_images(self.faces, self.given, self.network)


def find_target(model: Path, network: Predictor, data: Path) -> EvaluationTarget:
    """Read the data and find what the network at `model` is to be measured on.

    Raises:
        TrainError: the data cannot be read, lack the network's landmarks, or hold no val face.
    """
    faces, given = load_faces(data), trained_on(model)
    names = landmark_names(network, given, faces)
    if not faces.choose_landmarks(names).test_faces.any():
        raise TrainError(f"{data} holds no face of the test set.")
    images = given if isinstance(given, FullImages) else FullImages()
    return EvaluationTarget(network, faces, replace(images, points=names))
