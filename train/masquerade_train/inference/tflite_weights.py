"""Reads the weights of a .tflite file as float32, to continue training a network with the same layers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers
from masquerade.values import FloatArray

from masquerade_train.errors import TrainError
from masquerade_train.inference.tflite import open_tflite

# How the operation of a layer's kernel, and that of its bias, is called in the names of a file's tensors.
_KERNELS = {layers.Conv2D: "convolution", layers.Dense: "MatMul", layers.DepthwiseConv2D: "depthwise"}
_BIASES = r"(BiasAdd|Add)"
# A layer's name as it was traced: "coarse_mix" becomes "coarse_mix_1".
_TRACED = r"(?:_\d+)?"


@dataclass(frozen=True, slots=True)
class TfliteFile:
    """The tensors of an open .tflite file, by the layers that they came from."""

    path: Path
    interpreter: Any

    @classmethod
    def open(cls, path: Path) -> "TfliteFile":
        """Open a file.

        Raises:
            TrainError: it is missing or not a model.
        """
        return cls(path, open_tflite(path))

    def network(self, known: Sequence[str]) -> str:
        """Return which of the networks `known` the file was exported from.

        Raises:
            TrainError: it is none of them.
        """
        for tensor in self._tensors():
            for part in tensor["name"].split("/"):
                name = re.sub(r"_\d+$", "", part)
                if name in known:
                    return name
        raise TrainError(f"{self.path} was not exported by this version, so it cannot be trained further.")

    def load_into(self, model: Any) -> None:
        """Give every layer of `model` its weights from the file, rounded as the file holds them.

        Raises:
            TrainError: the file has no such layer, or one of another shape.
        """
        for layer, operation in [(layer, _operation(layer, self.path)) for layer in _with_weights(model)]:
            kernel = self._constant(layer, f"/{operation}", one_name=True)
            bias = self._constant(layer, f"/{_BIASES}", one_name=False) if layer.use_bias else None
            found = [_keras_kernel(layer, kernel), *([] if bias is None else [bias])]
            if [each.shape for each in found] != [tuple(weight.shape) for weight in layer.weights]:
                raise TrainError(f"{self.path}: the layer '{layer.name}' has a different shape than in '{model.name}'.")
            layer.set_weights(found)

    def _tensors(self) -> list[dict[str, Any]]:
        return list(self.interpreter.get_tensor_details())

    def _constant(self, layer: Any, operation: str, one_name: bool) -> FloatArray:
        """Return a constant as float32; a kernel has one name, a bias those of all operations that were fused."""
        pattern = re.compile(rf"(^|/){re.escape(layer.name)}{_TRACED}{operation}(/|$)")
        rank = len(layer.kernel.shape) if one_name else 1
        found = [
            tensor
            for tensor in self._tensors()
            if len(tensor["shape"]) == rank
            and not (one_name and ";" in tensor["name"])
            and any(pattern.search(name) for name in tensor["name"].split(";"))
        ]
        if not found:
            raise TrainError(
                f"{self.path} has no weights of the layer '{layer.name}'. It is another network, "
                "or its layers were merged at export."
            )
        return self._dequantized(found[0])

    def _dequantized(self, tensor: dict[str, Any]) -> FloatArray:
        values = self.interpreter.get_tensor(tensor["index"]).astype(np.float32)
        steps = tensor["quantization_parameters"]
        scales = steps["scales"]
        if not len(scales):
            return np.asarray(values, np.float32)
        shape = [1] * values.ndim
        shape[steps["quantized_dimension"]] = len(scales)
        return np.asarray((values - steps["zero_points"].reshape(shape)) * scales.reshape(shape), np.float32)


def _with_weights(model: Any) -> list[Any]:
    """Return the layers that have weights, those of nested models too."""
    every = [each for layer in model.layers for each in (_with_weights(layer) if _nested(layer) else [layer])]
    return [layer for layer in every if layer.weights]


def _nested(layer: Any) -> bool:
    return isinstance(layer, keras.Model)


def _operation(layer: Any, path: Path) -> str:
    # The last one first: a depthwise convolution may be a convolution, too.
    for kind, operation in reversed(_KERNELS.items()):
        if isinstance(layer, kind):
            return operation
    raise TrainError(
        f"{path} cannot be trained further: its network has layers ('{layer.name}') that are merged at export."
    )


def _keras_kernel(layer: Any, kernel: FloatArray) -> FloatArray:
    """Return a kernel in Keras's order: (out, H, W, in), (1, H, W, out) or (out, in) there."""
    if isinstance(layer, layers.Dense):
        return np.ascontiguousarray(kernel.T)
    return np.ascontiguousarray(kernel.transpose(1, 2, 3, 0))
