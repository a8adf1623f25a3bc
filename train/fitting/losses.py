"""The losses, on keras.ops: distance of the points, and face or no face."""

from typing import Any

from keras import ops

from app.values import POINT_COUNT

_PLACES = 2 * POINT_COUNT
# The eye distance of a well cut crop in the output's units (30 % of a side that is 2 long).
EYE_DISTANCE = 0.6
# Below this (1.5 % of the eye distance) the loss turns round: the labels are no finer.
_ROUND = 0.015


def point_loss(targets: Any, outputs: Any) -> Any:
    """Mean distance of the marked points, eye distances; what NME measures, made smooth near 0.

    A plain distance, not its square: a square would follow the few wrong labels.

    Args:
        targets: (B, 46), see train.crops.batches.Batch.
        outputs: (B, 31).
    """
    offset = ops.reshape(targets[:, :_PLACES] - outputs[:, :_PLACES], (-1, POINT_COUNT, 2)) / EYE_DISTANCE
    distance = ops.sqrt(ops.sum(ops.square(offset), axis=-1) + _ROUND**2) - _ROUND
    weight = targets[:, _PLACES : _PLACES + POINT_COUNT]
    return ops.sum(distance * weight) / ops.maximum(ops.sum(weight), 1e-6)


def presence_loss(targets: Any, outputs: Any) -> Any:
    """Cross entropy of "this is a face": (B, 46), (B, 31) -> scalar."""
    truth, logit = targets[:, -1], outputs[:, -1]
    return ops.mean(ops.softplus(logit) - truth * logit)


def total_loss(presence_weight: float) -> Any:
    """Returns the loss that Keras minimizes: points + `presence_weight` * presence."""

    def loss(targets: Any, outputs: Any) -> Any:
        return point_loss(targets, outputs) + presence_weight * presence_loss(targets, outputs)

    return loss
