"""The losses, on keras.ops: how far the points are off, and face or no face."""

from collections.abc import Callable
from typing import Any

from keras import ops

from masquerade_train.recipes.recipe import Loss

LossFunction = Callable[[Any, Any], Any]
# (B, 3K + 1) targets, see masquerade_train.inputs.batch.Batch, and (B, 2K or 2K + 1) outputs -> scalar.

# The eye distance of a well cut crop in the output's units (30 % of a side that is 2 long).
EYE_DISTANCE = 0.6
# Below this (1.5 % of the eye distance) the loss turns round: the labels are no finer.
_ROUND = 0.015
# Of the wing loss, in the output's units: 0.2 = 10 px of an image of 96.
_WING_WIDTH, _WING_CURVE = 0.2, 0.04


def point_loss(targets: Any, outputs: Any) -> Any:
    """Return mean distance of the marked points, eye distances of a crop; what NME measures, made smooth near 0.

    A plain distance, not its square: a square would follow the few wrong labels.
    """
    return _mean(*point_distances(targets, outputs))


def point_distances(targets: Any, outputs: Any) -> tuple[Any, Any]:
    """Return the distance of each landmark (B, K), eye distances of a crop, made smooth near 0; and its weight."""
    offset, weight = offsets(targets, outputs)
    return ops.sqrt(ops.sum(ops.square(offset / EYE_DISTANCE), axis=-1) + _ROUND**2) - _ROUND, weight


def mean_squared(targets: Any, outputs: Any) -> Any:
    """Return mean square of the marked points' single coordinates, in the output's units squared."""
    offset, weight = offsets(targets, outputs)
    return _mean(ops.mean(ops.square(offset), axis=-1), weight)


def euclidean_loss(targets: Any, outputs: Any) -> Any:
    """Length of the vector of all marked coordinates of an image, mean over the batch, in the output's units."""
    offset, weight = offsets(targets, outputs)
    squares = ops.sum(ops.sum(ops.square(offset), axis=-1) * weight, axis=-1)
    # The root of 0 has no slope.
    return ops.mean(ops.sqrt(squares + 1e-12))


def wing_loss(targets: Any, outputs: Any) -> Any:
    """Return mean wing loss of the marked points' coordinates: steep near 0, straight for large errors.

    Source:
        Feng et al., "Wing Loss for Robust Facial Landmark Localisation" (2018), equation 5.
    """
    offset, weight = offsets(targets, outputs)
    size = ops.abs(offset)
    curved = _WING_WIDTH * ops.log1p(size / _WING_CURVE)
    gap = _WING_WIDTH - _WING_WIDTH * ops.log1p(_WING_WIDTH / _WING_CURVE)
    return _mean(ops.mean(ops.where(size < _WING_WIDTH, curved, size - gap), axis=-1), weight)


def presence_loss(targets: Any, outputs: Any) -> Any:
    """Cross entropy of "this is a face", the last output being its logit."""
    truth, logit = ops.convert_to_tensor(targets)[:, -1], ops.convert_to_tensor(outputs)[:, -1]
    return ops.mean(ops.softplus(logit) - truth * logit)


LOSSES: dict[Loss, LossFunction] = {
    Loss.DISTANCE: point_loss,
    Loss.MEAN_SQUARED: mean_squared,
    Loss.EUCLIDEAN: euclidean_loss,
    Loss.WING: wing_loss,
}


def total_loss(presence_weight: float, loss: Loss = Loss.DISTANCE) -> LossFunction:
    """Return the loss that is minimized: the points' + `presence_weight` * presence, 0 for nets without a logit."""
    of_points = LOSSES[loss]

    def total(targets: Any, outputs: Any) -> Any:
        if not presence_weight:
            return of_points(targets, outputs)
        return of_points(targets, outputs) + presence_weight * presence_loss(targets, outputs)

    return total


def offsets(targets: Any, outputs: Any) -> tuple[Any, Any]:
    """Return the offset of each landmark (B, K, 2), and its weight (B, K); 0 = not marked."""
    # PyTorch's metrics get the targets as numpy arrays.
    targets, outputs = ops.convert_to_tensor(targets), ops.convert_to_tensor(outputs)
    count = outputs.shape[-1] // 2
    offset = ops.reshape(targets[:, : 2 * count] - outputs[:, : 2 * count], (-1, count, 2))
    return offset, targets[:, 2 * count : 3 * count]


def _mean(values: Any, weight: Any) -> Any:
    """Return the weighted mean of (B, K); 0 where nothing is marked."""
    return ops.sum(values * weight) / ops.maximum(ops.sum(weight), 1e-6)
