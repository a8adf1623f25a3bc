"""Opens a .keras or .tflite file as a Predictor: images in, landmarks out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile

import cv2
import numpy as np
from masquerade.values import ByteArray, FloatArray

from masquerade_train.errors import TrainError
from masquerade_train.inference.quiet import load_keras
from masquerade_train.inference.tflite import main_output, open_tflite, run_tflite

PredictFunction = Callable[[ByteArray], FloatArray]
# (B, S, S, C) images, uint8, grey or RGB -> (B, outputs) float32.


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """A trained network.

    Attributes:
        predict: takes RGB for a grey network, too, and makes it grey as the app does.
        side: pixels of the square input.
        channels: 1 = grey, 3 = RGB.
        outputs: x and y of every landmark and, where their number is odd, the face logit.
    """

    predict: PredictFunction
    side: int
    channels: int
    outputs: int

    @property
    def sees_crops(self) -> bool:
        """Whether it takes crops as the app cuts them, rather than full images."""
        return self.outputs % 2 == 1

    @property
    def landmark_count(self) -> int:
        """How many landmarks it finds."""
        return self.outputs // 2

    def first(self, count: int) -> "Predictor":
        """Return a predictor of the first `count` landmarks alone, and of the presence where there is one."""
        return replace(self, predict=first_landmarks(self.predict, count), outputs=2 * count + self.outputs % 2)

    def find_landmarks(self, images: ByteArray) -> FloatArray:
        """Return where it finds the landmarks in `images` (B, S, S, C): (B, K, 2), pixels of those."""
        return to_pixels(self.predict(images), self.side)


def first_landmarks(predict: PredictFunction, count: int) -> PredictFunction:
    """Return a predictor of the first `count` landmarks alone, and of the presence where `predict` has it."""

    def first(images: ByteArray) -> FloatArray:
        outputs = predict(images)
        places = outputs[:, : 2 * count]
        return np.concatenate([places, outputs[:, -1:]], axis=1) if outputs.shape[1] % 2 else places

    return first


def to_pixels(outputs: FloatArray, side: int) -> FloatArray:
    """Turn a network's outputs (B, 2K or 2K + 1) into landmarks (B, K, 2) in pixels of its input."""
    count = outputs.shape[1] // 2
    return np.asarray((outputs[:, : 2 * count].reshape(-1, count, 2) + 1) / 2 * side - 0.5, np.float32)


def open_network(path: Path) -> Predictor:
    """Load a .keras or .tflite model, or the model.keras of a run's folder.

    Raises:
        TrainError: the file is neither, or damaged.
    """
    if path.is_dir():
        files = [file for file in (path / "model.keras", path / "model.tflite") if file.exists()]
        if not files:
            raise TrainError(
                f"{path} holds no model: `fit` writes model.keras after a run's first epoch, `export` model.tflite."
            )
        path = files[0]
    if path.suffix != ".tflite":
        return keras_network(load_model(path))
    interpreter = open_tflite(path)
    shape = interpreter.get_input_details()[0]["shape"]
    outputs = int(main_output(interpreter)["shape"][-1])
    return _network(lambda images: run_tflite(interpreter, images), shape, outputs)


def keras_network(model: Any) -> Predictor:
    """Return a Keras model (B, S, S, C) 0..255 -> (B, outputs) as a Network."""
    return _network(float_predictor(model), model.input_shape, int(model.output_shape[-1]))


def _network(predict: PredictFunction, shape: Any, outputs: int) -> Predictor:
    side, channels = int(shape[1]), int(shape[3])
    return Predictor(lambda images: predict(as_channels(images, channels)), side, channels, outputs)


def as_channels(images: ByteArray, channels: int) -> ByteArray:
    """Return (B, S, S, 1 or 3) -> (B, S, S, channels), RGB made grey and grey made RGB."""
    if images.shape[-1] == channels:
        return images
    code = cv2.COLOR_RGB2GRAY if channels == 1 else cv2.COLOR_GRAY2RGB
    converted = [cv2.cvtColor(image, code) for image in images]
    return cast(ByteArray, np.stack(converted).reshape(*images.shape[:3], channels))


def float_predictor(model: Any) -> PredictFunction:
    """Return the predictor of a Keras model, on any backend."""
    from keras import ops  # noqa: PLC0415 (a .tflite is measured without it)

    channels = int(model.input_shape[-1])

    def predict(images: ByteArray) -> FloatArray:
        parts = [
            ops.convert_to_numpy(model(as_channels(part, channels).astype(np.float32), training=False))
            for part in _parts(images, 64)
        ]
        return np.concatenate(parts)

    return predict


def _parts(images: ByteArray, count: int) -> list[ByteArray]:
    return [images[start : start + count] for start in range(0, len(images), count)]


def load_model(path: Path) -> Any:
    """Load a .keras model without its training configuration.

    Raises:
        TrainError: the file is missing or no Keras model.
    """
    load_keras()
    import keras  # noqa: PLC0415 (a .tflite is measured without it)

    import masquerade_train.zoo.heatmaps  # noqa: F401, PLC0415 (a layer of its own, which Keras looks up by name)

    if not path.exists():
        raise TrainError(f"The model {path} does not exist.")
    try:
        return keras.models.load_model(path, compile=False)
    # What zip, HDF5, JSON and Keras's own classes raise.
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, EOFError, BadZipFile) as error:
        raise TrainError(f"{path} is not a Keras model (.keras), or is damaged.") from error
