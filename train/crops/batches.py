"""Makes batches in worker processes; batch n of epoch e is always the same one, so a run can be resumed."""

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from app.values import POINT_COUNT, ByteArray, FloatArray
from train.crops.augment import Cutter, Sample
from train.datasets.face_set import FaceSet, face_anchors, load_faces
from train.errors import TrainError
from train.recipes.table import BACKGROUND, Recipe

TARGET_WIDTH = 3 * POINT_COUNT + 1


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What one training step sees.

    Attributes:
        pixels: (B, S, S, 3) uint8, RGB.
        targets: (B, 46) float32: x, y of 15 points in [-1, 1] across the crop, the weight
            of each point (0 = not marked), and 1 for a face or 0.
    """

    pixels: ByteArray
    targets: FloatArray


class BatchMaker:
    """Cuts batches out of the training split of one FaceSet."""

    def __init__(self, faces: FaceSet, recipe: Recipe) -> None:
        """Decodes every training picture that the recipe names, once.

        Raises:
            TrainError: the data have no picture of any source that the recipe names.
        """
        self._recipe = recipe
        self._faces = faces
        self._pools = _pools(faces, recipe)
        rows = np.concatenate(list(self._pools.values()))
        self._pictures = {int(row): faces.picture(int(row)) for row in rows}
        shares = np.array([dict(recipe.shares)[source] for source in self._pools])
        self._shares = shares / shares.sum()

    def make(self, epoch: int, number: int) -> Batch:
        """Returns batch `number` of `epoch`; the same one at every call."""
        random = np.random.default_rng((self._recipe.seed, epoch, number))
        sources = random.choice(len(self._pools), self._recipe.batch, p=self._shares)
        pools = list(self._pools.values())
        samples = [self._sample(int(random.choice(pools[source])), random) for source in sources]
        return Batch(np.stack([sample.pixels for sample, _ in samples]), np.stack([target for _, target in samples]))

    def _sample(self, row: int, random: np.random.Generator) -> tuple[Sample, FloatArray]:
        recipe, picture, points = self._recipe, self._pictures[row], self._faces.points[row]
        cutter = Cutter(recipe.input_side, recipe.augmentation, random)
        if np.isnan(points).all():
            sample = cutter.background(picture)
        elif random.random() < recipe.stray_share:
            sample = cutter.stray(picture, points)
        else:
            sample = cutter.face(picture, points)
        return sample, target_row(sample, float(self._faces.weights[row]))


def target_row(sample: Sample, weight: float) -> FloatArray:
    """Returns the (46,) float32 that the losses read; see Batch."""
    side = sample.pixels.shape[0]
    marked = np.asarray(np.isfinite(sample.points).all(axis=1), np.bool_)
    places = np.where(marked[:, None], (sample.points + 0.5) * 2 / side - 1, 0)
    return np.concatenate([places.reshape(-1), weight * marked, [sample.is_face]]).astype(np.float32)


def _pools(faces: FaceSet, recipe: Recipe) -> dict[str, NDArray[np.int64]]:
    """The training rows of each source that the recipe names and the data have."""
    usable = np.array([np.isfinite(face_anchors(points)).all() for points in faces.points]) | ~faces.has_face
    pools = {
        source: faces.where((faces.sources == source) & (faces.splits == "train") & usable)
        for source, _ in recipe.shares
    }
    pools = {source: rows for source, rows in pools.items() if len(rows)}
    if not set(pools) - {BACKGROUND}:
        wanted = ", ".join(source for source, _ in recipe.shares)
        raise TrainError(f"The data hold no training face of the sources that '{recipe.name}' names: {wanted}.")
    return pools


_maker: BatchMaker


def _start_worker(path: Path, recipe: Recipe) -> None:
    """Each worker process holds its own pictures."""
    cv2.setNumThreads(1)
    global _maker  # noqa: PLW0603 (a process pool has no other place for it)
    _maker = BatchMaker(load_faces(path), recipe)


def _work(epoch: int, number: int) -> Batch:
    return _maker.make(epoch, number)


def stream_batches(path: Path, recipe: Recipe, first_epoch: int, workers: int) -> Iterator[Batch]:
    """Yields the batches of all epochs from `first_epoch` on, without end.

    Args:
        workers: processes that cut ahead of need; 0 cuts in this process.
    """
    count = max(recipe.epoch_pictures // recipe.batch, 1)
    numbers = ((index // count + first_epoch, index % count) for index in range(2**62))
    if workers == 0:
        maker = BatchMaker(load_faces(path), recipe)
        yield from (maker.make(epoch, number) for epoch, number in numbers)
        return
    # Not forked: tensorflow's threads would be copied half alive.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(path, recipe)) as pool:
        ahead: list[Future[Batch]] = [pool.submit(_work, *next(numbers)) for _ in range(3 * workers)]
        try:
            while True:
                batch = ahead.pop(0).result()
                ahead.append(pool.submit(_work, *next(numbers)))
                yield batch
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
