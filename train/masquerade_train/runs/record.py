"""Writes down what a run was made from: recipe, commit, seed, data; export puts it into the card."""

import hashlib
import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from masquerade_train.errors import TrainError

FILE = "run.json"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run was made from.

    Attributes:
        commit: of the code; "+" after it: with changes that were not committed.
        data_sha256: of the .npz.
        start: name of the start weights' file, or "random".
        epochs: done so far.
        minutes: of work so far.
        fraction: share of the train persons that took part.
        backend: of Keras: tensorflow, jax or torch; "" = not told.
        precision: what layers computed in.
        best_epoch: whose weights model.keras holds.
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


def current_commit() -> str:
    """Return the commit of this checkout, or "unknown" outside one."""
    here = Path(__file__).resolve().parents[1]
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


def write_record(folder: Path, record: RunRecord) -> None:
    """Write `folder`/run.json.

    Raises:
        TrainError: the disk is full or the folder cannot be written.
    """
    try:
        (folder / FILE).write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise TrainError(f"{folder / FILE} cannot be written ({error.strerror}).") from error


def read_record(folder: Path) -> RunRecord:
    """Read `folder`/run.json.

    Raises:
        TrainError: it is missing or not one of ours.
    """
    try:
        return RunRecord(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise TrainError(f"{folder} is no run of ours: {FILE}: {error}") from error
