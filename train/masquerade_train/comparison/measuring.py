"""Measures the model of a run: on new people, on the sets of its own split, on Kaggle's own images."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from masquerade.values import LANDMARK_NAMES, FloatArray
from numpy.typing import NDArray

from masquerade_train.comparison.score import Measured, Score, score_of
from masquerade_train.datasets.face_set import FaceSet, face_anchors, load_faces
from masquerade_train.evaluation.full_images import Group, mean_face_in_96, measure_full_images
from masquerade_train.evaluation.task import landmark_names, measured_rows, taught_faces, trained_on
from masquerade_train.inference.predictions import Predictions, predict_crops, predict_images
from masquerade_train.inference.predictor import Predictor, keras_network, load_model
from masquerade_train.inputs.batch import Batch
from masquerade_train.inputs.image_batches import ImageMaker
from masquerade_train.metrics.paper_metrics import SIDE, paper_errors
from masquerade_train.recipes.recipe import FullImages, Recipe
from masquerade_train.runs.record import RunRecord

MODEL_FILE = "model.keras"
_SPEED_IMAGES = 100


@dataclass(frozen=True, slots=True, eq=False)
class MeasuringSet:
    """Images beside the data that runs are measured on."""

    faces: FaceSet
    sha256: str


def measure_run(folder: Path, sha256: str, record: RunRecord, data: Path, kaggle: MeasuringSet | None) -> Measured:
    """Measure the model in `folder`.

    Args:
        folder: of the run, with model.keras in it.
        sha256: of the model.
        record: of the run, for the recipe that it followed.
        data: that it was trained from.
        kaggle: Kaggle's own images; None leaves them out.
    """
    model, faces, given = load_model(folder / MODEL_FILE), load_faces(data), trained_on(folder)
    network, recipe = keras_network(model), record.as_run()
    names = landmark_names(network, given, faces)
    chosen = faces.choose_landmarks(names)
    findings = _look(chosen, measured_rows(faces, names, given), network)
    mean = mean_face_in_96(taught_faces(faces, names, given), findings)
    everything = measure_full_images(chosen, findings, mean)
    predicted, labelled = findings.in_96()
    complete = np.isfinite(labelled).all(axis=(1, 2))
    if not complete.any():
        complete = np.ones(len(labelled), np.bool_)
    maker = ImageMaker(faces, recipe) if recipe and isinstance(recipe.input, FullImages) else None
    own_test = maker.test_batches() if maker else ()
    measured = Measured(
        model_sha256=sha256,
        data=data.name,
        parameters=int(model.count_params()),
        epoch_images=_epoch_images(maker, recipe),
        seconds_for_100=_seconds_for_100(network),
        test=_score(predicted[complete], labelled[complete]),
        mean_face=_constant_score(mean, labelled[complete]),
        eye_distances=_by_eye_distance(everything.groups),
        all_root_mean_squared=everything.all_images.errors.pixels.root_mean_squared,
        own_test=_batch_score(network, own_test),
        own_test_mean_face=None if mean is None else _batch_score(_constant(network, mean), own_test),
        own_validation=_batch_score(network, maker.validation_batches() if maker else ()),
    )
    return with_kaggle(measured, network, mean, kaggle) if names == LANDMARK_NAMES else measured


def with_kaggle(
    measured: Measured, network: Predictor, mean: FloatArray | None, kaggle: MeasuringSet | None
) -> Measured:
    """Return `measured` with the errors on Kaggle's own images."""
    if kaggle is None:
        return measured
    rows = np.arange(len(kaggle.faces))
    predicted, labelled = _look(kaggle.faces, rows, network).in_96()
    return replace(
        measured,
        kaggle=_score(predicted, labelled),
        kaggle_mean_face=_constant_score(mean, labelled),
        kaggle_sha256=kaggle.sha256,
    )


def _score(predicted: FloatArray, labelled: FloatArray) -> Score:
    return score_of(paper_errors(predicted, labelled))


def _constant_score(mean: FloatArray | None, labelled: FloatArray) -> Score | None:
    return None if mean is None else _score(np.repeat(mean[None], len(labelled), axis=0), labelled)


def _constant(network: Predictor, mean: FloatArray) -> Predictor:
    """Return a predictor shaped like `network` that returns the mean face for every image, pixels of 96."""
    places = np.asarray((mean + 0.5) * (2 / SIDE) - 1, np.float32).reshape(1, -1)
    return replace(network, predict=lambda images: np.repeat(places, len(images), axis=0))


def _look(faces: FaceSet, rows: NDArray[np.int64], network: Predictor) -> Predictions:
    """Predict on full images or, for a network trained on crops, on the crops that the labels give."""
    if not network.sees_crops:
        return predict_images(faces, rows, network)
    whole = np.array([np.isfinite(face_anchors(landmarks)).all() for landmarks in faces.landmarks[rows]])
    return predict_crops(faces, rows[whole], network)


def _by_eye_distance(groups: tuple[Group, ...]) -> float:
    """Return the mean over the images with all landmarks marked, if there are others too."""
    named = {group.name: group.faces for group in groups}
    faces = named.get("all landmarks marked", named["all"])
    return faces.mean if faces else float("nan")


def _seconds_for_100(network: Predictor) -> float:
    images = np.random.default_rng(0).integers(0, 256, (_SPEED_IMAGES, network.side, network.side, network.channels))
    times = []
    for _ in range(3):
        # Of the processor: on a busy machine the clock measures the others.
        started = time.process_time()
        network.predict(images.astype(np.uint8))
        times.append(time.process_time() - started)
    return min(times)


def _epoch_images(maker: ImageMaker | None, recipe: Recipe | None) -> int:
    if recipe is None:
        return 0
    if maker is not None:
        return maker.steps * recipe.batch
    return 0 if isinstance(recipe.input, FullImages) else recipe.input.epoch_images


def _batch_score(network: Predictor, batches: Sequence[Batch]) -> Score | None:
    """Return the errors on batches with filled-in labels, as in training; None without any."""
    if not batches:
        return None
    predicted, labelled = [], []
    for batch in batches:
        count = network.landmark_count
        marked = batch.targets[:, 2 * count : 3 * count] > 0
        truth = batch.targets[:, : 2 * count].reshape(-1, count, 2)
        found = network.predict(batch.pixels)[:, : 2 * count].reshape(-1, count, 2)
        labelled.append(np.where(marked[..., None], _in_96(truth), np.float32(np.nan)))
        predicted.append(_in_96(found))
    return _score(np.concatenate(predicted), np.concatenate(labelled).astype(np.float32))


def _in_96(places: FloatArray) -> FloatArray:
    """Return places in [-1, 1] as pixels of an image 96 wide."""
    return np.asarray((places + 1) * (SIDE / 2) - 0.5, np.float32)
