"""Measures a model on test faces: by source, slice and landmark, and how well it recognises faces."""

from dataclasses import dataclass

import numpy as np
from masquerade.values import LANDMARK_NAMES, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet, face_anchors
from masquerade_train.evaluation.slices import FRONTAL, face_slices
from masquerade_train.inference.predictor import PredictFunction, to_pixels
from masquerade_train.inputs.augment import Cutter, Sample
from masquerade_train.metrics.landmark_error import (
    PixelErrors,
    Summary,
    landmark_errors,
    pixel_errors,
    presence_rates,
    summarize,
)
from masquerade_train.recipes.augmentation import DETECTOR_LIKE, Augmentation

_KAGGLE_SIDE = 96
# Pixels of the original image. Below the first the labels themselves are worth 5 % of the
# eye distance and more, so those faces are not measured.
_SMALLEST_EYES = 20.0
_DRAWS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The errors of a model on a set of faces; shares of the eye distance.

    Attributes:
        sources: (name, errors) of every source of the data.
        slices: (name, errors) of turned, small... faces; only those with sound labels.
        landmarks: (15,) mean error of every landmark, on the faces with sound labels where there are any.
        pixels: errors of coordinates in pixels of a crop of 96.
        found: share of the faces that the presence output takes for faces; NaN for a network without one.
    """

    all_faces: Summary
    sources: tuple[tuple[str, Summary], ...]
    slices: tuple[tuple[str, Summary], ...]
    landmarks: FloatArray
    pixels: PixelErrors
    found: float

    @property
    def worst_slice(self) -> tuple[str, float] | None:
        """The slice with the largest mean error, and how many times the frontal one that is; None without slices."""
        means = {name: group.mean for name, group in self.slices}
        if FRONTAL not in means:
            return None
        worst = max(means, key=lambda name: means[name])
        return worst, means[worst] / means[FRONTAL]


def measure(
    faces: FaceSet, chosen: NDArray[np.bool_], predict: PredictFunction, side: int, errors: Augmentation
) -> Evaluation:
    """Cut the chosen faces with the given disturbances and measure the predictions.

    Every face is cut three times (once where nothing is left to chance); the crops are
    the same at every call.

    Raises:
        ValueError: no face is chosen.
    """
    rows, samples = cut_faces(faces, chosen, side, errors)
    outputs = predict(np.stack([sample.pixels for sample in samples]))
    predicted, labelled = to_pixels(outputs, side), np.stack([sample.landmarks for sample in samples])
    by_landmark = landmark_errors(predicted, labelled)
    by_face = np.nanmean(by_landmark, axis=1)
    sound, scale = faces.sound[rows], _KAGGLE_SIDE / side
    return Evaluation(
        all_faces=summarize(by_face),
        sources=_groups(by_face, [(str(name), faces.sources[rows] == name) for name in np.unique(faces.sources[rows])]),
        slices=_groups(by_face, face_slices(faces, rows)),
        landmarks=np.nanmean(by_landmark[sound if sound.any() else slice(None)], axis=0),
        pixels=pixel_errors(predicted * scale, labelled * scale),
        found=presence_rates(outputs[:, -1]) if outputs.shape[1] % 2 else float("nan"),
    )


def cut_faces(
    faces: FaceSet, chosen: NDArray[np.bool_], side: int, errors: Augmentation
) -> tuple[NDArray[np.int64], list[Sample]]:
    """Cut the chosen faces with eyes 20 px apart or more, or unknown; return (row of each crop, the crops)."""
    whole = np.array([np.isfinite(face_anchors(landmarks)).all() for landmarks in faces.landmarks])
    large = ~(faces.eye_distances < _SMALLEST_EYES)
    rows = faces.where(chosen & whole & large)
    if not len(rows):
        raise ValueError("no face is chosen")
    draws = _DRAWS if errors.shift_sigma > 0 else 1
    samples = [
        Cutter(side, errors, np.random.default_rng((int(row), draw))).face(faces.image(int(row)), faces.landmarks[row])
        for row in rows
        for draw in range(draws)
    ]
    return np.repeat(rows, draws), samples


def _groups(errors: FloatArray, groups: list[tuple[str, NDArray[np.bool_]]]) -> tuple[tuple[str, Summary], ...]:
    return tuple((name, summarize(errors[where])) for name, where in groups if where.any())


def false_presence(faces: FaceSet, predict: PredictFunction, side: int) -> tuple[float, float]:
    """Return how often test backgrounds, and crops beside test faces, count as faces.

    NaN where the data hold none. Three draws each, the same at every call.
    """
    val = faces.splits == "test"
    grounds = [
        Cutter(side, DETECTOR_LIKE, np.random.default_rng((int(row), draw))).background(faces.image(int(row)))
        for row in faces.where(val & ~faces.has_face)
        for draw in range(_DRAWS)
    ]
    strays = [
        Cutter(side, DETECTOR_LIKE, np.random.default_rng(int(row))).stray(faces.image(int(row)), faces.landmarks[row])
        for row in faces.where(val & faces.has_face)
    ]
    rates = [
        presence_rates(predict(np.stack([sample.pixels for sample in samples]))[:, -1]) if samples else float("nan")
        for samples in (grounds, strays)
    ]
    return rates[0], rates[1]


def describe(evaluation: Evaluation, title: str) -> str:
    """Return the evaluation as a table for people: percent of the eye distance."""
    lines = [f"{title}: mean / median error, failures (> 10 %), faces"]
    for name, group in (("all", evaluation.all_faces), *evaluation.sources, *evaluation.slices):
        lines.append(
            f"  {name:28s} {100 * group.mean:6.2f} % {100 * group.median:6.2f} % {100 * group.failures:6.1f} %"
            f" {group.faces:6d}"
        )
    if evaluation.worst_slice:
        name, times = evaluation.worst_slice
        lines.append(f"  the worst of these slices, {name}: {times:.2f} times the frontal one")
    lines.append(
        "  by landmark, sound labels: "
        + ", ".join(f"{n} {100 * e:.1f}" for n, e in zip(LANDMARK_NAMES, evaluation.landmarks, strict=True))
    )
    pixels = evaluation.pixels
    lines.append(
        f"  pixels of 96: MSE {pixels.mean_squared:.3f}, MAE {pixels.mean_absolute:.3f},"
        f" RMSE {pixels.root_mean_squared:.3f}"
    )
    if np.isfinite(evaluation.found):
        lines.append(f"  faces taken for faces: {100 * evaluation.found:.1f} %")
    return "\n".join(lines)
