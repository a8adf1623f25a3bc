"""Keeps the state of a training run on disk, so that a killed run goes on as if nothing had been."""

import dataclasses
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from train.errors import TrainError
from train.recipes.recipe import Recipe

FILE = "checkpoint.npz"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: whole epochs, and minutes of work over all its parts."""

    epochs: int
    minutes: float


def save_checkpoint(folder: Path, recipe: Recipe, start: str, variables: list[Any], progress: Progress) -> None:
    """Writes all variables of model and optimizer; the old file stays until the new one is whole.

    Raises:
        TrainError: the disk is full or the folder cannot be written.
    """
    header = {"recipe": dataclasses.asdict(recipe), "start": start, "progress": dataclasses.asdict(progress)}
    arrays = {f"v{index:04d}": np.asarray(variable) for index, variable in enumerate(variables)}
    part = folder / "checkpoint.part.npz"
    try:
        np.savez(part, header=np.array(json.dumps(header)), **arrays)  # type: ignore[arg-type]
        part.replace(folder / FILE)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise TrainError(
            f"The checkpoint {folder / FILE} cannot be written ({error.strerror}); the one before is kept."
        ) from error


def load_checkpoint(folder: Path, recipe: Recipe, start: str, variables: list[Any]) -> Progress:
    """Puts the stored values into `variables`.

    Raises:
        TrainError: there is none, it is damaged, or it is of another recipe or net.
    """
    path = folder / FILE
    try:
        with path.open("rb") as file, np.load(file) as content:
            header = json.loads(str(content["header"]))
            stored = [content[f"v{index:04d}"] for index in range(len(content.files) - 1)]
    except OSError as error:
        raise TrainError(f"There is no run to resume: {path} cannot be read ({error.strerror}).") from error
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise TrainError(f"{path} is damaged ({error}): start without --resume.") from error
    _check(path, header["recipe"], recipe)
    if header["start"] != start:
        raise TrainError(f"{path} began from the weights '{header['start']}', not '{start}': give the same --weights.")
    if [value.shape for value in stored] != [tuple(variable.shape) for variable in variables]:
        raise TrainError(f"{path} does not fit the net '{recipe.net}': its code has changed since.")
    for variable, value in zip(variables, stored, strict=True):
        variable.assign(value)
    return Progress(**header["progress"])


def _check(path: Path, stored: dict[str, Any], recipe: Recipe) -> None:
    wanted = json.loads(json.dumps(dataclasses.asdict(recipe)))
    # Longer than first planned is no other recipe.
    different = [key for key in wanted if key != "epochs" and stored.get(key) != wanted[key]]
    if different:
        changes = ", ".join(f"{key} {stored.get(key)!r} -> {wanted[key]!r}" for key in different[:3])
        raise TrainError(f"{path} was written by another recipe ({changes}): resume with that one, or start anew.")
