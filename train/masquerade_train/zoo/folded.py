"""The lower part of MobileNetV2, its norms folded into the convolutions: quicker to train, and nothing drifts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers
from masquerade.values import FloatArray

from masquerade_train.zoo.pretrained import start_base
from masquerade_train.zoo.shape import NetShape, Start


@dataclass(frozen=True, slots=True)
class _Block:
    """An inverted residual of MobileNetV2: its number, input and output channels, stride."""

    number: int
    before: int
    after: int
    stride: int

    @property
    def prefix(self) -> str:
        """How keras.applications names its layers."""
        return f"block_{self.number}"


# Sandler et al., "MobileNetV2" (2018), table 2: blocks 1 to 12, all with an expansion of 6.
_OUTPUTS = ((24, 2), (24, 1), (32, 2), (32, 1), (32, 1), (64, 2), (64, 1), (64, 1), (64, 1), (96, 1), (96, 1), (96, 1))
_EXPANSION = 6


def folded_mobilenet_v2(shape: NetShape, start: Start) -> Any:
    """Return MobileNetV2 1.0 up to the expansion of block 13: (B, S, S, 3) in [-1, 1] -> two maps.

    A norm that stands still is a factor and a shift for each channel; folded into the convolution before it,
    it costs nothing. So the network trains as it will run, and no statistics of a batch can mislead it.

    Returns:
        A Keras model named "base" with the outputs of "block_6_expand" (B, S/8, S/8, 192) and
        "block_13_expand" (B, S/16, S/16, 576), both behind their ReLU.

    Raises:
        TrainError: the start weights are no MobileNetV2 1.0 without top.
    """
    pixels = keras.Input((shape.side, shape.side, 3), name="centred")
    features = _convolve(_padded(pixels), 32, "Conv1", size=3, stride=2)
    features = _relu(_depthwise(features, "expanded_conv_depthwise"), "expanded_conv_depthwise_relu")
    features = _convolve(features, 16, "expanded_conv_project", active=False)
    taps = []
    for block in _blocks():
        features, expanded = _invert(features, block)
        taps += [expanded] if block.number == 6 else []
    taps.append(_convolve(features, _EXPANSION * 96, "block_13_expand"))
    base = keras.Model(pixels, taps, name="base")
    _start(base, shape, start)
    return base


def _blocks() -> Iterator[_Block]:
    before = 16
    for number, (after, stride) in enumerate(_OUTPUTS, 1):
        yield _Block(number, before, after, stride)
        before = after


def _invert(features: Any, block: _Block) -> tuple[Any, Any]:
    """Add one block; return its output and its expanded channels."""
    expanded = _convolve(features, _EXPANSION * block.before, f"{block.prefix}_expand")
    deep = _depthwise(_padded(expanded) if block.stride == 2 else expanded, f"{block.prefix}_depthwise", block.stride)
    deep = _convolve(
        _relu(deep, f"{block.prefix}_depthwise_relu"), block.after, f"{block.prefix}_project", active=False
    )
    if block.stride == 2 or block.before != block.after:
        return deep, expanded
    return layers.Add(name=f"{block.prefix}_add")([features, deep]), expanded


def _convolve(features: Any, channels: int, name: str, *, size: int = 1, stride: int = 1, active: bool = True) -> Any:
    padding = "valid" if stride == 2 else "same"
    features = layers.Conv2D(channels, size, stride, padding, kernel_initializer="he_normal", name=name)(features)
    return _relu(features, f"{name}_relu") if active else features


def _depthwise(features: Any, name: str, stride: int = 1) -> Any:
    padding = "valid" if stride == 2 else "same"
    return layers.DepthwiseConv2D(3, stride, padding, depthwise_initializer="he_normal", name=name)(features)


def _padded(features: Any) -> Any:
    """Before a stride of 2, as keras.applications pads even sides: below and on the right alone."""
    return layers.ZeroPadding2D(((0, 1), (0, 1)))(features)


def _relu(features: Any, name: str) -> Any:
    return layers.ReLU(6.0, name=name)(features)


def _start(base: Any, shape: NetShape, start: Start) -> None:
    """Load the start weights, and freeze the layers that are not trained."""
    whole = keras.applications.MobileNetV2((shape.side, shape.side, 3), alpha=1.0, include_top=False, weights=None)
    start_base(whole, start)
    convolutions = [layer for layer in base.layers if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D)]
    for layer in convolutions:
        if start.weights is not None and not start.goes_on:
            layer.set_weights(_fold(whole, layer.name))
        layer.trainable = whole.get_layer(layer.name).trainable


def _fold(whole: Any, name: str) -> list[FloatArray]:
    """Return the weights of the convolution `name` and of its norm, as one kernel and one bias."""
    (kernel,) = whole.get_layer(name).get_weights()
    norm = whole.get_layer("bn_Conv1" if name == "Conv1" else f"{name}_BN")
    gamma, beta, mean, variance = norm.get_weights()
    factor = gamma / np.sqrt(variance + norm.epsilon)
    # A depthwise kernel (3, 3, C, 1) has its channels before the last axis.
    along = factor[:, None] if kernel.shape[-1] == 1 else factor
    return [kernel * along, beta - mean * factor]
