"""Takes training steps with a compiled Keras model, on any backend."""

from typing import Any, Protocol

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.fitting.schedule import TrainingState
from masquerade_train.inputs.batch import Batch


class Stepper(Protocol):
    """Takes one step after the other, alone or together with other processes.

    Attributes:
        leads: whether this process checks, and writes log, checkpoints and model.
    """

    leads: bool

    def begin(self, standing: TrainingState) -> TrainingState:
        """Begin, once, before the first step; return where the run stands."""

    def step(self, batch: Batch, rate: float) -> dict[str, float]:
        """Learn from `batch` at the learning rate `rate`; returns loss and metrics of the batch by name."""

    def outputs(self, batch: Batch) -> FloatArray:
        """Return what the model makes of `batch`, (B, outputs), nothing being learnt."""

    def even_out(self) -> None:
        """End an epoch, after its last step and before it is checked."""

    def end_epoch(self, standing: TrainingState) -> TrainingState:
        """Take where the run stands by this process after each epoch; return where it stands."""


class LocalStepper:
    """Takes steps in this process alone."""

    def __init__(self, model: Any) -> None:
        """Take a compiled model."""
        self._model = model
        self._rate = float("nan")
        self.leads = True

    def begin(self, standing: TrainingState) -> TrainingState:
        """See Stepper."""
        return standing

    def step(self, batch: Batch, rate: float) -> dict[str, float]:
        """See Stepper."""
        if rate != self._rate:
            self._model.optimizer.learning_rate = rate
            self._rate = rate
        found = self._model.train_on_batch(self._inputs(batch), batch.targets, return_dict=True)
        return {name: float(value) for name, value in found.items()}

    def outputs(self, batch: Batch) -> FloatArray:
        """See Stepper."""
        return np.asarray(self._model.predict_on_batch(self._inputs(batch)), np.float32)

    def _inputs(self, batch: Batch) -> FloatArray:
        """Return what the model is shown of a batch."""
        return batch.pixels.astype(np.float32)

    def even_out(self) -> None:
        """See Stepper."""

    def end_epoch(self, standing: TrainingState) -> TrainingState:
        """See Stepper."""
        return standing
