"""Chooses the final model of a run: the weights or their average, of the best or the last epoch."""

import logging
import time
from pathlib import Path
from typing import Any

import keras

from masquerade_train.fitting.averaging import averaged
from masquerade_train.fitting.batches import FixedBatches
from masquerade_train.fitting.compiling import in_float32, write_model

_log = logging.getLogger(__name__)

Callback: Any = keras.callbacks.Callback
_SECONDS_BETWEEN = 20.0


class ModelChoice(Callback):  # type: ignore[misc]  # keras has no types
    """Writes the model after an epoch: the weights or their average, whichever has the lower validation loss.

    Attributes:
        best: the lowest validation loss so far; None before the first.
        best_epoch: whose it was, from 1.
        averaged: whether the average was the better one in the last epoch.
    """

    def __init__(self, network: Any, path: Path, validation: FixedBatches | None, decides: bool) -> None:
        """Write `network` to `path`.

        Args:
            network: the whole one, where only its head learns.
            path: the .keras file.
            validation: what SwapEMAWeights lets Keras measure the average on.
            decides: True keeps the best epoch, False the last.
        """
        super().__init__()
        self._network, self._path, self._validation, self._decides = network, path, validation, decides
        self.best: float | None = None
        self.best_epoch = 0
        self.averaged = True
        self.kept_averaged = False
        self._written_at = -float("inf")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Choose, and write the model if this epoch is kept."""
        self._choose(logs)
        logs["averaged"] = float(self.averaged and self.model.optimizer.use_ema)
        loss = logs.get("val_loss")
        improved = loss is not None and (self.best is None or loss < self.best)
        if improved:
            self.best, self.best_epoch = float(loss), epoch + 1
        last = self.model.stop_training or epoch + 1 == self.params["epochs"]
        due = last or time.monotonic() - self._written_at > _SECONDS_BETWEEN
        if improved if self._decides else due:
            self.kept_averaged = bool(logs["averaged"])
            self._write()

    def _choose(self, logs: dict[str, float]) -> None:
        """Put the better one's validation losses into `logs`, which hold the average's."""
        if self._validation is None or not self.model.optimizer.use_ema:
            return
        plain = self.model.evaluate(self._validation, verbose=0, return_dict=True)
        self.averaged = logs["val_loss"] <= plain["loss"]
        if not self.averaged:
            logs.update({f"val_{name}": value for name, value in plain.items()})

    def _write(self) -> None:
        # A head shares its weights with the network.
        with averaged(self.model, self.averaged):
            write_model(in_float32(self._network), self._path)
        self._written_at = time.monotonic()
