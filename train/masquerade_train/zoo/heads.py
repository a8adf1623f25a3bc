"""The first and the last layers of every network: the scaled image, and the coordinates."""

from typing import Any

import keras
from keras import layers

from masquerade_train.zoo.shape import NetShape


def pixel_input(shape: NetShape) -> Any:
    """Return the input "pixels": (B, side, side, channels), 0..255."""
    return keras.Input((shape.side, shape.side, shape.channels), name="pixels")


def centred(pixels: Any) -> Any:
    """Scale 0..255 to [-1, 1]."""
    return layers.Rescaling(1 / 127.5, offset=-1)(pixels)


def coloured(pixels: Any) -> Any:
    """Make three equal channels of a grey image; leaves three as they are."""
    if pixels.shape[-1] == 3:
        return pixels
    return layers.Concatenate(name="grey_thrice")([pixels] * 3)


def landmark_output(features: Any, outputs: int) -> Any:
    """Return (B, F) -> (B, outputs): the dense layer "points", which starts near 0, the middle of [-1, 1].

    With Keras's own start the first outputs would reach far beyond the image. In float32 whatever
    the layers before compute in: a step of bfloat16 there is up to 0.2 px of 96.
    """
    small = keras.initializers.VarianceScaling(0.01)
    return layers.Dense(outputs, name="points", kernel_initializer=small, dtype="float32")(features)
