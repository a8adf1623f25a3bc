"""Holds the errors of the training lab that are written for the user."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class TrainError(Exception):
    """An error in data, recipe or files that the user can fix; its text is shown unchanged."""


class DivergedError(TrainError):
    """The loss is no longer a number: the learning rate was too high."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into the TrainError that `path` cannot be read."""
    try:
        yield
    except OSError as error:
        raise TrainError(f"{path} cannot be read ({error.strerror}).") from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into the TrainError that `path` cannot be written."""
    try:
        yield
    except OSError as error:
        raise TrainError(f"{path} cannot be written ({error.strerror}).") from error
