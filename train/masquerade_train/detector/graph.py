"""Reads a .tflite file of plain convolutions as a list of steps with float32 weights."""

from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

import numpy as np
from masquerade.values import FloatArray
from numpy.typing import NDArray

from masquerade_train.errors import TrainError
from masquerade_train.inference.tflite import open_tflite


class Kind(Enum):
    """What a step computes."""

    CONVOLUTION = auto()
    DEPTHWISE = auto()
    ADD = auto()
    MAX_POOL = auto()
    PAD_CHANNELS = auto()
    DOUBLE = auto()  # bilinear, to twice the size
    LIST = auto()  # (B, H, W, C) -> (B, H * W, C)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One operation.

    Attributes:
        inputs, output: numbers of the tensors.
        weights: (H, W, in, out) or (H, W, in, 1) float32, as Keras has them; None without.
        bias: (out,) float32; None without.
        stride: pixels, of convolutions.
        relu: whether what is below 0 becomes 0.
        channels_added: by PAD_CHANNELS, behind the others.
    """

    kind: Kind
    inputs: tuple[int, ...]
    output: int
    weights: FloatArray | None = None
    bias: FloatArray | None = None
    stride: int = 1
    relu: bool = False
    channels_added: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """A network as steps in order.

    Attributes:
        source: number of the input tensor.
        outputs: numbers of the output tensors, in the file's order.
    """

    steps: tuple[Step, ...]
    source: int
    outputs: tuple[int, ...]


def read_graph(path: Path) -> Graph:
    """Read a network whose weights are float32, or float16 that is run in float32.

    Raises:
        TrainError: the file is missing, damaged, or holds other operations.
    """
    return _Reader(path).read()


class _Reader:
    """Reads one file; float16 weights are widened, and each ReLU joins the operation before it."""

    def __init__(self, path: Path) -> None:
        from tensorflow.lite.python import schema_py_generated as schema  # noqa: PLC0415 (6 s)
        from tensorflow.lite.tools import flatbuffer_utils  # noqa: PLC0415

        self._path, self._schema = path, schema
        open_tflite(path)  # says whether it is a sound file
        self._model: Any = flatbuffer_utils.read_model(str(path))
        self._tensors = self._model.subgraphs[0].tensors
        self._widened: dict[int, int] = {}

    def read(self) -> Graph:
        operators = self._model.subgraphs[0].operators
        uses = Counter(int(each) for operator in operators for each in operator.inputs)
        steps: dict[int, Step] = {}
        for operator in operators:
            self._add(operator, steps, uses)
        main = self._model.subgraphs[0]
        return Graph(tuple(steps.values()), int(main.inputs[0]), tuple(int(each) for each in main.outputs))

    def _add(self, operator: Any, steps: dict[int, Step], uses: Counter[int]) -> None:
        code, builtin = self._code(operator), self._schema.BuiltinOperator
        inputs, output = tuple(int(each) for each in operator.inputs), int(operator.outputs[0])
        if code == builtin.DEQUANTIZE:
            self._widened[output] = inputs[0]
        elif code == builtin.RELU and uses[inputs[0]] == 1 and inputs[0] in steps:
            before = steps.pop(inputs[0])
            steps[output] = Step(
                before.kind, before.inputs, output, before.weights, before.bias, before.stride, relu=True
            )
        else:
            steps[output] = self._step(code, operator, inputs, output)

    def _step(self, code: int, operator: Any, inputs: tuple[int, ...], output: int) -> Step:
        builtin, options = self._schema.BuiltinOperator, operator.builtinOptions
        kinds = {
            builtin.ADD: Kind.ADD,
            builtin.MAX_POOL_2D: Kind.MAX_POOL,
            builtin.RESIZE_BILINEAR: Kind.DOUBLE,
            builtin.RESHAPE: Kind.LIST,
        }
        if code in (builtin.CONV_2D, builtin.DEPTHWISE_CONV_2D):
            kind = Kind.CONVOLUTION if code == builtin.CONV_2D else Kind.DEPTHWISE
            weights = self._constant(inputs[1]).transpose(1, 2, 3, 0)
            if options.padding != self._schema.Padding.SAME and weights.shape[:2] != (1, 1):
                raise TrainError(f"{self._path} has a convolution without a margin, which this command does not know.")
            bias = self._constant(inputs[2])
            relu = options.fusedActivationFunction == self._schema.ActivationFunctionType.RELU
            return Step(kind, inputs[:1], output, np.ascontiguousarray(weights), bias, options.strideH, relu)
        if code == builtin.PAD:
            return Step(Kind.PAD_CHANNELS, inputs[:1], output, channels_added=int(self._numbers(inputs[1])[3, 1]))
        if code not in kinds:
            raise TrainError(f"{self._path} has an operation that this command does not know (number {code}).")
        return Step(kinds[code], inputs if code == builtin.ADD else inputs[:1], output)

    def _code(self, operator: Any) -> int:
        entry = self._model.operatorCodes[operator.opcodeIndex]
        return max(int(entry.builtinCode), int(entry.deprecatedBuiltinCode))

    def _constant(self, number: int) -> FloatArray:
        number = self._widened.get(number, number)
        half = self._tensors[number].type == self._schema.TensorType.FLOAT16
        return self._content(number, np.float16 if half else np.float32).astype(np.float32)

    def _numbers(self, number: int) -> NDArray[Any]:
        return self._content(number, np.int32)

    def _content(self, number: int, dtype: type) -> NDArray[Any]:
        tensor = self._tensors[number]
        content = self._model.buffers[tensor.buffer].data
        return np.frombuffer(np.asarray(content, np.uint8).tobytes(), dtype).reshape(tensor.shape)
