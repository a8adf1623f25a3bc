"""MobileNetV2 with a head that keeps the place: two feature maps, flattened."""

from typing import Any

import keras
from keras import layers

from train.zoo.ends import centred, coloured, pixel_input
from train.zoo.pretrained import start_base
from train.zoo.shape import NetShape, Start


def mobilenet_v2_two_maps(shape: NetShape, start: Start) -> Any:
    """Builds the net of the bundled model: (B, S, S, C) 0..255 -> (B, outputs) float32.

    Global average pooling would throw away where in the crop a feature lies. So the maps
    at strides 16 (fine place) and 32 (wide view) are thinned by 1x1 convolutions and
    flattened into one dense layer, named "points". A grey picture becomes three equal
    channels first. `start.weights`: ImageNet, without top, for keras.applications.MobileNetV2, alpha 1.0.
    """
    base = keras.applications.MobileNetV2(
        input_shape=(shape.side, shape.side, 3), alpha=1.0, include_top=False, weights=None
    )
    start_base(base, start)
    pixels = pixel_input(shape)
    maps = keras.Model(base.inputs, [base.get_layer("block_12_add").output, base.output], name="base")
    # The norms keep ImageNet's statistics. Live ones follow the crops without a face, which lie
    # far off: on faces the wide map was then all zeros (docs/decisions).
    training = None if start.weights is None else False
    fine, wide = maps(coloured(centred(pixels)), training=training)
    joined = layers.Concatenate()([_thin(fine, 64, "fine"), _thin(wide, 128, "wide")])
    small = keras.initializers.RandomNormal(stddev=0.002)
    points = layers.Dense(shape.outputs, name="points", kernel_initializer=small)
    return keras.Model(pixels, points(joined), name="mobilenet_v2_two_maps")


def _thin(features: Any, channels: int, name: str) -> Any:
    """(B, H, W, C) -> (B, H * W * channels)."""
    thin = layers.Conv2D(channels, 1, activation="relu", name=f"{name}_conv")(features)
    return layers.Flatten(name=f"{name}_flat")(thin)
