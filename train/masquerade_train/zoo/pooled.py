"""Pretrained bases with global average pooling and one dense layer, as two of the papers fine-tune them."""

from typing import Any

import keras
from keras import layers

from masquerade_train.zoo.heads import centred, coloured, landmark_output, pixel_input
from masquerade_train.zoo.pretrained import start_base
from masquerade_train.zoo.shape import NetShape, Start


def mobilenet_v2_pooled(shape: NetShape, start: Start) -> Any:
    """Build MobileNetV2 (2,257,984 parameters) + pooling + dense; a grey image becomes three equal channels."""
    return _pooled(keras.applications.MobileNetV2, shape, start, "mobilenet_v2_pooled")


def nasnet_mobile_pooled(shape: NetShape, start: Start) -> Any:
    """Build NASNetMobile (4,269,716 parameters) + pooling + dense; a grey image becomes three equal channels."""
    return _pooled(keras.applications.NASNetMobile, shape, start, "nasnet_mobile_pooled")


def _pooled(application: Any, shape: NetShape, start: Start, name: str) -> Any:
    base = application(input_shape=(shape.side, shape.side, 3), include_top=False, weights=None)
    start_base(base, start)
    pixels = pixel_input(shape)
    features = layers.GlobalAveragePooling2D()(base(coloured(centred(pixels))))
    return keras.Model(pixels, landmark_output(features, shape.outputs), name=name)
