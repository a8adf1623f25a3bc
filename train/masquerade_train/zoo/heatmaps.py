"""MobileNetV2 with heat maps: each landmark is the weighted mean of its map's cells."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops
from masquerade.values import LANDMARK_COUNT

from masquerade_train.zoo.folded import folded_mobilenet_v2
from masquerade_train.zoo.heads import centred, coloured, pixel_input
from masquerade_train.zoo.shape import NetShape, Start

_COARSE, _FINE = 160, 96
# The layers with channels for each landmark, and in how many blocks: the offsets have all x before all y.
_MAPS = {"heat": 1, "offset": 2}
# Square cells; below it a map is one cell.
_MIN_VARIANCE = 1e-4


def mobilenet_v2_heat_maps(shape: NetShape, start: Start) -> Any:
    """Build the network of the bundled model: (B, S, S, C) 0..255 -> (B, outputs) float32; S divisible by 16.

    A dense layer learns separately for each place of the crop what an eye looks like; convolutions learn it once.
    So what is seen at stride 16 is looked at in its surroundings, carried up to stride 8, and there every landmark
    has a map of how likely each cell is, and two of how far from that cell's middle it lies. A landmark is the mean
    of what the cells say, weighted by the softmax of the first: no steps of a cell's size, and a slope for all.

    Args:
        shape: of input and output.
        start: `weights` of ImageNet, without top, for keras.applications.MobileNetV2, alpha 1.0.

    Source:
        The mean over a softmax: Sun et al., "Integral Human Pose Regression" (2018). An offset beside each
        cell: Jin, Liao and Shao, "Pixel-in-Pixel Network" (2021).
    """
    pixels = pixel_input(shape)
    near, far = folded_mobilenet_v2(shape, start)(coloured(centred(pixels)))
    coarse = _convolve(far, _COARSE, "coarse")
    coarse = layers.Add(name="coarse_sum")([coarse, _around(coarse, _COARSE, "coarse_wide", size=5)])
    coarse = _around(coarse, _COARSE, "coarse_near")
    fine = layers.UpSampling2D(2, interpolation="bilinear", name="enlarged")(
        layers.Conv2D(_FINE, 1, name="from_coarse")(coarse)
    )
    fine = layers.Add(name="fine_sum")([fine, layers.Conv2D(_FINE, 1, name="from_near")(near)])
    fine = _around(layers.ReLU(name="fine_sum_relu")(fine), _FINE, "fine")
    count = shape.outputs // 2
    landmarks = MeanOfCells(name="mean_of_cells", dtype="float32")(
        [_map(fine, count, "heat"), _map(fine, 2 * count, "offset")]
    )
    if shape.outputs % 2:
        presence = layers.Dense(1, name="presence", dtype="float32")(
            layers.GlobalAveragePooling2D(name="coarse_mean")(coarse)
        )
        landmarks = layers.Concatenate(name="points", dtype="float32")([landmarks, presence])
    return keras.Model(pixels, landmarks, name="mobilenet_v2_heat_maps")


def has_spread(model: Any) -> bool:
    """Return whether `with_spread` suits a model: a heat-map network for crops, with 15 landmarks or more."""
    outputs = int(model.output_shape[-1])
    return model.name == mobilenet_v2_heat_maps.__name__ and outputs % 2 == 1 and outputs // 2 >= LANDMARK_COUNT


def with_spread(model: Any, count: int) -> Any:
    """Return a network of heat maps with a second output: how far the first `count` landmarks' maps spread, (B, 1).

    A map that is warm in many cells knows its landmark badly: the mean over the landmarks of the logarithm of the
    softmax's standard deviation, in cells.
    """
    heat = model.get_layer("heat").output
    spread = LogSpread(count, name="spread", dtype="float32")(heat)
    return keras.Model(model.inputs, [model.output, spread], name=model.name)


def share_landmarks(source: Any, target: Any) -> None:
    """Put the weights of a network of heat maps into one with more or fewer landmarks, whose first ones are the same.

    Further landmarks of the target keep the weights they start with.

    Args:
        source: of `mobilenet_v2_heat_maps`, with weights.
        target: the same with another number of outputs.
    """
    for given, taking in zip(source.layers, target.layers, strict=True):
        weights = given.get_weights()
        if taking.name in _MAPS:
            blocks = _MAPS[taking.name]
            weights = [
                _with_first(own, other, blocks) for own, other in zip(taking.get_weights(), weights, strict=True)
            ]
        taking.set_weights(weights)


def _with_first(own: np.ndarray[Any, Any], other: np.ndarray[Any, Any], blocks: int) -> np.ndarray[Any, Any]:
    """Return `own` (..., blocks * K) with the first channels of each block taken from `other`, as far as both go."""
    parts = np.split(own.copy(), blocks, axis=-1)
    for part, first in zip(parts, np.split(other, blocks, axis=-1), strict=True):
        count = min(part.shape[-1], first.shape[-1])
        part[..., :count] = first[..., :count]
    return np.concatenate(parts, axis=-1)


@keras.saving.register_keras_serializable("masquerade")
class MeanOfCells(layers.Layer):  # type: ignore[misc]  # keras has no types
    """Turn likelihoods (B, H, W, K) and offsets (B, H, W, 2K) (all x, then all y) into landmarks (B, 2K) in [-1, 1]."""

    def call(self, inputs: list[Any]) -> Any:
        """See the class; the offsets are in the units of the result."""
        heat, offsets = inputs
        height, width, count = heat.shape[1:]
        share = ops.expand_dims(ops.softmax(_by_landmark(heat), axis=-1), 1)
        offsets = ops.reshape(_by_landmark(offsets), (-1, 2, count, height * width))
        x, y = np.meshgrid(_middles(width), _middles(height))
        middles = np.stack([x.reshape(1, -1), y.reshape(1, -1)]).astype(np.float32)
        mean = ops.sum(share * (offsets + middles), axis=-1)
        return ops.reshape(ops.transpose(mean, (0, 2, 1)), (-1, 2 * count))


@keras.saving.register_keras_serializable("masquerade")
class LogSpread(layers.Layer):  # type: ignore[misc]
    """Turns likelihoods (B, H, W, K) into the mean logarithm of the first maps' standard deviation in cells, (B, 1)."""

    def __init__(self, count: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._count = count

    def call(self, heat: Any) -> Any:
        """See the class."""
        height, width, _ = heat.shape[1:]
        share = ops.softmax(_by_landmark(heat[..., : self._count]), axis=-1)
        x, y = np.meshgrid(np.arange(width), np.arange(height))
        places = np.stack([x, y, x**2 + y**2], axis=-1).reshape(1, -1, 3).astype(np.float32)
        # (B, K, 3): the means of x, y and their squares.
        mean = ops.matmul(share, places)
        variance = mean[..., 2] - ops.square(mean[..., 0]) - ops.square(mean[..., 1])
        return ops.mean(0.5 * ops.log(ops.maximum(variance, _MIN_VARIANCE)), axis=-1, keepdims=True)


def _by_landmark(maps: Any) -> Any:
    """Return (B, H, W, K) -> (B, K, H * W)."""
    height, width, count = maps.shape[1:]
    return ops.transpose(ops.reshape(maps, (-1, height * width, count)), (0, 2, 1))


def _middles(cells: int) -> np.ndarray[Any, Any]:
    """Return where the middles of so many cells lie in [-1, 1]."""
    return (np.arange(cells) + 0.5) * 2 / cells - 1


def _convolve(features: Any, channels: int, name: str) -> Any:
    return layers.Conv2D(channels, 1, activation="relu", kernel_initializer="he_normal", name=name)(features)


def _around(features: Any, channels: int, name: str, size: int = 3) -> Any:
    """Look at each place's surroundings: (B, H, W, channels) -> the same."""
    features = layers.DepthwiseConv2D(
        size, padding="same", activation="relu", depthwise_initializer="he_normal", name=f"{name}_around"
    )(features)
    return _convolve(features, channels, f"{name}_mix")


def _map(features: Any, channels: int, name: str) -> Any:
    small = keras.initializers.RandomNormal(stddev=0.01)
    return layers.Conv2D(channels, 1, kernel_initializer=small, name=name, dtype="float32")(features)
