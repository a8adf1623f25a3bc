"""Finds which weights of a network a training step leaves as they are, on any backend of Keras."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

# So large that a weight moves visibly however small its gradient is; the network is thrown away.
_RATE = 1e4


def unmoved_weights(model: Any, pixels: NDArray[np.float32], targets: NDArray[np.float32]) -> list[str]:
    """Takes one step and returns the paths of the trainable weights in which not one number has changed."""
    for variable in model.trainable_variables:
        # A decay would move what no image moves.
        variable.regularizer = None
    model.compile(keras.optimizers.SGD(_RATE), "mean_squared_error", run_eagerly=True, jit_compile=False)
    before = [np.asarray(variable).copy() for variable in model.trainable_variables]
    model.train_on_batch(pixels, targets)
    return [
        variable.path
        for variable, value in zip(model.trainable_variables, before, strict=True)
        if np.array_equal(np.asarray(variable), value)
    ]
