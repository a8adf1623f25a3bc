"""Tells how a run goes: a CSV file, TensorBoard's events, and one line an epoch for people."""

import csv
import logging
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType

from masquerade_train.errors import TrainError
from masquerade_train.runs.events import EventFile

FILE = "log.csv"
EVENTS = "tensorboard"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LogLine:
    """What one epoch gave; NaN = not measured.

    Attributes:
        minutes: of work so far.
        loss: mean over the epoch's batches, as minimized.
        points: mean distance of the points, shares of an eye distance of 0.6 in the output's units.
        presence: cross entropy of "this is a face"; crops only.
        val_error: of the val split's sound faces, share of the eye distance; crops only, not every epoch.
        mean_squared: of single coordinates, output's units squared; training batches.
        check_loss, check_mean_squared: the same of the check split, with the weights as they would be kept.
    """

    epoch: int
    minutes: float
    learning_rate: float
    loss: float
    points: float
    presence: float
    val_error: float
    images_per_second: float
    mean_squared: float
    check_loss: float
    check_mean_squared: float


class RunLog:
    """The log of one run, for `with`."""

    def __init__(self, folder: Path, epochs_done: int) -> None:
        """Open the log; lines of epochs that were run but not kept by a checkpoint are taken out.

        Raises:
            TrainError: the folder cannot be written.
        """
        self._path = folder / FILE
        try:
            lines = [line for line in read_log(folder) if line.epoch <= epochs_done]
            part = folder / "log.part.csv"
            with part.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow([field.name for field in fields(LogLine)])
                writer.writerows(_row(line) for line in lines)
            part.replace(self._path)
            self._events = EventFile(folder / EVENTS)
        except OSError as error:
            raise TrainError(f"The log in {folder} cannot be written ({error.strerror}).") from error

    def add(self, line: LogLine, remarks: str) -> None:
        """Write a line everywhere; `remarks` are for people.

        Raises:
            TrainError: the disk is full.
        """
        try:
            with self._path.open("a", newline="", encoding="utf-8") as file:
                csv.writer(file).writerow(_row(line))
            scalars = {name: value for name, value in asdict(line).items() if name != "epoch"}
            self._events.add(line.epoch, {name: value for name, value in scalars.items() if not math.isnan(value)})
        except OSError as error:
            raise TrainError(f"{self._path} cannot be written ({error.strerror}).") from error
        _log.info("%s%s", _sentence(line), remarks)

    def __enter__(self) -> "RunLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._events.__exit__(kind, error, trace)


def read_log(folder: Path) -> tuple[LogLine, ...]:
    """Read `folder`/log.csv; empty where there is none. A line that was cut off by a kill is left out."""
    path = folder / FILE
    if not path.exists():
        return ()
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if None not in row.values()]
    return tuple(_line(row) for row in rows)


def _line(row: dict[str, str]) -> LogLine:
    """Columns that an older version did not write are NaN."""
    names = [field.name for field in fields(LogLine)][1:]
    return LogLine(int(float(row["epoch"])), *(float(row.get(name, "nan")) for name in names))


def _row(line: LogLine) -> list[str]:
    return [f"{value:.6g}" for value in asdict(line).values()]


def _sentence(line: LogLine) -> str:
    parts = [f"epoch {line.epoch}, {line.minutes:.1f} min: loss {line.loss:.4g}"]
    named = (("check", line.check_loss), ("val", line.val_error), ("rate", line.learning_rate))
    parts += [f"{name} {value:.3g}" for name, value in named if not math.isnan(value)]
    return ", ".join([*parts, f"{line.images_per_second:.0f} images/s"])
