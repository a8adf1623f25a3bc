"""Keeps the state of a training run on disk, so that a killed run goes on as if nothing had been."""

import dataclasses
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from masquerade_train.errors import TrainError
from masquerade_train.fitting.schedule import TrainingState, Watch
from masquerade_train.recipes.recipe import Recipe

FILE = "checkpoint.npz"

Arrays = tuple[NDArray[Any], ...]


@dataclass(frozen=True, slots=True)
class RunFingerprint:
    """What a run is made from; a checkpoint of another origin is refused.

    Attributes:
        start: name of the start weights' file, or "random".
        data_sha256: of the data file.
    """

    recipe: Recipe
    start: str
    data_sha256: str


def save_checkpoint(
    folder: Path, origin: RunFingerprint, variables: Sequence[Any], best: Arrays, standing: TrainingState
) -> None:
    """Write the run's state; the old file stays until the new one is whole.

    Args:
        variables: all of model and optimizer.
        best: the model's best weights so far; empty where none are kept.

    Raises:
        TrainError: the disk is full or the folder cannot be written.
    """
    header = {name: dataclasses.asdict(value) for name, value in (("origin", origin), ("standing", standing))}
    arrays = {f"v{index:04d}": np.asarray(variable) for index, variable in enumerate(variables)}
    arrays |= {f"b{index:04d}": value for index, value in enumerate(best)}
    part = folder / "checkpoint.part.npz"
    try:
        np.savez(part, header=np.array(json.dumps(header)), **arrays)  # type: ignore[arg-type]
        part.replace(folder / FILE)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise TrainError(
            f"The checkpoint {folder / FILE} cannot be written ({error.strerror}); the one before is kept."
        ) from error


def load_checkpoint(folder: Path, origin: RunFingerprint, variables: Sequence[Any]) -> tuple[TrainingState, Arrays]:
    """Put the stored values into `variables`; returns how far the run came and its best weights.

    Raises:
        TrainError: there is none, it is damaged, or it is of another recipe, net, start or data.
    """
    path = folder / FILE
    try:
        with path.open("rb") as file, np.load(file) as content:
            header = json.loads(str(content["header"]))
            stored, best = (_numbered(content, letter) for letter in "vb")
        standing = TrainingState(**header["standing"] | {"watch": Watch(**header["standing"]["watch"])})
        before = dict(header["origin"])
    except OSError as error:
        raise TrainError(f"There is no run to resume: {path} cannot be read ({error.strerror}).") from error
    except (KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise TrainError(f"{path} is damaged or of another version ({error}): start anew in another --out.") from error
    _check(path, before, origin)
    if [value.shape for value in stored] != [tuple(variable.shape) for variable in variables]:
        raise TrainError(f"{path} does not fit the net '{origin.recipe.net}': its code has changed since.")
    for variable, value in zip(variables, stored, strict=True):
        variable.assign(value)
    return standing, best


def _numbered(content: Any, letter: str) -> Arrays:
    return tuple(content[name] for name in sorted(content.files) if name != "header" and name[0] == letter)


def _check(path: Path, before: dict[str, Any], origin: RunFingerprint) -> None:
    """Refuse a checkpoint of another origin; more epochs than first planned are no other one."""
    wanted = json.loads(json.dumps(dataclasses.asdict(origin)))
    old, new = _flat(before["recipe"]), _flat(wanted["recipe"])
    changes = [
        f"{key} {old.get(key)!r} -> {new.get(key)!r}"
        for key in dict.fromkeys((*new, *old))
        if key != "epochs" and old.get(key) != new.get(key)
    ]
    if changes:
        told = ", ".join(changes[:3])
        raise TrainError(f"{path} was written by another recipe ({told}): resume with that one, or start anew.")
    if before["start"] != origin.start:
        raise TrainError(
            f"{path} began from the weights '{before['start']}', not '{origin.start}': give the same --weights."
        )
    if before["data_sha256"] != origin.data_sha256:
        raise TrainError(f"{path} was written with other data than those given now: give the same --data.")


def _flat(values: dict[str, Any], before: str = "") -> dict[str, Any]:
    """{"optimizer": {"kind": "sgd"}} -> {"optimizer.kind": "sgd"}."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= _flat(value, f"{before}{key}.") if isinstance(value, dict) else {before + key: value}
    return flat
