"""The metrics beside the loss: means over all marked landmarks of a set, independent of batch sizes."""

from typing import Any

import keras
from keras import ops

from masquerade_train.fitting.losses import landmark_distances, offsets, presence_loss
from masquerade_train.recipes.recipe import Crops, Recipe


class MeanSquared(keras.metrics.Mean):  # type: ignore[misc]  # keras has no types
    """Mean square of single coordinates, output's units squared."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        offset, weight = offsets(y_true, y_pred)
        super().update_state(ops.mean(ops.square(offset), axis=-1), weight)


class MeanAbsolute(keras.metrics.Mean):  # type: ignore[misc]
    """Mean absolute value of single coordinates, output's units."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        offset, weight = offsets(y_true, y_pred)
        super().update_state(ops.mean(ops.abs(offset), axis=-1), weight)


class MeanDistance(keras.metrics.Mean):  # type: ignore[misc]
    """Mean distance of the landmarks, eye distances of a crop."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        super().update_state(*landmark_distances(y_true, y_pred))


class LargestCoordinate(keras.metrics.Mean):  # type: ignore[misc]
    """The papers' "accuracy": how often the largest coordinate is the same one, in images with all landmarks marked."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        count = y_pred.shape[-1] // 2
        targets = ops.convert_to_tensor(y_true)
        same = ops.equal(
            ops.argmax(targets[:, : 2 * count], axis=-1),
            ops.argmax(ops.convert_to_tensor(y_pred)[:, : 2 * count], axis=-1),
        )
        complete = ops.all(targets[:, 2 * count : 3 * count] > 0, axis=-1)
        super().update_state(ops.cast(same, "float32"), ops.cast(complete, "float32"))


class Presence(keras.metrics.Mean):  # type: ignore[misc]
    """Cross entropy of "this is a face"."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch."""
        super().update_state(presence_loss(y_true, y_pred))


def metrics_of(recipe: Recipe) -> list[Any]:
    """Return what is shown beside the loss, by the names of the log's columns."""
    shown = [MeanDistance("points"), MeanSquared("mean_squared"), MeanAbsolute("mean_absolute")]
    if isinstance(recipe.input, Crops):
        return [*shown, Presence("presence")]
    return [*shown, LargestCoordinate("accuracy")]
