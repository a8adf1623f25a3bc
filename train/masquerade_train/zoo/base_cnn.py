"""A CNN of three convolutions, plain and with squeeze-and-excitation (model_v1)."""

from typing import Any

import keras
from keras import layers

from masquerade_train.zoo.heads import centred, coloured, landmark_output, pixel_input
from masquerade_train.zoo.shape import NetShape, Start

# By what the channels are squeezed.
_RATIO = 8


def base_cnn(shape: NetShape, start: Start) -> Any:
    """Build the plain network: 6,662,750 parameters for 30 outputs; it takes no start weights.

    Source:
        The paper's number of parameters, which these layers give: 3x3 convolutions of 32, 64
        and 128 channels on an image of three channels, and one dense layer of 512.
    """
    del start
    return _network(shape, squeezed=False, name="base_cnn")


def model_v1_se(shape: NetShape, start: Start) -> Any:
    """Build the same network with squeeze-and-excitation, r = 8, behind each convolution: 5,628 parameters more."""
    del start
    return _network(shape, squeezed=True, name="model_v1_se")


def _network(shape: NetShape, squeezed: bool, name: str) -> Any:
    pixels = pixel_input(shape)
    features = coloured(centred(pixels))
    for channels in (32, 64, 128):
        features = layers.Conv2D(channels, 3, activation="relu")(features)
        if squeezed:
            features = squeeze_and_excite(features)
        features = layers.MaxPooling2D(2)(features)
    features = layers.Dense(512, activation="relu")(layers.Flatten()(features))
    return keras.Model(pixels, landmark_output(features, shape.outputs), name=name)


def squeeze_and_excite(features: Any) -> Any:
    """Weight each channel of (B, H, W, C) by the means of all channels.

    Source:
        Hu et al., "Squeeze-and-Excitation Networks" (2018), section 3.
    """
    channels = features.shape[-1]
    means = layers.GlobalAveragePooling2D(keepdims=True)(features)
    squeezed = layers.Dense(channels // _RATIO, activation="relu")(means)
    return layers.Multiply()([features, layers.Dense(channels, activation="sigmoid")(squeezed)])
