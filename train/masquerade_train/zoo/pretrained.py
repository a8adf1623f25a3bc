"""Gives a pretrained base its start weights and freezes what shall not learn."""

import logging
import warnings
from pathlib import Path
from typing import Any

from keras import layers

from masquerade_train.errors import TrainError
from masquerade_train.zoo.shape import ALL, Start

_log = logging.getLogger(__name__)

# Keras's default of 0.999 lets the moving statistics lag thousands of steps behind.
_NORM_MOMENTUM = 0.98


def start_base(base: Any, start: Start) -> None:
    """Load the start weights into `base`, freezes it as far as asked, and makes its norms quick.

    Without weights it warns and freezes nothing: frozen random numbers would teach nothing.
    A .keras file is a whole model of an earlier run: nothing is loaded here, its weights are
    put in when the net is whole. Its norms stay as they are, statistics and all: by then a
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
        _load(base, start.weights)
    _freeze(base, start.frozen_until if start.weights is not None else "")
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = _NORM_MOMENTUM
            if start.goes_on:
                layer.trainable = False


def _load(base: Any, weights: Path) -> None:
    try:
        with warnings.catch_warnings():
            # Before it refuses a file of another net, Keras warns of every layer that it lacks.
            warnings.simplefilter("ignore")
            base.load_weights(weights)
    except OSError as error:
        raise TrainError(f"The start weights {weights} cannot be read: {_first_line(error)}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise TrainError(
            f"{weights} does not fit: wanted are weights without top of keras.applications for '{base.name}' "
            f"({_first_line(error)})"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]


def _freeze(base: Any, until: str) -> None:
    frozen = bool(until)
    for layer in base.layers:
        layer.trainable = not frozen
        frozen = frozen and layer.name != until
    if frozen and until != ALL:
        raise ValueError(f"the base has no layer '{until}'")
