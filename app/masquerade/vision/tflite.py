"""Runs a .tflite network; the only file that knows the LiteRT runtime."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from masquerade.errors import ModelError
from masquerade.values import ByteArray, FloatArray

_SIGN = np.uint8(0x80)


class Network:
    """A network that takes one image and gives float arrays.

    Called on one thread at a time; `run` lets other threads work meanwhile, since the
    runtime gives up Python's lock. The arrays it returns are copies.
    """

    def __init__(self, path: Path, low: float, high: float, square: bool = True) -> None:
        """Load the network.

        Args:
            path: the .tflite file.
            low: the network's value for the pixel value 0.
            high: the network's value for the pixel value 255.
            square: False allows an input that is wider than high.

        Raises:
            ModelError: the file cannot be loaded, or takes no such image.
        """
        try:
            # One thread: two on such small networks cost more than they give (docs/decisions).
            with _native_chatter_silenced():
                self._interpreter = Interpreter(model_path=str(path), num_threads=1)
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError, OSError) as error:
            raise ModelError(f"The model {path} cannot be loaded: {error}. Reinstall Masquerade.") from error
        entry = self._interpreter.get_input_details()[0]
        shape = tuple(int(length) for length in entry["shape"])
        if len(shape) != 4 or shape[0] != 1 or (square and shape[1] != shape[2]) or shape[3] not in (1, 3):
            kind = "one square image" if square else "one image"
            raise ModelError(f"The model {path} takes an input of the shape {shape}, not {kind}.")
        self.input_side, self.channels = shape[1], shape[3]
        self.input_wh = (shape[2], shape[1])
        self._input_index = int(entry["index"])
        self._outputs = tuple(int(output["index"]) for output in self._interpreter.get_output_details())
        self._table = _pixel_table(entry["dtype"], entry["quantization"], low, high)
        self._shifts = self._table.dtype == np.int8 and np.array_equal(self._table, np.arange(-128, 128))

    def run(self, image: ByteArray) -> tuple[FloatArray, ...]:
        """Run the network.

        Args:
            image: (H, W, C) uint8 with (W, H) = input_wh and C = channels; both are input_side where it is square.

        Returns:
            One array for each output, in the file's order, float32.
        """
        # Where the table only moves 0..255 to -128..127, flipping one bit does it in a fifth of the time.
        tensor = (image ^ _SIGN).view(np.int8) if self._shifts else np.take(self._table, image)
        self._interpreter.set_tensor(self._input_index, tensor[np.newaxis])
        self._interpreter.invoke()
        return tuple(cast(FloatArray, self._interpreter.get_tensor(index)) for index in self._outputs)


@contextmanager
def _native_chatter_silenced() -> Iterator[None]:
    """Keep the runtime's log lines off the user's terminal.

    WORKAROUND: ai-edge-litert 2.3 writes "INFO: Created TensorFlow Lite XNNPACK delegate
    for CPU." to file descriptor 2 from C++ and heeds no environment variable.
    """
    try:
        kept = os.dup(2)
    except OSError:  # there is no stderr, as in a windowed program
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _pixel_table(
    dtype: type[np.generic], quantization: tuple[float, int], low: float, high: float
) -> NDArray[np.generic]:
    """Return (256,) the network's input for each pixel value: one look-up instead of float arithmetic a pixel."""
    values = low + (high - low) * np.arange(256) / 255
    if not np.issubdtype(dtype, np.integer):
        return values.astype(dtype)
    scale, zero_point = quantization
    limits = np.iinfo(cast(type[np.integer], dtype))
    # Halves upwards: to even numbers, two pixel values would become one. The file's scale is a float32, a little off.
    quantized = np.floor(values / scale + 0.501) + zero_point
    return cast(NDArray[np.generic], np.clip(quantized, limits.min, limits.max).astype(dtype))
