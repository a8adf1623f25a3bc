"""Turns Keras models into .tflite files: float32, float16 and int8."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

import numpy as np
from masquerade.values import LANDMARK_COUNT, ByteArray, FloatArray

from masquerade_train.errors import TrainError
from masquerade_train.exporting.mixed_precision import layers_in_float
from masquerade_train.inference.quiet import silent_stderr
from masquerade_train.inference.tflite import main_output, open_content
from masquerade_train.zoo.heatmaps import has_spread, with_spread

# What makes int8 = uint8 - 128 exact, so that the app need not scale its pixels.
_INPUT_SCALE = (1.0, -128)


def to_float32(model: Any) -> bytes:
    """Convert a Keras model (B, S, S, C) -> (B, outputs) to a float32 .tflite of batch 1."""
    return _convert(_converter(model))


def to_float16(model: Any) -> bytes:
    """Convert a Keras model to a .tflite whose weights are float16; it is run in float32."""
    import tensorflow as tf  # noqa: PLC0415 (6 s; a .tflite is measured without it)

    converter = _converter(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return _convert(converter)


def to_int8(model: Any, images: ByteArray) -> bytes:
    """Quantize a Keras model to int8, except sensitive layers and the head.

    An int8 output over [-1, 1] has steps of 0.75 px in a crop of 96, which shows as
    jitter; with the last dense layer in float the steps of its thousands of inputs average out.

    Args:
        model: (B, S, S, C) 0..255 -> (B, outputs).
        images: (N, S, S, C) uint8, about a hundred as the network will see them: they set the ranges.

    Raises:
        TrainError: the converter did not give the input and output that the app reads.
    """
    # The spread hangs on the first of the last convolutions, so it comes before the others in the file.
    spread = ("spread",) if has_spread(model) else ()
    in_float = _float_nodes(to_float32(model), (*layers_in_float(model, images), *spread))
    content = _quantize(model, images, in_float)
    _check(content)
    return content


def _float_nodes(in_float: bytes, layers: tuple[str, ...]) -> list[str]:
    """Return the operations, by output name, that stay in float: `layers`, and from the last weights on."""
    from tensorflow.lite.python import schema_py_generated as schema  # noqa: PLC0415
    from tensorflow.lite.tools import flatbuffer_utils  # noqa: PLC0415

    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(in_float))
    graph = model.subgraphs[0]
    codes = [model.operatorCodes[operator.opcodeIndex].builtinCode for operator in graph.operators]
    weighted = (schema.BuiltinOperator.FULLY_CONNECTED, schema.BuiltinOperator.CONV_2D)
    first = max((place for place, code in enumerate(codes) if code in weighted), default=len(codes) - 1)
    names = [graph.tensors[operator.outputs[0]].name.decode() for operator in graph.operators]
    # A layer is a part of the path in the tensor's name, numbered when it was traced: ".../block_10_add_1/Add".
    known = [re.compile(rf"(^|/){re.escape(layer)}(_\d+)?/") for layer in layers]
    return [name for place, name in enumerate(names) if place >= first or any(one.search(name) for one in known)]


def _quantize(model: Any, ranges: ByteArray, in_float: list[str]) -> bytes:
    import tensorflow as tf  # noqa: PLC0415

    images = ranges.copy()
    # The range of the input follows from what is seen: all of 0..255, in any set of images.
    images[0, 0, 0], images[0, 0, 1] = 0, 255

    def examples() -> Iterator[list[FloatArray]]:
        for image in images:
            yield [image[None].astype(np.float32)]

    converter = _converter(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
    # The debugger is TensorFlow's only way to leave single operations in float.
    options = tf.lite.experimental.QuantizationDebugOptions(denylisted_nodes=in_float)
    with silent_conversion():
        debugger = tf.lite.experimental.QuantizationDebugger(
            converter=converter, debug_dataset=examples, debug_options=options
        )
        quantized = bytes(debugger.get_nondebug_quantized_model())
    return with_int8_input(quantized)


def _converter(model: Any) -> Any:
    """Return a converter for batch 1: with a free batch the flattening becomes four operations of shapes."""
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    pixels = keras.Input(batch_shape=(1, *model.input_shape[1:]), name="pixels")
    exported = with_spread(model, LANDMARK_COUNT) if has_spread(model) else model
    return tf.lite.TFLiteConverter.from_keras_model(keras.Model(pixels, exported(pixels), name="exported"))


def _convert(converter: Any) -> bytes:
    with silent_conversion():
        return bytes(converter.convert())


@contextmanager
def silent_conversion() -> Iterator[None]:
    """Hide the converter's output: Keras prints a line per variable, TensorFlow its own deprecations."""
    with redirect_stdout(StringIO()), silent_stderr(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def with_int8_input(content: bytes) -> bytes:
    """Take away the first operation, which quantizes float pixels: the app hands over int8."""
    from tensorflow.lite.tools import flatbuffer_utils  # noqa: PLC0415

    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    graph = model.subgraphs[0]
    first = graph.operators[0]
    if list(first.inputs) != list(graph.inputs):
        raise TrainError("The quantized model does not start by quantizing its input.")
    graph.inputs = list(first.outputs)
    graph.operators = graph.operators[1:]
    for signature in model.signatureDefs or []:
        signature.inputs[0].tensorIndex = graph.inputs[0]
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _check(content: bytes) -> None:
    interpreter = open_content(content)
    source, output = interpreter.get_input_details()[0], main_output(interpreter)
    if source["dtype"] is not np.int8 or source["quantization"] != _INPUT_SCALE:
        raise TrainError(f"The input became {source['dtype']} {source['quantization']}, wanted int8 {_INPUT_SCALE}.")
    if output["dtype"] is not np.float32:
        raise TrainError(f"The output became {output['dtype']}, wanted float32.")
