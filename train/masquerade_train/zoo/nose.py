"""The inception net of Ha Duc Anh for the points of the nose."""

from typing import Any

import keras
from keras import layers, regularizers

from masquerade_train.zoo.heads import centred, pixel_input, points
from masquerade_train.zoo.shape import NetShape, Start

_DECAY = 1e-4


def inception_nose(shape: NetShape, start: Start) -> Any:
    """Build five modules of 3x3 and 5x5 branches, each with a pool, and dense layers 1024-512-128 with L2.

    Takes no start weights.

    Source:
        Ha Duc Anh: the modules' number and branches, the dense layers and their L2. Ours,
        for want of the text: the channels, batch norm, and the weight of the L2.
    """
    del start
    pixels = pixel_input(shape)
    features = centred(pixels)
    for channels in (16, 32, 64, 96, 128):
        features = layers.MaxPooling2D(2)(_module(features, channels))
    features = layers.Flatten()(features)
    for width in (1024, 512, 128):
        features = layers.Dense(width, activation="relu", kernel_regularizer=regularizers.L2(_DECAY))(features)
    return keras.Model(pixels, points(features, shape.outputs), name="inception_nose")


def _module(features: Any, channels: int) -> Any:
    """Return (B, H, W, C) -> (B, H, W, 2 * channels): what both window sizes see, side by side."""
    branches = [layers.Conv2D(channels, side, padding="same", use_bias=False)(features) for side in (3, 5)]
    joined = layers.BatchNormalization(momentum=0.95)(layers.Concatenate()(branches))
    return layers.ReLU()(joined)
