"""Stores the state of a training run, so that a killed run continues exactly."""

import dataclasses
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import Recipe

FOLDER = "checkpoint"
_OLD, _NEW = "checkpoint.old", "checkpoint.part"
_STATE = "state.json"
_STATE_TYPES = {"fingerprint": dict, "epoch": int, "batch": int, "callbacks": list, "seeds": list, "metrics": list}
_SECONDS_BETWEEN = 20.0  # of work that a kill may cost


@dataclass(frozen=True, slots=True)
class RunFingerprint:
    """The inputs of a run; a checkpoint with other inputs is refused.

    Attributes:
        start: name of the start weights' file, or "random".
        data_sha256: of the data file.
    """

    recipe: Recipe
    start: str
    data_sha256: str


@dataclass(frozen=True, slots=True)
class Position:
    """The progress of a run: complete epochs, and steps of the next one."""

    epoch: int = 0
    batch: int = 0


class Checkpoint(keras.callbacks.BackupAndRestore):  # type: ignore[misc]  # keras has no types
    """Saves weights, optimizer, position and the state of other callbacks; restores them when training starts.

    The last in the list of callbacks, for the others forget everything when training begins.
    """

    def __init__(
        self, run: Path, fingerprint: RunFingerprint, remembered: Mapping[Any, tuple[str, ...]], *, within_epochs: bool
    ) -> None:
        """Save into `run`.

        Args:
            run: folder of the run.
            fingerprint: what the run is made from.
            remembered: callbacks, and the attributes of theirs that are kept: numbers or None.
            within_epochs: False saves at the ends of epochs alone.
        """
        super().__init__(str(run / FOLDER), delete_checkpoint=False)
        self._run, self._fingerprint, self._remembered = run, fingerprint, remembered
        self._within_epochs = within_epochs
        self._saved_at, self._has_saved = time.monotonic(), False
        self._first = 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Restore what was saved.

        Raises:
            TrainError: it is damaged, or of another version of the code.
        """
        if not (self._run / FOLDER).exists():
            return
        state = _read_state(self._run)
        self._first = state["batch"]
        try:
            if not Path(self._weights_path).is_file():
                # Keras would begin again with random weights.
                raise ValueError("the weights are missing")
            super().on_train_begin(logs)
            self._restore(state)
        except (OSError, LookupError, ValueError, TypeError) as error:
            raise TrainError(
                f"{self._run / FOLDER} does not match the network '{self._fingerprint.recipe.net}': "
                "it is damaged, or the code has changed since. Start again with another --out."
            ) from error

    def _restore(self, state: dict[str, Any]) -> None:
        """Restore what Keras does not keep: the state of random layers and of other callbacks."""
        for variable, value in zip(self._seeds(), state["seeds"], strict=True):
            variable.assign(np.asarray(value, keras.backend.standardize_dtype(variable.dtype)))
        for index, (callback, names) in enumerate(self._remembered.items()):
            for name in names:
                value = state["callbacks"][index][name]
                if not isinstance(value, int | float | None):
                    raise TypeError(f"{name} must be a number, not {value!r}")
                setattr(callback, name, value)
            if isinstance(callback, keras.callbacks.EarlyStopping) and callback.wait >= callback.patience:
                # It was stopped: nothing is left to do.
                self.model._initial_epoch = self.params["epochs"]

    def _seeds(self) -> list[Any]:
        """Return the states of the random layers, which Keras's weights file leaves out."""
        return [one for one in self.model.non_trainable_variables if one.path.endswith("seed_generator_state")]

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Restore the metrics of an epoch that was interrupted."""
        self._current_epoch = epoch
        if self._first:
            metrics = _read_state(self._run)["metrics"]
            try:
                for variable, value in zip(self.model.metrics_variables, metrics, strict=True):
                    variable.assign(np.asarray(value, np.float32))
            except (ValueError, TypeError) as error:
                raise TrainError(
                    f"{self._run / FOLDER} is damaged ({error}). Start again with another --out."
                ) from error

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Save at intervals, and if the run ends within an epoch, before validation changes the metrics."""
        self._last_batch_seen = self._first + batch + 1
        due = time.monotonic() - self._saved_at > _SECONDS_BETWEEN
        if self._within_epochs and (due or self.model.stop_training):
            self._save_model()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save after each epoch, less often if epochs are short; an interrupted epoch is already saved."""
        if self._last_batch_seen < self._first + int(self.params["steps"]):
            return
        self._first = 0
        self._current_epoch, self._last_batch_seen = epoch + 1, 0
        due = not self._has_saved or time.monotonic() - self._saved_at > _SECONDS_BETWEEN
        if due or self.model.stop_training or epoch + 1 == self.params["epochs"]:
            self._save_model()

    def _save_model(self) -> None:
        """Write everything to a new folder and swap the folders, so that a kill leaves the old or the new one."""
        part, current, old = (self._run / name for name in (_NEW, FOLDER, _OLD))
        try:
            shutil.rmtree(part, ignore_errors=True)
            self._landmark_to(part)
            super()._save_model()
            (part / _STATE).write_text(json.dumps(self._state()), encoding="utf-8")
            shutil.rmtree(old, ignore_errors=True)
            if current.exists():
                current.rename(old)
            part.rename(current)
            shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            raise TrainError(
                f"The checkpoint {current} cannot be written ({error.strerror or error}). The previous one is kept."
            ) from error
        finally:
            self._landmark_to(current)
        self._saved_at, self._has_saved = time.monotonic(), True

    def _landmark_to(self, folder: Path) -> None:
        self.backup_dir = str(folder)
        self._weights_path = str(folder / "latest.weights.h5")
        self._training_metadata_path = str(folder / "training_metadata.json")

    def _state(self) -> dict[str, Any]:
        within = self._last_batch_seen > 0
        return {
            "fingerprint": dataclasses.asdict(self._fingerprint),
            "epoch": self._current_epoch,
            "batch": self._last_batch_seen,
            "callbacks": [
                {name: _number(getattr(callback, name)) for name in names}
                for callback, names in self._remembered.items()
            ],
            "seeds": [np.asarray(variable).tolist() for variable in self._seeds()],
            "metrics": [float(np.asarray(variable)) for variable in self.model.metrics_variables] if within else [],
        }


def _number(value: Any) -> float | int | None:
    return value if value is None or isinstance(value, int) else float(value)


def read_position(run: Path, fingerprint: RunFingerprint) -> Position:
    """Return how far the run in the folder `run` has come.

    Raises:
        TrainError: there is no checkpoint, it is damaged, or of another recipe, network, start or data.
    """
    state = _read_state(run)
    _compare(run / FOLDER, state["fingerprint"], fingerprint)
    return Position(state["epoch"], state["batch"])


def has_checkpoint(run: Path) -> bool:
    """Return whether there is a checkpoint; repairs a swap of folders that a kill interrupted."""
    if not (run / FOLDER).exists() and (run / _OLD).exists():
        (run / _OLD).rename(run / FOLDER)
    return (run / FOLDER / _STATE).exists()


def _read_state(run: Path) -> dict[str, Any]:
    path = run / FOLDER / _STATE
    if not has_checkpoint(run):
        raise TrainError(f"There is no run to resume in {run}: {path} is missing. Begin one without --resume.")
    try:
        state = dict(json.loads(path.read_text(encoding="utf-8")))
        for key, kind in _STATE_TYPES.items():
            if not isinstance(state.get(key), kind) or (kind is int and state[key] < 0):
                raise ValueError(f"'{key}' is missing or of another kind")
        if not isinstance(state["fingerprint"].get("recipe"), dict):
            raise ValueError("'recipe' is missing or of another kind")
    except (OSError, ValueError, TypeError) as error:
        raise TrainError(f"{path} is damaged ({error}). Start again with another --out.") from error
    return state


def _compare(path: Path, before: dict[str, Any], fingerprint: RunFingerprint) -> None:
    """Refuse a checkpoint of another run; a different number of epochs is allowed."""
    wanted = json.loads(json.dumps(dataclasses.asdict(fingerprint)))
    old, new = _flat(before["recipe"]), _flat(wanted["recipe"])
    changes = [
        f"{key} {old.get(key)!r} -> {new.get(key)!r}"
        for key in dict.fromkeys((*new, *old))
        if key != "epochs" and old.get(key) != new.get(key)
    ]
    if changes:
        shown = ", ".join(changes[:3])
        raise TrainError(f"{path} was written by another recipe ({shown}): resume with that one, or start again.")
    if before.get("start") != fingerprint.start:
        raise TrainError(
            f"{path} began from the weights '{before.get('start')}', not '{fingerprint.start}'. Use the same --weights."
        )
    if before.get("data_sha256") != fingerprint.data_sha256:
        raise TrainError(f"{path} was written with other data. Use the same --data.")


def _flat(values: dict[str, Any], before: str = "") -> dict[str, Any]:
    """{"optimizer": {"kind": "sgd"}} -> {"optimizer.kind": "sgd"}."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= _flat(value, f"{before}{key}.") if isinstance(value, dict) else {before + key: value}
    return flat
