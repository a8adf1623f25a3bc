"""Loads the start weights of a pretrained base and freezes part of it."""

import logging
import warnings
from pathlib import Path
from typing import Any

from keras import layers

from masquerade_train.errors import TrainError
from masquerade_train.zoo.shape import ALL, Start

IMAGENET = "imagenet"

_log = logging.getLogger(__name__)

# Keras's default of 0.999 lets the moving statistics lag thousands of steps behind.
_NORM_MOMENTUM = 0.98


def start_base(base: Any, start: Start) -> None:
    """Load the start weights into `base`, freeze it as far as asked, and make its norms quick.

    Without weights it warns and freezes nothing: frozen random numbers would teach nothing.
    A .keras or .tflite file is a finished model: nothing is loaded here, its weights are
    put in when the network is whole. Its norms stay as they are, statistics and all: by then a
    batch's own are only noise, and what is trained is what will be used (docs/decisions/009).

    Raises:
        TrainError: the file cannot be read or is of another network.
        ValueError: `base` has no layer of the name `start.frozen_until`.
    """
    if start.weights is None:
        _log.warning(
            "No ImageNet weights given (--weights): '%s' starts from random numbers, which costs accuracy%s.",
            base.name,
            "; nothing of it is frozen" if start.frozen_until else "",
        )
    elif not start.goes_on:
        _load(base, _downloaded(base) if str(start.weights) == IMAGENET else start.weights)
    _freeze(base, start.frozen_until if start.weights is not None else "")
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = _NORM_MOMENTUM
            if start.goes_on:
                layer.trainable = False


def _downloaded(base: Any) -> Path:
    """Return the file of ImageNet's weights for `base`, which Keras downloads once.

    Raises:
        TrainError: they cannot be had.
    """
    import keras  # noqa: PLC0415 (its own name here is `layers`)

    side = base.input_shape[1]
    build = keras.applications.MobileNetV2 if "mobilenet" in base.name else keras.applications.NASNetMobile
    path = Path(keras.config.keras_home()) / f"masquerade-{base.name}.weights.h5"
    if not path.exists():
        try:
            build(input_shape=(side, side, 3), include_top=False, weights="imagenet").save_weights(path)
        # Keras raises plain Exception where a download fails.
        except Exception as error:
            raise TrainError(
                f"ImageNet's weights for '{base.name}' cannot be downloaded. Use --weights FILE."
            ) from error
    return path


def _load(base: Any, weights: Path) -> None:
    if not weights.exists():
        raise TrainError(f"The weights file {weights} does not exist.")
    try:
        with warnings.catch_warnings():
            # Before it refuses a file of another network, Keras warns of every layer that it lacks.
            warnings.simplefilter("ignore")
            base.load_weights(weights)
    # HDF5's and Keras's own words say nothing to the user.
    except OSError as error:
        raise TrainError(f"{weights} is not a file of Keras weights (.weights.h5), or is damaged.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise TrainError(
            f"{weights} does not fit: expected the weights of keras.applications for '{base.name}', "
            "include_top=False (1.00 is alpha)."
        ) from error


def _freeze(base: Any, until: str) -> None:
    frozen = bool(until)
    for layer in base.layers:
        layer.trainable = not frozen
        frozen = frozen and layer.name != until
    if frozen and until != ALL:
        raise ValueError(f"the base has no layer '{until}'")
