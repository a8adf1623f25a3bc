"""A network of a few thousand weights with the bundled model's input and output, for tests."""

from typing import Any

import keras
from keras import layers

from masquerade_train.zoo.heads import centred, pixel_input
from masquerade_train.zoo.shape import NetShape, Start


def tiny(shape: NetShape, start: Start) -> Any:
    """Build (B, S, S, C) 0..255 -> (B, outputs) float32; start weights are ignored, and nothing is frozen."""
    del start
    pixels = pixel_input(shape)
    features = centred(pixels)
    for channels in (8, 16, 16):
        features = layers.Conv2D(channels, 3, strides=2, padding="same", use_bias=False)(features)
        features = layers.BatchNormalization(momentum=0.9)(features)
        features = layers.ReLU(6.0)(features)
    found = layers.Dense(shape.outputs, name="points", dtype="float32")(layers.Flatten()(features))
    return keras.Model(pixels, found, name="tiny")
