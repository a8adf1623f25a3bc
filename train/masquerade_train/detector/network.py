"""A detector that can be trained while its values are rounded as int8 rounds them: DetectorNetwork."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from masquerade.values import FloatArray

from masquerade_train.detector.graph import Graph, Kind, Step

_WEIGHT_STEPS = 127.0
# The int8 value of a pixel is then the pixel - 128, which the app makes by flipping a bit.
_PIXEL_RANGE = (-127 / 127.5, 128 / 127.5)
_TINY = 1e-6
_MAX_LOGIT_ERROR = 3.0
# Pixels of the input: the error of a smaller face counts as one of this size.
_MIN_FACE = 4.0
# What makes both parts of the loss about as large.
_LOGIT_SHARE, _PLACE_SHARE = 0.025, 25.0


class DetectorNetwork(keras.Model):  # type: ignore[misc]  # keras has no types
    """BlazeFace with its published weights, trained to give the answers of the float network.

    (B, H, W, 3) float32 in [-1, 1], H and W multiples of 32 -> (B, N, 16) regressors and (B, N, 1) logits of N
    anchors. The last convolutions stay in float.

    Source:
        Jacob et al., "Quantization and Training of Neural Networks for Efficient
        Integer-Arithmetic-Only Inference" (2018), section 3; the ranges are learnt with the weights.
    """

    def __init__(self, graph: Graph) -> None:
        """Take the graph's weights; nothing is rounded before `set_ranges`."""
        super().__init__(name="detector")
        self._graph = graph
        self._kernels, self._biases = {}, {}
        for step in graph.steps:
            if step.weights is not None and step.bias is not None:
                self._kernels[step.output] = self._weight(step.weights, f"kernel_{step.output}")
                self._biases[step.output] = self._weight(step.bias, f"bias_{step.output}")
        self._ranges: dict[int, tuple[Any, Any]] = {}
        self.rounds = False
        self.built = True

    def set_ranges(self, pixels: FloatArray) -> None:
        """Set the first range of each step's output to what it is for `pixels`, and round from now on.

        Args:
            pixels: (N, H, W, 3) float32 in [-1, 1].
        """
        lows: dict[int, float] = {}
        highs: dict[int, float] = {}
        for image in pixels:
            for number, values in self._tensors(ops.convert_to_tensor(image[None])).items():
                lows[number] = min(float(ops.min(values)), lows.get(number, 0.0))
                highs[number] = max(float(ops.max(values)), highs.get(number, _TINY))
        for number in self._rounded_outputs():
            low, high = np.float32(lows[number]), np.float32(highs[number])
            self._ranges[number] = (self._weight(low, f"low_{number}"), self._weight(high, f"high_{number}"))
        self.rounds = True

    def call(self, pixels: Any) -> tuple[Any, Any]:
        """Return the regressors and the logits."""
        tensors = self._tensors(pixels)
        regressors, logits = sorted((tensors[each] for each in self._graph.outputs), key=lambda each: -each.shape[-1])
        return regressors, logits

    def raise_logits(self, amount: float) -> None:
        """Add a number to every logit."""
        (last,) = (each for each in self._biases.values() if each.shape[0] == 1)
        last.assign_add([amount])

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *others: Any, **options: Any) -> Any:
        """Return how far the answers are from those of the float network, `y`, weighted by how sure it is."""
        (wanted, wanted_logits), (found, found_logits) = y, y_pred
        likely, found_likely = ops.sigmoid(wanted_logits), ops.sigmoid(found_logits)
        surprise = _cross_entropy(likely, found_logits) - _cross_entropy(likely, wanted_logits)
        near = ops.sqrt(ops.stop_gradient(ops.maximum(likely, found_likely)))
        apart = ops.minimum(ops.abs(found_logits - wanted_logits), _MAX_LOGIT_ERROR)
        scores = ops.mean(ops.sum(surprise + _LOGIT_SHARE * near * apart, axis=(1, 2)))
        sizes = ops.maximum(wanted[..., 2:3], _MIN_FACE)
        places = ops.sum(likely * ops.mean(ops.abs(found - wanted) / sizes, axis=2, keepdims=True))
        return scores + _PLACE_SHARE * places / (ops.sum(likely) + 1 / 16)

    def _weight(self, value: FloatArray | np.float32, name: str) -> Any:
        return self.add_weight(shape=np.shape(value), initializer=keras.initializers.Constant(value), name=name)

    def _rounded_outputs(self) -> list[int]:
        """Return the steps whose outputs are rounded; the others only move values, or are the last ones."""
        lists = {step.inputs[0] for step in self._graph.steps if step.kind is Kind.LIST}
        kinds = (Kind.CONVOLUTION, Kind.DEPTHWISE, Kind.ADD)
        return [step.output for step in self._graph.steps if step.kind in kinds and step.output not in lists]

    def _tensors(self, pixels: Any) -> dict[int, Any]:
        rounded = tf.quantization.fake_quant_with_min_max_args(pixels, *_PIXEL_RANGE) if self.rounds else pixels
        tensors = {self._graph.source: rounded}
        for step in self._graph.steps:
            values = self._compute(step, [tensors[number] for number in step.inputs])
            values = ops.relu(values) if step.relu else values
            if self.rounds and step.output in self._ranges:
                values = tf.quantization.fake_quant_with_min_max_vars(values, *self._ranges[step.output])
            tensors[step.output] = values
        return tensors

    def _compute(self, step: Step, inputs: list[Any]) -> Any:
        first = inputs[0]
        if step.output in self._kernels:
            convolve = ops.depthwise_conv if step.kind is Kind.DEPTHWISE else ops.conv
            return convolve(first, self._kernel(step), step.stride, "same") + self._biases[step.output]
        if step.kind is Kind.ADD:
            return first + inputs[1]
        if step.kind is Kind.MAX_POOL:
            return ops.max_pool(first, 2, 2, "same")
        if step.kind is Kind.PAD_CHANNELS:
            return ops.pad(first, ((0, 0), (0, 0), (0, 0), (0, step.channels_added)))
        if step.kind is Kind.DOUBLE:
            return tf.image.resize(first, 2 * tf.shape(first)[1:3])
        return ops.reshape(first, (ops.shape(first)[0], -1, first.shape[-1]))

    def _kernel(self, step: Step) -> Any:
        """Return a kernel, rounded to 255 steps for each output channel; the rounding has no gradient of its own."""
        kernel = ops.convert_to_tensor(self._kernels[step.output])
        if step.output not in self._ranges:
            return kernel
        axes = (0, 1, 3) if step.kind is Kind.DEPTHWISE else (0, 1, 2)
        size = ops.maximum(ops.max(ops.abs(kernel), axis=axes, keepdims=True) / _WEIGHT_STEPS, _TINY)
        return kernel + ops.stop_gradient(ops.round(kernel / size) * size - kernel)


def _cross_entropy(likely: Any, logits: Any) -> Any:
    return ops.binary_crossentropy(likely, logits, from_logits=True)
