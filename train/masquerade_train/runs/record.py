"""The record of a run: the whole recipe, commit, seed, data; export copies it into the card."""

import hashlib
import json
import subprocess
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from masquerade_train.errors import TrainError, replacing
from masquerade_train.recipes.recipe import Recipe
from masquerade_train.recipes.recipe_file import recipe_of
from masquerade_train.recipes.table import RECIPES

FILE = "run.json"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The inputs of a run.

    Attributes:
        commit: of the code; "+" after it: with changes that were not committed.
        data_sha256: of the .npz.
        start: name of the start weights' file, or "random".
        epochs: done so far.
        minutes: of work so far.
        steps: of the optimizer so far; 0 = not recorded.
        fraction: share of the train persons that took part.
        backend: of Keras: tensorflow, jax or torch; "" = not given.
        precision: what layers computed in.
        best_epoch: whose weights model.keras holds.
        recipe_content: the whole recipe as it was run; empty in records of version 0.1.
        recipe_sha256: of it.
        averaged: whether model.keras holds the moving average of the weights.
    """

    recipe: str
    commit: str
    seed: int
    data_sha256: str
    start: str
    epochs: int
    minutes: float
    fraction: float = 1.0
    backend: str = ""
    best_epoch: int = 0
    precision: str = "float32"
    recipe_content: dict[str, Any] = field(default_factory=dict)
    recipe_sha256: str = ""
    averaged: bool = False
    steps: int = 0

    def as_run(self) -> Recipe | None:
        """Return the recipe as it was run; by its name alone for records of version 0.1, None where that is unknown."""
        if self.recipe_content:
            try:
                return recipe_of(self.recipe_content)
            except (ValueError, TypeError):
                return None
        known = RECIPES.get(self.recipe)
        return replace(known, seed=self.seed, fraction=self.fraction) if known else None


def wrong_fields(value: Any) -> list[str]:
    """Return the fields of a dataclass read from JSON whose values are not of their annotation's kind."""
    kinds = get_type_hints(type(value))
    return [name for name, kind in kinds.items() if not _is_of(getattr(value, name), kind)]


def _is_of(value: Any, kind: Any) -> bool:
    if get_origin(kind) is UnionType:
        return any(_is_of(value, each) for each in get_args(kind))
    if is_dataclass(kind):
        return isinstance(value, cast(type, kind)) and not wrong_fields(value)
    wanted = (int, float) if kind is float else get_origin(kind) or kind
    return isinstance(value, wanted) and (kind is bool or not isinstance(value, bool))


def current_commit() -> str:
    """Return the commit of this checkout, or "unknown" outside one."""
    here = Path(__file__).resolve().parents[2]
    try:
        found = _git(here, "rev-parse", "HEAD")[:12]
        return found + ("+" if _git(here, "status", "--porcelain", "--", ".", "../app") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def data_sum(path: Path) -> str:
    """Return the SHA-256 of the data that a run is made from.

    Raises:
        TrainError: the file cannot be read.
    """
    try:
        return file_sha256(path)
    except OSError as error:
        raise TrainError(f"{path} cannot be read ({error.strerror}). `prepare` writes it.") from error


def write_record(folder: Path, record: RunRecord) -> None:
    """Write `folder`/run.json.

    Raises:
        TrainError: the disk is full or the folder cannot be written.
    """
    with replacing(folder / FILE) as part:
        part.write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")


def read_record(folder: Path) -> RunRecord:
    """Read `folder`/run.json.

    Raises:
        TrainError: it is missing or not one of ours.
    """
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        # A later version may have written more.
        names = {entry.name for entry in fields(RunRecord)}
        record = RunRecord(**{key: value for key, value in content.items() if key in names})
        if wrong := wrong_fields(record):
            raise ValueError(f"'{wrong[0]}' has a value of another kind")
        return record
    except OSError as error:
        raise TrainError(f"{folder} is not the folder of a run: {FILE} cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise TrainError(f"{folder / FILE} is damaged, or not written by `fit` ({error}).") from error
