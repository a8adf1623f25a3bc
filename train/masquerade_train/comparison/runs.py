"""Reads runs and measures their models once; the result is stored beside the model."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.comparison.measuring import MODEL_FILE, MeasuringSet, measure_run
from masquerade_train.comparison.score import Measured, read_measured, write_measured
from masquerade_train.datasets.face_set import load_faces
from masquerade_train.errors import TrainError
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.table import RECIPES
from masquerade_train.runs.log import LogLine, read_log
from masquerade_train.runs.record import FILE as RECORD_FILE
from masquerade_train.runs.record import RunRecord, data_sum, file_sha256, read_record

_log = logging.getLogger(__name__)

# A validation loss that was lowered by more than this over the last fifth of the epochs has not come to rest.
_STILL_FALLING = 0.01
_RISING = 0.1
# With fewer epochs that cannot be said.
_MIN_EPOCHS = 5


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its recipe, its log and its result.

    Attributes:
        log: one line an epoch.
        measured: None where its data were not given, or it left no model.
    """

    folder: Path
    record: RunRecord
    log: tuple[LogLine, ...]
    measured: Measured | None

    @property
    def recipe(self) -> Recipe | None:
        """The recipe as it was run; None if its record has only a name that is not in the table."""
        return self.record.as_run()

    @property
    def is_of_earlier_recipe(self) -> bool:
        """Whether the recipe of that name has changed since."""
        known = RECIPES.get(self.record.recipe)
        return known is not None and not follows(self.record, known)

    @property
    def is_still_falling(self) -> bool:
        """Whether more epochs would improve it, judged by its validation loss; True for runs too short to judge.

        An epoch that the budget cut off within its first half is left out: it is too short for a fall.
        """
        losses = self._settled_losses
        fifth = max(len(losses) // 5, 1)
        if len(losses) < _MIN_EPOCHS:
            return True
        return bool(losses[-fifth:].min() < losses[:-fifth].min() * (1 - _STILL_FALLING))

    @property
    def rises_since(self) -> int:
        """The epoch, from 1, that was over 10 % better than the last fifth of the epochs; 0 = none."""
        losses = self._settled_losses
        fifth = max(len(losses) // 5, 1)
        if len(losses) < _MIN_EPOCHS or losses[-fifth:].min() <= losses.min() * (1 + _RISING):
            return 0
        return int(losses.argmin()) + 1

    @property
    def _settled_losses(self) -> FloatArray:
        losses = np.array([line.val_loss for line in self.log], np.float32)
        losses = losses[np.isfinite(losses)]
        return losses[:-1] if self._last_epoch_is_a_stub else losses

    @property
    def steps_an_epoch(self) -> float:
        """Steps of the optimizer in a whole epoch; NaN where it was not measured."""
        images = self.measured.epoch_images if self.measured else 0
        return images / self.recipe.batch if images and self.recipe else float("nan")

    @property
    def _last_epoch_is_a_stub(self) -> bool:
        whole = self.steps_an_epoch
        return bool(self.record.steps and self.record.steps - (len(self.log) - 1) * whole < whole / 2)


def follows(record: RunRecord, recipe: Recipe) -> bool:
    """Return whether a run followed `recipe`, whatever its epochs, seed, precision and share of the persons."""
    run = record.as_run()
    own: dict[str, Any] = {name: getattr(recipe, name) for name in ("epochs", "seed", "precision", "fraction")}
    return run is not None and replace(run, **own) == recipe


def collect_runs(folder: Path, data: tuple[Path, ...], kaggle: MeasuringSet | None = None) -> tuple[Run, ...]:
    """Read every run below `folder`, in the order of the names, and measure those that changed.

    A run that is damaged is left out with a warning.

    Args:
        folder: with a folder for each run.
        data: files of faces; a run is measured on the one that it was trained from.
        kaggle: Kaggle's own images, where they are at hand.

    Raises:
        TrainError: `folder` holds no run, or one of `data` cannot be read.
    """
    records = sorted(folder.glob(f"*/{RECORD_FILE}"))
    if not records:
        raise TrainError(f"{folder} contains no runs (no */{RECORD_FILE}).")
    files = {data_sum(path): path for path in data}
    found = [run for path in records if (run := _read_run(path.parent, files, kaggle)) is not None]
    if not found:
        raise TrainError(f"No run in {folder} can be read.")
    for unused in set(files) - {run.record.data_sha256 for run in found}:
        # It is refused here where it is damaged.
        load_faces(files[unused])
        _log.warning("No run in %s was trained on %s: nothing is measured on it.", folder, files[unused])
    return tuple(found)


def _read_run(folder: Path, files: Mapping[str, Path], kaggle: MeasuringSet | None) -> Run | None:
    try:
        record = read_record(folder)
        data = files.get(record.data_sha256)
        return Run(folder, record, read_log(folder), _measured(folder, record, data, kaggle))
    # Whatever is odd about one folder, the others are compared.
    except (TrainError, OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
        _log.warning("%s is left out: %s", folder, str(error).partition("\n")[0] or type(error).__name__)
        return None


def _measured(folder: Path, record: RunRecord, data: Path | None, kaggle: MeasuringSet | None) -> Measured | None:
    """Return the stored measurement if it belongs to this model, else measure it."""
    model, known = folder / MODEL_FILE, read_measured(folder)
    if not model.exists():
        # Of runs that are kept without their weights.
        return known
    sha256 = file_sha256(model)
    current = known is not None and known.model_sha256 == sha256
    if current and (kaggle is None or known is None or known.kaggle_sha256 == kaggle.sha256 or data is None):
        return known
    if data is None:
        return None
    measured = measure_run(folder, sha256, record, data, kaggle)
    write_measured(folder, measured)
    return measured
