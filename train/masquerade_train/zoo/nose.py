"""The inception network of Ha Duc Anh for the landmarks of the nose."""

from typing import Any

import keras
from keras import layers, regularizers

from masquerade_train.zoo.heads import centred, landmark_output, pixel_input
from masquerade_train.zoo.shape import NetShape, Start

# (3x3, 5x5) channels of the five modules, and (width, L2) of the three dense layers, as printed.
_MODULES = ((64, 32), (64, 32), (128, 32), (128, 32), (256, 64))
_DENSE = ((1024, 0.05), (512, 0.02), (128, 0.01))


def inception_nose(shape: NetShape, start: Start) -> Any:
    """Build the network of the paper's Keras code and table: 4,811,054 parameters for 14 outputs.

    Takes no start weights.

    Source:
        Ha Duc Anh, section 3.1: `inception_module`, `build_model` and the table of 21 layers.
        The code as it can be read has no ReLU behind the dense layer of 512, the table has
        (layer 17): the table is followed. The code cuts off the 5x5 channels of some modules;
        the table's sizes (96, 96, 160, 160, 320) give them.
    """
    del start
    pixels = pixel_input(shape)
    features = centred(pixels)
    for three, five in _MODULES:
        branches = [_branch(features, three, 3), _branch(features, five, 5)]
        features = layers.MaxPooling2D(2)(layers.Concatenate()(branches))
    features = layers.Flatten()(features)
    for width, decay in _DENSE:
        features = layers.Dense(width, kernel_regularizer=regularizers.L2(decay))(features)
        features = layers.ReLU()(layers.BatchNormalization()(features))
    return keras.Model(pixels, landmark_output(features, shape.outputs), name="inception_nose")


def _branch(features: Any, channels: int, size: int) -> Any:
    """(B, H, W, C) -> (B, H, W, channels)."""
    features = layers.Conv2D(channels, size, padding="same")(features)
    return layers.ReLU()(layers.BatchNormalization()(features))
