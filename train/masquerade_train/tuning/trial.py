"""The result of a trial, stored as a JSON file in its folder."""

import csv
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from masquerade.values import FloatArray

from masquerade_train.errors import TrainError, writing
from masquerade_train.inputs.batch import Batch, Maker
from masquerade_train.recipes.recipe import Crops, Recipe
from masquerade_train.recipes.recipe_file import read_recipe, write_recipe

FILE = "trial.result.json"
RECIPE_FILE = "recipe.json"
TABLE_FILE = "trials.csv"
# Training images that the mean face is taken of.
_TAUGHT = 640


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of one trial.

    Attributes:
        number: of the trial, as its folder is called.
        validation_loss: the least on the validation set, by `judged_by`; what the search minimizes.
        validation_error_px: root of the mean square of the coordinates at that epoch, pixels of 96.
        best_epoch: of that loss, from 1.
        parameters: of the network.
        epochs: that were run, fewer where the trial was ended early; 0 = an older version did not write it.
    """

    number: str
    validation_loss: float
    validation_error_px: float
    best_epoch: int
    minutes: float
    parameters: int
    net: str
    learning_rate: float
    batch: int
    epochs: int = 0


def judged_by(recipe: Recipe) -> str:
    """Return the column of the log that trials are compared by.

    Of full images the mean square of coordinates: the loss of a network may have a penalty for large weights in it,
    which weighs more than the landmarks of a nose at first. Of crops the loss, with the presence in it.
    """
    return "val_loss" if isinstance(recipe.input, Crops) else "val_mean_squared"


def write_trial(folder: Path, trial: Trial, recipe: Recipe) -> None:
    """Write trial and recipe into the trial's folder; the trial last, it says that all is there.

    Raises:
        TrainError: the disk is full.
    """
    write_recipe(recipe, folder / RECIPE_FILE)
    with writing(folder / FILE):
        (folder / FILE).write_text(json.dumps(asdict(trial), indent=2) + "\n", encoding="utf-8")


def read_trials(folder: Path) -> tuple[Trial, ...]:
    """Return the finished trials of the search in `folder`, the best first.

    Raises:
        TrainError: one of the files is damaged.
    """
    paths = sorted(folder.glob(f"trial_*/{FILE}"))
    try:
        trials = [Trial(**json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    except (OSError, ValueError, TypeError) as error:
        raise TrainError(f"A trial in {folder} cannot be read: {error}") from error
    return tuple(sorted(trials, key=lambda trial: trial.validation_loss))


def best_recipe(folder: Path, trials: tuple[Trial, ...]) -> Recipe:
    """Return the recipe of the first of `trials`."""
    return read_recipe(folder / folder_of(trials[0].number) / RECIPE_FILE)


def write_table(trials: tuple[Trial, ...], path: Path) -> None:
    """Write all trials as CSV.

    Raises:
        TrainError: the file cannot be written.
    """
    with writing(path), path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(asdict(trials[0])))
        writer.writeheader()
        writer.writerows(asdict(trial) for trial in trials)


def show_trials(trials: tuple[Trial, ...], mean_face_px: float) -> str:
    """Return a table of the trials with the error of the mean face below, and a warning if none is better."""
    names = f"{'trial':>9} {'val. loss':>11} {'px of 96':>9} {'epoch':>9} {'parameters':>11}"
    head = f"{names} {'rate':>8} {'batch':>6}  network"
    lines = [
        f"{folder_of(trial.number):>9} {trial.validation_loss:>11.4g} {trial.validation_error_px:>9.3f} "
        f"{_epochs(trial):>9} {trial.parameters:>11,} {trial.learning_rate:>8.2g} {trial.batch:>6}  {trial.net}"
        for trial in trials
    ]
    lines = [head, *lines, f"{'mean face':>9} {'':>11} {mean_face_px:>9.3f}"]
    if min(trial.validation_error_px for trial in trials) >= mean_face_px:
        lines.append("WORSE THAN THE MEAN FACE: no trial is of use yet. Allow more --epochs, or more trials.")
    return "\n".join(lines)


def folder_of(number: str | int) -> str:
    """Return the name of a trial's folder."""
    return f"trial_{number}"


def _epochs(trial: Trial) -> str:
    return f"{trial.best_epoch} of {trial.epochs}" if trial.epochs else str(trial.best_epoch)


def error_px(mean_squared: float) -> float:
    """Root of a mean square in [-1, 1] units, as pixels of an image 96 wide."""
    return math.sqrt(mean_squared) * 48


def mean_face_error_px(maker: Maker) -> float:
    """Return the RMSE of the mean face of training images on the validation set, pixels of an image 96 wide."""
    count = min(maker.steps, math.ceil(_TAUGHT / len(maker.make(0, 0).pixels)))
    taught, marked = _landmarks(maker.make(0, number) for number in range(count))
    mean = (taught * marked).sum(axis=0) / np.maximum(marked.sum(axis=0), 1)
    labelled, marked = _landmarks(maker.validation_batches())
    return error_px(float(np.average((labelled - mean) ** 2, weights=marked)))


def _landmarks(batches: Iterable[Batch]) -> tuple[FloatArray, FloatArray]:
    """Return the coordinates (N, 2K) of batches in [-1, 1], and 1 where they are marked, else 0."""
    targets = np.concatenate([batch.targets for batch in batches])
    count = targets.shape[1] // 3
    marked = np.repeat(targets[:, 2 * count : 3 * count] > 0, 2, axis=1)
    return targets[:, : 2 * count], marked.astype(np.float32)
