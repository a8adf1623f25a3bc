"""Holds the errors of the training lab that are written for the user."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write, and put that file in its place at the end: all of it, or the old one stays.

    Raises:
        TrainError: it cannot be written.
    """
    part = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        with writing(path):
            yield part
            part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
