"""A moving average of the weights that warms up, so that early weights lose influence quickly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras import ops


class _WarmingAverage:
    """Mixin for an optimizer: the momentum of the average grows from 0.1 to the one asked for.

    With a constant 0.998 the average of a short run still holds a good part of the random weights at its start.

    Source:
        TensorFlow's ExponentialMovingAverage(num_updates=...): min(decay, (1 + steps) / (10 + steps)).
    """

    iterations: Any

    @property
    def ema_momentum(self) -> Any:
        """The momentum of the next update."""
        steps = ops.cast(self.iterations, "float32")
        return ops.minimum(self._momentum_asked, (1.0 + steps) / (10.0 + steps))

    @ema_momentum.setter
    def ema_momentum(self, asked: float) -> None:
        self._momentum_asked = asked

    def get_config(self) -> dict[str, Any]:
        """Return the configuration from which Keras recreates the optimizer."""
        return dict(super().get_config()) | {"ema_momentum": self._momentum_asked}  # type: ignore[misc]


class AveragingAdam(_WarmingAverage, keras.optimizers.Adam):  # type: ignore[misc]  # keras has no types
    """Adam with a warming average."""


class AveragingAdamW(_WarmingAverage, keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW with a warming average."""


class AveragingSgd(_WarmingAverage, keras.optimizers.SGD):  # type: ignore[misc]
    """SGD with a warming average."""


@contextmanager
def averaged(model: Any, wanted: bool = True) -> Iterator[None]:
    """Temporarily give `model` its averaged weights, if it has them and they are `wanted`."""
    if not (wanted and model.optimizer.use_ema):
        yield
        return
    # Copied: under PyTorch the numbers are the variable itself.
    own = [np.asarray(variable).copy() for variable in model.trainable_variables]
    model.optimizer.finalize_variable_values(model.trainable_variables)
    try:
        yield
    finally:
        for variable, value in zip(model.trainable_variables, own, strict=True):
            variable.assign(value)
