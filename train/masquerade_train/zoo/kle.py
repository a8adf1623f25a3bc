"""The networks of KLE Tech (2022) that begin with random weights: one hidden layer, and a small CNN."""

from typing import Any

import keras
from keras import layers

from masquerade_train.zoo.heads import centred, landmark_output, pixel_input
from masquerade_train.zoo.shape import NetShape, Start


def hidden_layer_100(shape: NetShape, start: Start) -> Any:
    """Build the network with one hidden layer of 100; it takes no start weights.

    Source:
        KLE Tech, MobileNetV2 for facial keypoints (2022): one hidden layer of 100. Its
        activation is ours.
    """
    del start
    pixels = pixel_input(shape)
    hidden = layers.Dense(100, activation="relu", name="hidden")(layers.Flatten()(centred(pixels)))
    return keras.Model(pixels, landmark_output(hidden, shape.outputs), name="hidden_layer_100")


def three_convolutions(shape: NetShape, start: Start) -> Any:
    """Build the CNN of Table I: three 3x3 convolutions, three 2x2 pools; it takes no start weights.

    Source:
        The same paper, Table I. Ours, for want of its text: 32, 64 and 128 channels, two
        dense layers of 500.
    """
    del start
    pixels = pixel_input(shape)
    features = centred(pixels)
    for channels in (32, 64, 128):
        features = layers.Conv2D(channels, 3, activation="relu")(features)
        features = layers.MaxPooling2D(2)(features)
    features = layers.Flatten()(features)
    for width in (500, 500):
        features = layers.Dense(width, activation="relu")(features)
    return keras.Model(pixels, landmark_output(features, shape.outputs), name="three_convolutions")
