"""A net of a few thousand weights with the bundled model's input and output, for tests."""

from pathlib import Path
from typing import Any

import keras
from keras import layers

from train.zoo.mobilenet import OUTPUTS


def tiny(input_side: int, weights: Path | None, frozen_until: str) -> Any:
    """Builds (B, S, S, 3) RGB 0..255 -> (B, 31) float32; takes no start weights and freezes nothing."""
    del weights, frozen_until
    pixels = keras.Input((input_side, input_side, 3), name="pixels")
    features = layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    for channels in (8, 16, 16):
        features = layers.Conv2D(channels, 3, strides=2, padding="same", use_bias=False)(features)
        features = layers.BatchNormalization(momentum=0.9)(features)
        features = layers.ReLU(6.0)(features)
    return keras.Model(pixels, layers.Dense(OUTPUTS, name="points")(layers.Flatten()(features)), name="tiny")
