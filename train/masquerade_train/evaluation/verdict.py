"""Compares a model with the mean face, the same answer for every image."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.datasets.face_set import FaceSet, load_faces
from masquerade_train.errors import TrainError
from masquerade_train.evaluation.evaluate import cut_faces
from masquerade_train.evaluation.full_images import mean_face_in_96
from masquerade_train.evaluation.task import fifteen_first, landmark_names, measured_rows, taught_faces, trained_on
from masquerade_train.inference.predictions import predict_images
from masquerade_train.inference.predictor import Predictor, first_landmarks, open_network, to_pixels
from masquerade_train.metrics.landmark_error import pixel_errors
from masquerade_train.metrics.paper_metrics import SIDE
from masquerade_train.recipes.augmentation import EXACT
from masquerade_train.recipes.recipe import Crops, FullImages

# Training crops that the mean is taken of.
_TAUGHT = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """RMSE of single coordinates on the test set, pixels of an image or crop 96 wide."""

    images: int
    model: float
    mean_face: float

    @property
    def is_worse(self) -> bool:
        """Whether the mean face errs less than the model."""
        return self.model >= self.mean_face

    def sentence(self) -> str:
        """Return the verdict for people."""
        figures = (
            f"RMSE {self.model:.2f} px of 96 on {self.images} test images; the mean face errs by {self.mean_face:.2f}"
        )
        if self.is_worse:
            advice = "the model is of no use yet. Train it longer, or change the recipe."
            return f"WORSE THAN THE MEAN FACE ({figures}): {advice}"
        return f"{figures}."


def verdict(model: Path, data: Path) -> Verdict | None:
    """Measure a model and the mean face on the test set of `data`; None where the data have none for it.

    Args:
        model: a .keras or .tflite file, or the folder of a run or a model.
        data: the .npz that `prepare` wrote.

    Raises:
        TrainError: a file cannot be read, or the data lack the model's landmarks.
    """
    return verdict_of(open_network(model), trained_on(model), load_faces(data))


def verdict_of(network: Predictor, given: Crops | FullImages | None, faces: FaceSet) -> Verdict | None:
    """Return the verdict on an open model; see `verdict`."""
    names = landmark_names(network, given, faces)
    chosen = faces.choose_landmarks(names)
    if network.sees_crops:
        return _on_crops(network, faces.choose_landmarks(fifteen_first(names)))
    try:
        rows = measured_rows(faces, names, given)
    except TrainError:
        return None
    findings = predict_images(chosen, rows, network)
    mean = mean_face_in_96(taught_faces(faces, names, given), findings)
    predicted, labelled = findings.in_96()
    return None if mean is None else _verdict(predicted, labelled, mean)


def _on_crops(network: Predictor, faces: FaceSet) -> Verdict | None:
    """Return the verdict on crops that the labels give, with the mean of such training crops."""
    training = faces.where((faces.splits == "train") & faces.has_face)[:_TAUGHT]
    taught = np.isin(np.arange(len(faces)), training)
    try:
        _, tests = cut_faces(faces, faces.test_faces, network.side, EXACT)
        _, lessons = cut_faces(faces, taught, network.side, EXACT)
    # There is no face to cut.
    except ValueError:
        return None
    scale = np.float32(SIDE / network.side)
    mean = np.nanmean(np.stack([sample.landmarks for sample in lessons]), axis=0) * scale
    count = len(faces.names)
    predicted = (
        to_pixels(first_landmarks(network.predict, count)(np.stack([sample.pixels for sample in tests])), network.side)
        * scale
    )
    labelled = np.stack([sample.landmarks for sample in tests]) * scale
    return _verdict(predicted, labelled, np.asarray(mean, np.float32))


def _verdict(predicted: FloatArray, labelled: FloatArray, mean: FloatArray) -> Verdict:
    constant = np.repeat(mean[None], len(labelled), axis=0)
    errors = [pixel_errors(landmarks, labelled).root_mean_squared for landmarks in (predicted, constant)]
    return Verdict(len(labelled), errors[0], errors[1])
