"""MobileNetV2 with a head that keeps the place: two feature maps, flattened."""

import logging
from pathlib import Path
from typing import Any

import keras
from keras import layers

from app.values import POINT_COUNT

_log = logging.getLogger(__name__)

OUTPUTS = 2 * POINT_COUNT + 1
# Keras's default of 0.999 lets the moving statistics lag thousands of steps behind.
_NORM_MOMENTUM = 0.98


def mobilenet_v2_two_maps(input_side: int, weights: Path | None, frozen_until: str) -> Any:
    """Builds the net of the bundled model: (B, S, S, 3) RGB 0..255 -> (B, 31) float32.

    Global average pooling would throw away where in the crop a feature lies. So the maps
    at strides 16 (fine place) and 32 (wide view) are thinned by 1x1 convolutions and
    flattened into one dense layer, named "points": 15 x, y in [-1, 1] and the face logit.

    Args:
        weights: ImageNet weights without top for keras.applications.MobileNetV2, alpha 1.0.
            None starts from random numbers, with a warning.
        frozen_until: layers up to this one keep their weights; "" = none.
    """
    base = keras.applications.MobileNetV2(
        input_shape=(input_side, input_side, 3), alpha=1.0, include_top=False, weights=None
    )
    if weights is None:
        _log.warning("No ImageNet weights given (--weights): starting from random numbers, which costs accuracy.")
    else:
        base.load_weights(weights)
    _prepare(base, frozen_until if weights is not None else "")
    pixels = keras.Input((input_side, input_side, 3), name="pixels")
    maps = keras.Model(base.inputs, [base.get_layer("block_12_add").output, base.output], name="base")
    # The norms keep ImageNet's statistics. Live ones follow the crops without a face, which lie
    # far off: on faces the wide map was then all zeros (docs/decisions).
    training = None if weights is None else False
    fine, wide = maps(layers.Rescaling(1 / 127.5, offset=-1)(pixels), training=training)
    joined = layers.Concatenate()([_thin(fine, 64, "fine"), _thin(wide, 128, "wide")])
    points = layers.Dense(OUTPUTS, name="points", kernel_initializer=keras.initializers.RandomNormal(stddev=0.002))
    return keras.Model(pixels, points(joined), name="mobilenet_v2_two_maps")


def _prepare(base: Any, frozen_until: str) -> None:
    frozen = bool(frozen_until)
    for layer in base.layers:
        layer.trainable = not frozen
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = _NORM_MOMENTUM
        frozen = frozen and layer.name != frozen_until
    if frozen:
        raise ValueError(f"the base has no layer '{frozen_until}'")


def _thin(features: Any, channels: int, name: str) -> Any:
    """(B, H, W, C) -> (B, H * W * channels)."""
    thin = layers.Conv2D(channels, 1, activation="relu", name=f"{name}_conv")(features)
    return layers.Flatten(name=f"{name}_flat")(thin)
