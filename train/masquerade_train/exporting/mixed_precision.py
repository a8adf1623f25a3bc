"""Chooses the layers of a network that stay in float when the rest becomes int8."""

from typing import Any

import keras
import numpy as np
from masquerade.values import ByteArray, FloatArray

from masquerade_train.exporting.fake_quant import flat_layers, parents, quantized, rounded_layers

_SEEN = 48
# A layer that alone makes this share of the whole noise or more stays in float.
_SHARE = 0.2
_NORM = keras.layers.BatchNormalization
# Larger networks are left as they are: the search would take minutes.
_MAX = 60


def layers_in_float(model: Any, images: ByteArray) -> tuple[str, ...]:
    """Return the layers that lose most in int8, and the head; nothing for a network without residual streams.

    Where residual streams are summed, and the landmarks are read from them, many channels of
    very different size share one range: in MobileNetV2's blocks 10 to 12 that makes nearly
    all of the noise, and those few sums are cheap.

    Args:
        model: (B, S, S, C) 0..255 -> (B, outputs).
        images: (N, S, S, C) uint8, as the network will see them.
    """
    if not any(isinstance(layer, keras.layers.Add) for layer in flat_layers(model)):
        return ()
    head = _head(model)
    sensitive = _sensitive(model, images, head)
    norms = [layer for layer in flat_layers(model) if layer.name in sensitive and isinstance(layer, _NORM)]
    # An exported operation is named by the convolution or by the norm that was merged into it.
    merged = [parent.name for norm in norms for parent in parents(norm)]
    return (*sensitive, *merged, *head)


def _sensitive(model: Any, images: ByteArray, head: tuple[str, ...]) -> tuple[str, ...]:
    """Return the linear layers of the residual streams whose rounding changes the outputs most."""
    rounded = set(rounded_layers(model)) - set(head)
    streams = [layer.name for layer in flat_layers(model) if _is_linear(layer) and layer.name in rounded]
    if len(streams) > _MAX:
        return ()
    seen = images[:_SEEN].astype(np.float32)
    truth = np.asarray(model(seen, training=False))
    with quantized(model, in_float=head):
        whole = _noise(model, seen, truth)
    found = []
    for name in streams:
        with quantized(model, only=name):
            if _noise(model, seen, truth) > _SHARE * whole:
                found.append(name)
    return tuple(found)


def _is_linear(layer: Any) -> bool:
    """Return whether it is a sum, or a convolution with its norm, without a ReLU after it."""
    plain = isinstance(layer, keras.layers.Conv2D) and layer.activation is keras.activations.linear
    return plain or isinstance(layer, keras.layers.Add | _NORM)


def _head(model: Any) -> tuple[str, ...]:
    """Return the layers from the last convolutions to the outputs, whose noise is not averaged out."""
    names: dict[str, None] = {}
    waiting = [output._keras_history.operation for output in model.outputs]
    while waiting:
        layer = waiting.pop()
        if isinstance(layer, keras.layers.GlobalAveragePooling2D | keras.Model):
            continue
        names[layer.name] = None
        if not isinstance(layer, keras.layers.Conv2D):
            waiting += parents(layer)
    return tuple(names)


def _noise(model: Any, seen: FloatArray, truth: FloatArray) -> float:
    return float(np.std(np.asarray(model(seen, training=False)) - truth))
