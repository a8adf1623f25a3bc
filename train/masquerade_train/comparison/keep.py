"""Copies runs without their weights: enough for all tables and plots, small enough for a repository."""

import csv
import shutil
from pathlib import Path

from masquerade_train.comparison.runs import Run
from masquerade_train.comparison.score import MEASURED_FILE
from masquerade_train.errors import TrainError
from masquerade_train.runs.log import FILE as LOG_FILE
from masquerade_train.runs.record import FILE as RECORD_FILE


def keep_runs(runs: tuple[Run, ...], folder: Path) -> Path:
    """Copy record, log and measured errors of each run into a folder of its name; return `folder`.

    Raises:
        TrainError: `folder` cannot be written.
    """
    try:
        for run in runs:
            kept = folder / run.folder.name
            kept.mkdir(parents=True, exist_ok=True)
            for name in (RECORD_FILE, MEASURED_FILE):
                if (run.folder / name).exists() and run.folder.resolve() != kept.resolve():
                    shutil.copyfile(run.folder / name, kept / name)
            if (run.folder / LOG_FILE).exists():
                _copy_rounded(run.folder / LOG_FILE, kept / LOG_FILE)
    except OSError as error:
        raise TrainError(f"The runs cannot be copied to {folder} ({error.strerror}).") from error
    return folder


def _copy_rounded(source: Path, target: Path) -> None:
    """Copy a log with six digits of each number, which halves it."""
    with source.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([[_rounded(cell) for cell in row] for row in rows])


def _rounded(cell: str) -> str:
    try:
        return f"{float(cell):.6g}"
    except ValueError:
        return cell
