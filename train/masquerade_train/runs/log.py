"""Reads the log of a run: log.csv, which Keras's CSVLogger writes."""

import csv
from dataclasses import dataclass, fields
from pathlib import Path

from masquerade_train.errors import TrainError

FILE = "log.csv"
EVENTS = "tensorboard"

# Column of the file -> column of version 0.1.
_OLD_NAMES = {
    "val_loss": "check_loss",
    "val_mean_squared": "check_mean_squared",
    "test_error": "val_error",
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """The results of one epoch; NaN = not measured.

    Attributes:
        epoch: from 1.
        minutes: of work so far.
        loss: mean over the epoch's batches, as minimized.
        points: mean distance of the landmarks, shares of an eye distance of 0.6 in the output's units.
        presence: cross entropy of "this is a face"; crops only.
        test_error: of the test faces with sound labels, share of the eye distance; crops only, not every epoch.
        mean_squared, mean_absolute: of single coordinates, output's units (squared); training batches.
        accuracy: the papers', of full images; training batches.
        val_loss, val_mean_squared, val_mean_absolute, val_accuracy: the same of the validation set.
        test_mean_squared: of the recipe's own test set, not every epoch.
        averaged: 1 = the average of the weights had the lower validation loss.
    """

    epoch: int
    minutes: float = float("nan")
    learning_rate: float = float("nan")
    loss: float = float("nan")
    points: float = float("nan")
    presence: float = float("nan")
    test_error: float = float("nan")
    images_per_second: float = float("nan")
    mean_squared: float = float("nan")
    mean_absolute: float = float("nan")
    accuracy: float = float("nan")
    val_loss: float = float("nan")
    val_mean_squared: float = float("nan")
    val_mean_absolute: float = float("nan")
    val_accuracy: float = float("nan")
    test_mean_squared: float = float("nan")
    averaged: float = float("nan")


def read_log(folder: Path) -> tuple[LogLine, ...]:
    """Read `folder`/log.csv; empty where there is none. A line that a kill cut off is left out."""
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if None not in row.values()]
        return tuple(_line(row) for row in rows)
    except (OSError, ValueError, KeyError, OverflowError, csv.Error) as error:
        raise TrainError(f"The log {path} is damaged ({error}).") from error


def keep_epochs(folder: Path, done: int) -> None:
    """Remove the lines of epochs after `done` from the log, because no checkpoint has them.

    Raises:
        TrainError: the file cannot be written.
    """
    path = folder / FILE
    if not path.exists():
        return
    part = folder / "log.part.csv"
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            names = reader.fieldnames or []
            rows = [row for row in reader if None not in row.values() and int(float(row["epoch"])) < done]
        with part.open("w", newline="", encoding="utf-8") as file:
            # A kill within the first epoch leaves an empty log, which Keras gives its header later.
            if names:
                writer = csv.DictWriter(file, names)
                writer.writeheader()
                writer.writerows(rows)
        part.replace(path)
    except (OSError, ValueError, KeyError, OverflowError, csv.Error) as error:
        raise TrainError(
            f"The log {path} cannot be continued ({error}). Move it away to go on without its lines."
        ) from error


def _line(row: dict[str, str]) -> LogLine:
    """Columns that an older version did not write are NaN; it counted epochs from 1, Keras from 0."""
    first = 1 if any(old in row for old in _OLD_NAMES.values()) else 0
    names = [entry.name for entry in fields(LogLine)][1:]
    texts = (row.get(name, row.get(_OLD_NAMES.get(name, ""), "nan")) for name in names)
    values = (float("nan") if text == "NA" else float(text) for text in texts)
    return LogLine(int(float(row["epoch"])) + 1 - first, *values)
