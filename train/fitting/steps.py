"""Takes training steps with a compiled Keras model, on any backend."""

from typing import Any, Protocol

import numpy as np

from train.batch import Batch


class Stepper(Protocol):
    """Takes one step after the other."""

    def step(self, batch: Batch, rate: float) -> dict[str, float]:
        """Learns from `batch` at the learning rate `rate`; returns loss and metrics of the batch by name."""


class LocalStepper:
    """Takes steps in this process alone."""

    def __init__(self, model: Any) -> None:
        """Takes a compiled model."""
        self._model = model
        self._rate = float("nan")

    def step(self, batch: Batch, rate: float) -> dict[str, float]:
        """See Stepper."""
        if rate != self._rate:
            self._model.optimizer.learning_rate = rate
            self._rate = rate
        found = self._model.train_on_batch(batch.pixels.astype(np.float32), batch.targets, return_dict=True)
        return {name: float(value) for name, value in found.items()}
