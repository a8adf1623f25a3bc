"""Measures a model on full images, as the papers do: overall, by landmark and by slice."""

from dataclasses import dataclass

import numpy as np
from masquerade.values import LANDMARK_NAMES, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.inference.predictions import Predictions
from masquerade_train.metrics.landmark_error import Summary, normalized_mean_error, summarize, yaw_proxy
from masquerade_train.metrics.paper_metrics import SIDE, PaperErrors, landmark_distances, paper_errors

EYES = LANDMARK_NAMES[:2]
WORSE_THAN_MEAN_FACE = "WORSE THAN THE MEAN FACE: the same answer for every image would err less."
_TURNED = 0.35
# Mean grey value of the image, of 255.
_DARK = 70.0


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The errors of some of the images.

    Attributes:
        faces: by the eye distance; None where the eyes are not among the landmarks, or marked nowhere.
    """

    name: str
    errors: PaperErrors
    faces: Summary | None


@dataclass(frozen=True, slots=True, eq=False)
class FullImageEvaluation:
    """The errors of a model on full images.

    Attributes:
        groups: "all" first, then sources and slices.
        names: of the landmarks.
        landmarks: (K,) mean distance of every landmark, pixels of 96; NaN where it is marked nowhere.
        mean_face: what the mean of the training labels scores on the same images; None
            where a landmark is marked in no training image, or the images are of several sizes.
    """

    groups: tuple[Group, ...]
    names: tuple[str, ...]
    landmarks: FloatArray
    mean_face: PaperErrors | None

    @property
    def is_worse_than_mean_face(self) -> bool:
        """Whether a constant answer errs less."""
        own, constant = self.all_images.errors.pixels, self.mean_face
        return constant is not None and own.root_mean_squared >= constant.pixels.root_mean_squared

    @property
    def all_images(self) -> Group:
        """The errors over all."""
        return self.groups[0]


def measure_full_images(faces: FaceSet, findings: Predictions, mean: FloatArray | None = None) -> FullImageEvaluation:
    """Measure the predictions for images of `faces`.

    Args:
        faces: with the images that were looked at.
        findings: what the network found.
        mean: (K, 2) the mean face, pixels of an image 96 wide; None = of the training labels of `faces`.

    Raises:
        ValueError: no landmark is marked, or a prediction is not finite.
    """
    predicted, labelled = findings.in_96()
    everything = ("all", np.ones(len(findings.rows), np.bool_))
    groups = [
        _group(name, findings.names, predicted[chosen], labelled[chosen])
        for name, chosen in (everything, *_slices(faces, findings))
        if np.isfinite(labelled[chosen]).any()
    ]
    mean = mean_face_in_96(faces, findings) if mean is None else mean
    distances = landmark_distances(predicted, labelled)
    counts = np.maximum(np.isfinite(distances).sum(axis=0), 1)
    landmarks = np.where(np.isfinite(distances).any(axis=0), np.nansum(distances, axis=0) / counts, np.nan)
    if not groups:
        raise ValueError("no landmark is marked")
    return FullImageEvaluation(
        tuple(groups), findings.names, landmarks.astype(np.float32), _mean_face_errors(mean, labelled)
    )


def mean_face_in_96(faces: FaceSet, findings: Predictions) -> FloatArray | None:
    """Return the mean of the training labels (K, 2), pixels of an image 96 wide.

    None where a landmark is marked in no training image, or images are of several sizes.
    """
    taught = faces.choose_landmarks(findings.names).landmarks[faces.splits == "train"]
    counts = np.isfinite(taught).sum(axis=0)
    one_size = (findings.sizes_wh == findings.sizes_wh[0]).all()
    if not counts.all() or not one_size:
        return None
    mean = (np.nansum(taught, axis=0) / counts + 0.5) * (SIDE / findings.sizes_wh[0]) - 0.5
    return np.asarray(mean, np.float32)


def _mean_face_errors(mean: FloatArray | None, labelled: FloatArray) -> PaperErrors | None:
    """Return the errors of the mean face: the score of a network that ignores the image."""
    return None if mean is None else paper_errors(np.repeat(mean[None], len(labelled), axis=0), labelled)


def _group(name: str, names: tuple[str, ...], predicted: FloatArray, labelled: FloatArray) -> Group:
    return Group(name, paper_errors(predicted, labelled), _by_eye_distance(names, predicted, labelled))


def _by_eye_distance(names: tuple[str, ...], predicted: FloatArray, labelled: FloatArray) -> Summary | None:
    if not set(EYES) <= set(names):
        return None
    eyes = [names.index(name) for name in EYES]
    apart = np.linalg.norm(labelled[:, eyes[0]] - labelled[:, eyes[1]], axis=1) > 0
    if not apart.any():
        return None
    order = [*eyes, *(index for index in range(len(names)) if index not in eyes)]
    return summarize(normalized_mean_error(predicted[apart][:, order], labelled[apart][:, order]))


def _slices(faces: FaceSet, findings: Predictions) -> list[tuple[str, NDArray[np.bool_]]]:
    rows = findings.rows
    whole = np.isfinite(findings.labelled).all(axis=(1, 2))
    sources = faces.sources[rows]
    slices = [(str(name), sources == name) for name in np.unique(sources)] if len(np.unique(sources)) > 1 else []
    if whole.any() and not whole.all():
        slices += [("all landmarks marked", whole), ("some landmarks marked", ~whole)]
    yaw = _yaw(faces, rows)
    slices += [("frontal", np.abs(yaw) <= _TURNED), ("turned", np.abs(yaw) > _TURNED)]
    dark = np.array([faces.image(int(row)).mean() < _DARK for row in rows])
    return [*slices, ("dark", dark)]


def _yaw(faces: FaceSet, rows: NDArray[np.int64]) -> FloatArray:
    """Return (N,) yaw proxy; NaN where it cannot be measured."""
    if not set(LANDMARK_NAMES) <= set(faces.names):
        return np.full(len(rows), np.nan, np.float32)
    return yaw_proxy(faces.choose_landmarks(LANDMARK_NAMES).landmarks[rows])


def describe_full_images(evaluation: FullImageEvaluation, title: str) -> str:
    """Return the evaluation as tables for people."""
    errors = evaluation.all_images.errors
    lines = [
        title,
        "  pixels of an image 96 wide; in brackets where coordinates run from -1 to 1",
        f"  MSE {errors.pixels.mean_squared:.3f} ({errors.units.mean_squared:.6f}), "
        f"MAE {errors.pixels.mean_absolute:.3f} ({errors.units.mean_absolute:.5f}), "
        f"RMSE {errors.pixels.root_mean_squared:.3f} ({errors.units.root_mean_squared:.5f}), of single coordinates",
        *_describe_within(errors),
        describe_accuracy(errors),
        *_describe_mean_face(evaluation),
        "  group                   images   RMSE px  MAE px  within 5 px  NME mean / median   failures (> 10 %)",
        *(_line(group) for group in evaluation.groups),
        "  mean distance by landmark, px: "
        + ", ".join(f"{name} {value:.2f}" for name, value in zip(evaluation.names, evaluation.landmarks, strict=True)),
    ]
    return "\n".join(lines)


def _describe_within(errors: PaperErrors) -> list[str]:
    readings = (
        ("landmarks", errors.within),
        ("coordinates", errors.within_coordinates),
        ("images", errors.within_images),
    )
    return [
        f"  {name} within 5 / 10 / 15 px of their label{note}: "
        + " / ".join(f"{100 * share:.2f} %" for share in shares)
        for (name, shares), note in zip(readings, ("", "", " on the average"), strict=True)
    ]


def _describe_mean_face(evaluation: FullImageEvaluation) -> list[str]:
    errors = evaluation.mean_face
    if errors is None:
        return []
    shares = " / ".join(f"{100 * share:.2f} %" for share in errors.within)
    lines = [
        f"  for comparison, the mean face of the training labels in every image: "
        f"RMSE {errors.pixels.root_mean_squared:.3f}, MAE {errors.pixels.mean_absolute:.3f}, within {shares}"
    ]
    return [*lines, f"  {WORSE_THAN_MEAN_FACE}"] if evaluation.is_worse_than_mean_face else lines


def describe_accuracy(errors: PaperErrors) -> str:
    """Return the papers' "accuracy", with an explanation."""
    if not np.isfinite(errors.accuracy):
        return '  the papers\' "accuracy": no image has all its landmarks marked'
    return (
        f"  the papers' \"accuracy\": {100 * errors.accuracy:.1f} % (Keras's metric for classes: how often the\n"
        f"    largest of all coordinates is the same one; it says little of exactness: naming always the same one\n"
        f"    gives {100 * errors.accuracy_of_a_constant:.1f} %)"
    )


def _line(group: Group) -> str:
    errors = group.errors
    line = (
        f"  {group.name:22s} {errors.images:9d} {errors.pixels.root_mean_squared:9.3f} "
        f"{errors.pixels.mean_absolute:7.3f} {100 * errors.within[0]:10.2f} %"
    )
    if group.faces is None:
        return line
    faces = group.faces
    return f"{line} {100 * faces.mean:7.2f} % {100 * faces.median:7.2f} % {100 * faces.failures:10.1f} %"
