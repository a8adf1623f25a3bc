"""Measures a model while it trains: its loss on the check split, its error on val faces."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.datasets.face_set import load_faces
from masquerade_train.evaluation.evaluate import measure
from masquerade_train.fitting.losses import LossFunction, mean_squared
from masquerade_train.inference.predictor import float_predictor
from masquerade_train.inputs.batch import Batch
from masquerade_train.recipes.augmentation import DETECTOR_LIKE
from masquerade_train.recipes.recipe import Crops, Recipe


@dataclass(frozen=True, slots=True)
class CheckLosses:
    """Means over the check split; NaN where there is none."""

    loss: float = float("nan")
    mean_squared: float = float("nan")


def check_losses(
    outputs_of: Callable[[Batch], FloatArray], batches: Sequence[Batch], loss: LossFunction
) -> CheckLosses:
    """Return what a model, as its `outputs_of` tells, makes of the check split."""
    if not batches:
        return CheckLosses()
    found = []
    for batch in batches:
        outputs = outputs_of(batch)
        found.append([float(function(batch.targets, outputs)) for function in (loss, mean_squared)])
    means = np.average(found, axis=0, weights=[len(batch.pixels) for batch in batches])
    return CheckLosses(float(means[0]), float(means[1]))


class ValFaces:
    """Measures nets for crops on the sound val faces of the data, for the log alone: nothing is decided by it."""

    def __init__(self, data: Path, recipe: Recipe) -> None:
        """Read the data, where the recipe trains on crops."""
        self._side = recipe.input.side
        self._faces = load_faces(data).choose_points(recipe.input.points) if isinstance(recipe.input, Crops) else None

    def error(self, model: Any) -> float:
        """Return the mean error in eye distances, on crops with a detector's errors; NaN without faces."""
        if self._faces is None or not (chosen := self._faces.val_faces & self._faces.sound).any():
            return float("nan")
        predict = float_predictor(model)
        return measure(self._faces, chosen, predict, self._side, DETECTOR_LIKE).all_faces.mean
