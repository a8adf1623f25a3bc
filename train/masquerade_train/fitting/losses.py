"""The losses, with keras.ops: distances of landmarks, and face or no face."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from masquerade_train.recipes.recipe import Crops, Loss, Recipe

LossFunction = Callable[[Any, Any], Any]
# (B, 3K + 1) targets, see masquerade_train.inputs.batch.Batch, and (B, 2K or 2K + 1) outputs -> scalar.

# The eye distance of a well cut crop in the output's units (30 % of a side that is 2 long).
EYE_DISTANCE = 0.6
# Below this (1.5 % of the eye distance) the loss turns round: the labels are no finer.
_ROUND = 0.015
# So many times a usual one counts the rarest opening.
_MAX_RARITY = 4.0
# Of the wing loss, in the output's units: 0.2 = 10 px of an image of 96.
_WING_WIDTH, _WING_CURVE = 0.2, 0.04
# Pixels of an image 96 wide to one of the output's units.
_PIXELS_OF_A_UNIT = 48


def landmark_loss(targets: Any, outputs: Any) -> Any:
    """Return mean distance of the marked landmarks, eye distances of a crop; what NME measures, made smooth near 0.

    A plain distance, not its square: a square would follow the few wrong labels.
    """
    return _mean(*landmark_distances(targets, outputs))


def landmark_distances(targets: Any, outputs: Any) -> tuple[Any, Any]:
    """Return the distance of each landmark (B, K), eye distances of a crop, made smooth near 0; and its weight."""
    offset, weight = offsets(targets, outputs)
    return _length(offset), weight


def mean_squared(targets: Any, outputs: Any) -> Any:
    """Return mean square of the marked landmarks' single coordinates, in the output's units squared."""
    offset, weight = offsets(targets, outputs)
    return _mean(ops.mean(ops.square(offset), axis=-1), weight)


def mean_squared_px(targets: Any, outputs: Any) -> Any:
    """Return `mean_squared` in pixels squared of an image 96 wide, which a paper's L2 is weighed against."""
    return _PIXELS_OF_A_UNIT**2 * mean_squared(targets, outputs)


def euclidean_loss(targets: Any, outputs: Any) -> Any:
    """Length of the vector of all marked coordinates of an image, mean over the batch, in the output's units."""
    offset, weight = offsets(targets, outputs)
    squares = ops.sum(ops.sum(ops.square(offset), axis=-1) * weight, axis=-1)
    # The root of 0 has no slope.
    return ops.mean(ops.sqrt(squares + 1e-12))


def wing_loss(targets: Any, outputs: Any) -> Any:
    """Return mean wing loss of the marked landmarks' coordinates: steep near 0, straight for large errors.

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


def opening_loss(crops: Crops) -> LossFunction:
    """Return the loss of a recipe's openings: how wrong the way from one landmark to the other is, eye distances.

    An opening counts the more, the further the marked one is from the usual one; else a network that has seen few
    shut eyes and few wide open mouths says something between.
    """
    first, second = (
        np.array([crops.points.index(getattr(opening, end)) for opening in crops.openings])
        for end in ("first", "second")
    )
    usual, spread = (
        np.array([getattr(opening, name) for opening in crops.openings], np.float32) for name in ("usual", "spread")
    )

    def between(landmarks: Any) -> Any:
        return ops.take(landmarks, second, axis=1) - ops.take(landmarks, first, axis=1)

    def loss(targets: Any, outputs: Any) -> Any:
        offset, weight = offsets(targets, outputs)
        marked = between(marked_landmarks(targets, len(crops.points)))
        opened = ops.sqrt(ops.sum(ops.square(marked / EYE_DISTANCE), axis=-1))
        rarity = ops.minimum(1.0 + ops.abs(opened - usual) / spread, _MAX_RARITY)
        both = ops.minimum(ops.take(weight, first, axis=1), ops.take(weight, second, axis=1))
        return _mean(_length(between(offset)), both * rarity)

    return loss


LOSSES: dict[Loss, LossFunction] = {
    Loss.DISTANCE: landmark_loss,
    Loss.MEAN_SQUARED: mean_squared,
    Loss.MEAN_SQUARED_PX: mean_squared_px,
    Loss.EUCLIDEAN: euclidean_loss,
    Loss.WING: wing_loss,
}


def total_loss(recipe: Recipe) -> LossFunction:
    """Return the loss that is minimized: the landmarks', and with crops the openings' and the weighted presence's."""
    of_landmarks = LOSSES[recipe.loss]
    if not isinstance(recipe.input, Crops):
        return of_landmarks
    parts = [of_landmarks]
    if recipe.input.openings:
        parts.append(opening_loss(recipe.input))
    presence_weight = recipe.input.presence_weight

    def total(targets: Any, outputs: Any) -> Any:
        loss = sum(part(targets, outputs) for part in parts)
        return loss + presence_weight * presence_loss(targets, outputs) if presence_weight else loss

    return total


def offsets(targets: Any, outputs: Any) -> tuple[Any, Any]:
    """Return the offset of each landmark (B, K, 2), and its weight (B, K); 0 = not marked."""
    # PyTorch's metrics get the targets as numpy arrays.
    targets, outputs = ops.convert_to_tensor(targets), ops.convert_to_tensor(outputs)
    count = outputs.shape[-1] // 2
    offset = marked_landmarks(targets, count) - ops.reshape(outputs[:, : 2 * count], (-1, count, 2))
    return offset, targets[:, 2 * count : 3 * count]


def marked_landmarks(targets: Any, count: int) -> Any:
    """Return the marked places (B, K, 2) of targets; 0 where nothing is marked."""
    return ops.reshape(ops.convert_to_tensor(targets)[:, : 2 * count], (-1, count, 2))


def _length(vectors: Any) -> Any:
    """Return the length of (..., 2), eye distances of a crop, made smooth near 0."""
    return ops.sqrt(ops.sum(ops.square(vectors / EYE_DISTANCE), axis=-1) + _ROUND**2) - _ROUND


def _mean(values: Any, weight: Any) -> Any:
    """Return the weighted mean of (B, K); 0 where nothing is marked."""
    return ops.sum(values * weight) / ops.maximum(ops.sum(weight), 1e-6)
