"""MobileNetV2 with three flattened feature maps, which keep the position."""

from typing import Any

import keras
from keras import layers

from masquerade_train.zoo.heads import centred, coloured, pixel_input
from masquerade_train.zoo.pretrained import start_base
from masquerade_train.zoo.shape import NetShape, Start

# At strides 8, 16 and 32. The last is the one before the 1280 channels that ImageNet's classes need.
MAPS = ("block_5_add", "block_12_add", "block_16_project_BN")
# Bottlenecks end without a ReLU, and their values spread by 6 (near) and 1.3 (wide). Thousands of such
# inputs move the landmarks by more than a face at Adam's first steps: their convolutions start low.
_QUIET, _LOW = 0.05**2, 0.4**2


def mobilenet_v2_three_maps(shape: NetShape, start: Start) -> Any:
    """Build a network for whole images or crops: (B, S, S, C) 0..255 -> (B, outputs) float32.

    Global average pooling would throw away where in the crop a feature lies. So the maps
    at strides 8 (near), 16 (fine place) and 32 (wide view) are thinned by 1x1 convolutions
    and flattened into one dense layer, named "points". A grey image becomes three equal
    channels first.

    Args:
        shape: of input and output.
        start: `weights` of ImageNet, without top, for keras.applications.MobileNetV2, alpha 1.0.
    """
    base = keras.applications.MobileNetV2(
        input_shape=(shape.side, shape.side, 3), alpha=1.0, include_top=False, weights=None
    )
    start_base(base, start)
    maps = keras.Model(base.inputs, [base.get_layer(name).output for name in MAPS], name="base")
    pixels = pixel_input(shape)
    near, fine, wide = maps(coloured(centred(pixels)))
    # Linear where the map is: behind a ReLU the wide one once died in the first epochs, all zeros,
    # and took the blocks before it along (docs/decisions/009).
    thin = [_thin(near, 16, "near", _QUIET), _thin(fine, 64, "fine", activation="relu"), _thin(wide, 128, "wide", _LOW)]
    small = keras.initializers.RandomNormal(stddev=0.002)
    output = layers.Dense(shape.outputs, name="points", kernel_initializer=small, dtype="float32")
    return keras.Model(pixels, output(layers.Concatenate()(thin)), name="mobilenet_v2_three_maps")


def _thin(features: Any, channels: int, name: str, scale: float = 1.0, activation: str | None = None) -> Any:
    """Return (B, H, W, C) -> (B, H * W * channels)."""
    start = keras.initializers.VarianceScaling(scale, mode="fan_avg", distribution="uniform")
    thin = layers.Conv2D(channels, 1, activation=activation, kernel_initializer=start, name=f"{name}_conv")(features)
    return layers.Flatten(name=f"{name}_flat")(thin)
