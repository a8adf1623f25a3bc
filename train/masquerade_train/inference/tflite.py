"""Runs .tflite files as the app does: one image at a time, on one thread."""

import time
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from masquerade.values import ByteArray, FloatArray

from masquerade_train.errors import TrainError
from masquerade_train.inference.quiet import silent_stderr


def open_tflite(path: Path) -> Any:
    """Load a .tflite file.

    Raises:
        TrainError: the file is missing or no model.
    """
    if not path.exists():
        raise TrainError(f"The model {path} does not exist.")
    try:
        # The runtime writes a line about its delegate.
        with silent_stderr():
            interpreter = Interpreter(str(path), num_threads=1)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        # The runtime's own words name its source files.
        raise TrainError(f"{path} is not a .tflite model, or is damaged.") from error
    return interpreter


def open_content(content: bytes) -> Any:
    """Load the content of a .tflite file."""
    with silent_stderr():
        interpreter = Interpreter(model_content=content, num_threads=1)
        interpreter.allocate_tensors()
    return interpreter


def run_tflite(interpreter: Any, images: ByteArray) -> FloatArray:
    """Run images one after the other: (B, S, S, C) uint8 -> (B, outputs) float32."""
    return _run(interpreter, images, [main_output(interpreter)])[0]


def run_tflite_with_spread(interpreter: Any, images: ByteArray) -> tuple[FloatArray, FloatArray]:
    """Return (B, S, S, C) uint8 -> (B, outputs) and (B,), how far the heat maps spread; see `zoo.heatmaps.with_spread`.

    Raises:
        TrainError: the file has no such output.
    """
    main = main_output(interpreter)
    others = [each for each in interpreter.get_output_details() if each["index"] != main["index"]]
    if len(others) != 1:
        raise TrainError("The model has no output that says how far its heat maps spread.")
    outputs, spread = _run(interpreter, images, [main, others[0]])
    return outputs, spread[:, 0]


def main_output(interpreter: Any) -> Any:
    """Return the details of the output with the landmarks: the largest, in whatever order the file names them."""
    return max(interpreter.get_output_details(), key=lambda each: int(np.prod(each["shape"])))


def _run(interpreter: Any, images: ByteArray, wanted: list[Any]) -> list[FloatArray]:
    source = interpreter.get_input_details()[0]
    found: list[list[FloatArray]] = [[] for _ in wanted]
    for image in images:
        interpreter.set_tensor(source["index"], _as_input(image[None], source["dtype"]))
        interpreter.invoke()
        for values, output in zip(found, wanted, strict=True):
            values.append(interpreter.get_tensor(output["index"])[0].copy())
    return [np.stack(values).astype(np.float32) for values in found]


def median_milliseconds(path: Path, repeats: int = 300) -> float:
    """Return the median time of one run on one thread, milliseconds."""
    interpreter = open_tflite(path)
    source = interpreter.get_input_details()[0]
    image = np.random.default_rng(0).integers(0, 256, source["shape"]).astype(np.uint8)
    times = []
    for _ in range(repeats):
        interpreter.set_tensor(source["index"], _as_input(image, source["dtype"]))
        started = time.perf_counter()
        interpreter.invoke()
        times.append(time.perf_counter() - started)
    return float(1000 * np.median(times))


def _as_input(images: ByteArray, dtype: type) -> np.ndarray[Any, Any]:
    """uint8 -> int8 (exactly 128 less) or float32 (the same numbers)."""
    return (images ^ 0x80).view(np.int8) if dtype is np.int8 else images.astype(np.float32)
