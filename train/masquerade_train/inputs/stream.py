"""Streams a recipe's batches, made in worker processes ahead of need; a run can be resumed at any epoch."""

import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import lru_cache
from itertools import count
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path

import cv2

from masquerade_train.datasets.face_set import load_faces
from masquerade_train.inputs.batch import Batch, Maker
from masquerade_train.inputs.crop_batches import BatchMaker
from masquerade_train.inputs.image_batches import ImageMaker
from masquerade_train.recipes.recipe import Crops, Recipe

_AHEAD = 3  # batches for each worker; more would only fill memory


def open_maker(path: Path, recipe: Recipe) -> Maker:
    """Return what makes the recipe's batches out of the file `path`.

    Raises:
        TrainError: the file is not one of ours, or holds nothing that the recipe can use.
    """
    faces = load_faces(path)
    return BatchMaker(faces, recipe) if isinstance(recipe.input, Crops) else ImageMaker(faces, recipe)


class BatchStream(Iterator[Batch]):
    """The batches of all epochs from one on, without end.

    Attributes:
        steps: how many batches are one epoch.
    """

    def __init__(self, path: Path, recipe: Recipe, first_epoch: int, workers: int) -> None:
        """Start the workers, or decodes the images here; see `stream_batches`."""
        self._plan = (path, recipe)
        self._here = None if workers else open_maker(path, recipe)
        # Not forked: tensorflow's threads would be copied half alive.
        self._pool = ProcessPoolExecutor(workers, get_context("spawn"), _live_with_parent) if workers else None
        self._ahead: deque[Future[Batch]] = deque()
        try:
            # A worker's error comes back from here as it is, not as a broken pool.
            self.steps = self._here.steps if self._here else self._ask_steps()
        except BaseException:
            self.close()
            raise
        self._numbers = ((index // self.steps + first_epoch, index % self.steps) for index in count())
        for _ in range(_AHEAD * workers):
            self._order()

    def _ask_steps(self) -> int:
        assert self._pool is not None
        return self._pool.submit(_count_steps, *self._plan).result()

    def check_batches(self) -> tuple[Batch, ...]:
        """Return the batches that a run is checked by; empty where the recipe keeps none."""
        if self._here is not None:
            return self._here.check_batches()
        assert self._pool is not None
        return self._pool.submit(_make_check, *self._plan).result()

    def _order(self) -> None:
        assert self._pool is not None
        self._ahead.append(self._pool.submit(_make, *self._plan, *next(self._numbers)))

    def __next__(self) -> Batch:
        if self._here is not None:
            return self._here.make(*next(self._numbers))
        batch = self._ahead.popleft().result()
        self._order()
        return batch

    def close(self) -> None:
        """End the worker processes; may be called twice."""
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)


def stream_batches(path: Path, recipe: Recipe, first_epoch: int, workers: int) -> BatchStream:
    """Return the batches of all epochs from `first_epoch` on; its `steps` says how many are one epoch.

    Args:
        workers: processes that make batches ahead of need; 0 makes them in this process.

    Raises:
        TrainError: as in `open_maker`.
    """
    return BatchStream(path, recipe, first_epoch, workers)


def _live_with_parent() -> None:
    """Leave Ctrl-C to the parent, and ends when the parent has gone, even if it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@lru_cache(1)
def _maker(path: Path, recipe: Recipe) -> Maker:
    """Return each process holds its own images, decoded once."""
    cv2.setNumThreads(1)
    return open_maker(path, recipe)


def _count_steps(path: Path, recipe: Recipe) -> int:
    return _maker(path, recipe).steps


def _make(path: Path, recipe: Recipe, epoch: int, number: int) -> Batch:
    return _maker(path, recipe).make(epoch, number)


def _make_check(path: Path, recipe: Recipe) -> tuple[Batch, ...]:
    return _maker(path, recipe).check_batches()
