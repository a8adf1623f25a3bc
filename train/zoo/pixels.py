"""The first layers of every network: the picture, scaled, with as many channels as the base wants."""

from typing import Any

import keras
from keras import layers

from train.zoo.shape import NetShape


def pixel_input(shape: NetShape) -> Any:
    """Returns the input "pixels": (B, side, side, channels), 0..255."""
    return keras.Input((shape.side, shape.side, shape.channels), name="pixels")


def centred(pixels: Any) -> Any:
    """Scales 0..255 to [-1, 1]."""
    return layers.Rescaling(1 / 127.5, offset=-1)(pixels)


def coloured(pixels: Any) -> Any:
    """Makes three equal channels of a grey picture; leaves three as they are."""
    if pixels.shape[-1] == 3:
        return pixels
    return layers.Concatenate(name="grey_thrice")([pixels] * 3)
