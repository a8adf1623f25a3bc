"""Turns Keras models into .tflite files: float32 and int8."""

from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np

from app.values import ByteArray, FloatArray
from train.errors import TrainError
from train.measuring.tflite import open_content, run_tflite

# What makes int8 = uint8 - 128 exact, so that the app need not scale its pixels.
_INPUT_SCALE = (1.0, -128)


def to_float32(model: Any) -> bytes:
    """Converts a Keras model (B, S, S, 3) -> (B, K) to a float32 .tflite of batch 1."""
    with redirect_stdout(StringIO()):
        return bytes(_converter(model).convert())


def to_int8(model: Any, ranges: ByteArray, calibration: ByteArray) -> bytes:
    """Quantizes a Keras model: int8 all through, but for its last dense layer.

    An int8 output over [-1, 1] has steps of 0.75 px in a crop of 96, which shows as
    jitter; with the last layer in float the steps of its thousands of inputs average out.

    Args:
        model: (B, S, S, 3) RGB 0..255 -> (B, K), whose only dense layer is the last.
        ranges: (N, S, S, 3) uint8 crops of faces, as the app will see them; about a hundred.
            More, or other ones, bring in rare values that make every step coarser.
        calibration: (M, S, S, 3) uint8 crops; over these the mean error is corrected.

    Raises:
        TrainError: the converter did not give the input and output that the app reads.

    Source:
        The last bias is corrected by the mean error that int8 makes: Nagel et al.,
        "Data-Free Quantization Through Weight Equalization and Bias Correction" (2019).
    """
    last = model.layers[-1]
    kernel, bias = last.get_weights()
    truth = np.asarray(model(calibration.astype(np.float32), training=False))
    mean_error = (truth - run_tflite(open_content(_quantize(model, ranges)), calibration)).mean(axis=0)
    last.set_weights([kernel, bias + mean_error])
    content = _quantize(model, ranges)
    last.set_weights([kernel, bias])
    _check(content)
    return content


def _quantize(model: Any, calibration: ByteArray) -> bytes:
    import tensorflow as tf  # noqa: PLC0415 (6 s; a .tflite is measured without it)

    crops = calibration.copy()
    # The range of the input follows from what is seen: all of 0..255, in any set of crops.
    crops[0, 0, 0], crops[0, 0, 1] = 0, 255

    def examples() -> Iterator[list[FloatArray]]:
        for crop in crops:
            yield [crop[None].astype(np.float32)]

    converter = _converter(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
    # The debugger is TensorFlow's only way to leave single operations in float.
    options = tf.lite.experimental.QuantizationDebugOptions(denylisted_ops=["FULLY_CONNECTED"])
    # Keras prints a line for every variable.
    with redirect_stdout(StringIO()):
        debugger = tf.lite.experimental.QuantizationDebugger(
            converter=converter, debug_dataset=examples, debug_options=options
        )
        quantized = bytes(debugger.get_nondebug_quantized_model())
    return _with_int8_input(quantized)


def _converter(model: Any) -> Any:
    """A converter for batch 1: with a free batch the flattening becomes four operations of shapes."""
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    pixels = keras.Input(batch_shape=(1, *model.input_shape[1:]), name="pixels")
    return tf.lite.TFLiteConverter.from_keras_model(keras.Model(pixels, model(pixels)))


def _with_int8_input(content: bytes) -> bytes:
    """Takes away the first operation, which quantizes float pixels: the app hands over int8."""
    from tensorflow.lite.tools import flatbuffer_utils  # noqa: PLC0415

    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    graph = model.subgraphs[0]
    first = graph.operators[0]
    if list(first.inputs) != list(graph.inputs):
        raise TrainError("The quantized model does not begin with its input's quantization.")
    graph.inputs = list(first.outputs)
    graph.operators = graph.operators[1:]
    for signature in model.signatureDefs or []:
        signature.inputs[0].tensorIndex = graph.inputs[0]
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _check(content: bytes) -> None:
    interpreter = open_content(content)
    source, output = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    if source["dtype"] is not np.int8 or source["quantization"] != _INPUT_SCALE:
        raise TrainError(f"The input became {source['dtype']} {source['quantization']}, wanted int8 {_INPUT_SCALE}.")
    if output["dtype"] is not np.float32:
        raise TrainError(f"The output became {output['dtype']}, wanted float32.")
