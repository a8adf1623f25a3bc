"""Passes batches to Keras; batch n of epoch e is always the same, so a run can resume within an epoch."""

from collections.abc import Callable, Sequence

import keras
import numpy as np
from masquerade.values import FloatArray

from masquerade_train.fitting.devices import evenly
from masquerade_train.inputs.batch import Batch, Maker

Inputs = Callable[[Batch], FloatArray]
Pair = tuple[FloatArray, FloatArray]


def pixels_of(batch: Batch) -> FloatArray:
    """Return the input of a complete network for a batch: (B, S, S, C) float32, 0..255."""
    return batch.pixels.astype(np.float32)


class TrainingBatches(keras.utils.PyDataset):  # type: ignore[misc]  # keras has no types
    """The batches of one epoch after the other.

    Attributes:
        epoch: whose batches are made, from 0; set before the epoch begins.
        first: the batch that the epoch begins with, where a run was cut off within it.
    """

    def __init__(self, maker: Maker, inputs: Inputs, workers: int, first: int = 0, devices: int = 1) -> None:
        """Make batches in advance on `workers` threads."""
        super().__init__(workers=workers, use_multiprocessing=False)
        self._maker, self._inputs, self._devices = maker, inputs, devices
        self.epoch, self.first = 0, first

    @property
    def num_batches(self) -> int:
        """How many batches are left of an epoch."""
        return self._maker.steps - self.first

    def __getitem__(self, index: int) -> Pair:
        batch = self._maker.make(self.epoch, self.first + index)
        return evenly(self._inputs(batch), self._devices), evenly(batch.targets, self._devices)


class FixedBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches that are the same in every epoch: a validation or test set."""

    def __init__(self, batches: Sequence[Batch], inputs: Inputs, devices: int) -> None:
        """Take one batch or more."""
        super().__init__()
        self._batches, self._inputs, self._devices = tuple(batches), inputs, devices

    @property
    def num_batches(self) -> int:
        """How many there are."""
        return len(self._batches)

    def __getitem__(self, index: int) -> Pair:
        batch = self._batches[index]
        return evenly(self._inputs(batch), self._devices), evenly(batch.targets, self._devices)


def fixed_batches(batches: Sequence[Batch], inputs: Inputs, devices: int = 1) -> FixedBatches | None:
    """Return the batches for Keras; None where there are none.

    With several `devices`, up to one image less than those counts twice in the last batch.
    """
    return FixedBatches(batches, inputs, devices) if batches else None
