"""Makes batches of whole images; batch n of epoch e is always the same one, so a run can be resumed."""

import numpy as np
from masquerade.values import ByteArray, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.errors import TrainError
from masquerade_train.inputs.augment import Cutter
from masquerade_train.inputs.batch import Batch, target_rows, to_grey
from masquerade_train.inputs.copies import Copy, copy_image, leave_out_lost, list_copies
from masquerade_train.inputs.persons import part_persons
from masquerade_train.inputs.rows import chosen_rows, fit_square, native_side, read_images
from masquerade_train.inputs.split import Items, Split, list_items, split_leaking
from masquerade_train.recipes.augmentation import Augmentation
from masquerade_train.recipes.recipe import CHECK_SHARE, Pictures, Recipe

# A paper may train on one image at a time; nothing is learnt while checking.
_CHECK_BATCH = 64


class ImageMaker:
    """Draws batches out of the training split of one FaceSet; copies are made when they are drawn."""

    def __init__(self, faces: FaceSet, recipe: Recipe) -> None:
        """Decode every training image that the recipe is about, once, at its own size or smaller.

        Raises:
            TrainError: the data lack such images or points.
        """
        assert isinstance(recipe.input, Pictures)
        self._recipe, self._input = recipe, recipe.input
        rows = faces.where(chosen_rows(faces, self._input) & (faces.splits == "train"))
        leaking = self._input.split_after_copies
        training, checking = part_persons(
            faces.persons[rows], recipe.seed, recipe.fraction, 0.0 if leaking else CHECK_SHARE
        )
        rows, training = rows[training | checking], training[training | checking]
        if not len(rows):
            raise TrainError(f"The data hold no training image that '{recipe.name}' is about.")
        faces = faces.choose_points(self._input.points)
        self._weights = faces.weights[rows]
        self._side = min(self._input.side, native_side(faces, rows))
        self._pixels, points = read_images(faces, rows, self._side, self._input.channels)
        self._copies = list_copies(self._input.copies)
        self._split = self._part(points, training)
        if not len(self._split.train):
            raise TrainError(f"Not one training image has all the points of '{recipe.name}' marked.")
        self._shuffled: tuple[int, NDArray[np.int64]] = (-1, np.zeros(0, np.int64))

    def _part(self, points: FloatArray, training: NDArray[np.bool_]) -> Split:
        taught = points[training]
        items = list_items(taught, taught, self._copies, self._input, self._side)
        items = Items(np.flatnonzero(training)[items.rows], items.copies, items.points)
        if self._input.split_after_copies:
            return split_leaking(items, self._recipe.seed)
        check = list_items(points[~training], taught, self._copies[:1], self._input, self._side)
        check = Items(np.flatnonzero(~training)[check.rows], check.copies, check.points)
        return Split(items, check, check.take(np.zeros(0, np.int64)))

    @property
    def steps(self) -> int:
        """How many batches are one epoch.

        What is left over after the last whole batch, another part each time, waits for
        another epoch: every batch has the same size, but where the data are fewer than one.
        """
        return max(len(self._split.train) // self._recipe.batch, 1)

    def make(self, epoch: int, number: int) -> Batch:
        """Return batch `number` of `epoch`; the same one at every call."""
        if self._shuffled[0] != epoch:
            order = np.random.default_rng((self._recipe.seed, epoch)).permutation(len(self._split.train))
            self._shuffled = (epoch, order)
        start = number * self._recipe.batch
        items = self._split.train.take(self._shuffled[1][start : start + self._recipe.batch])
        if self._input.augmentation is None:
            return self._batch(items)
        random = np.random.default_rng((self._recipe.seed, epoch, number))
        return self._disturbed_batch(items, self._input.augmentation, random)

    def check_batches(self) -> tuple[Batch, ...]:
        """Return the check persons' images, without copies; of a leaking split its share of the copies."""
        return self._all_batches(self._split.check)

    def held_batches(self) -> tuple[Batch, ...]:
        """Return the copies that a leaking split holds out; of a sound split nothing, that is the val split's part."""
        return self._all_batches(self._split.held)

    def _all_batches(self, items: Items) -> tuple[Batch, ...]:
        numbers = np.arange(len(items))
        size = max(self._recipe.batch, _CHECK_BATCH)
        return tuple(self._batch(items.take(numbers[start : start + size])) for start in range(0, len(items), size))

    def _batch(self, items: Items) -> Batch:
        side = self._input.side
        pixels = self._stored_pixels(items)
        if side != self._side:
            pixels = np.stack([fit_square(image, side) for image in pixels])
        # Places across the image are the same at any size.
        return Batch(pixels, self._targets(items, items.points, self._side))

    def _disturbed_batch(self, items: Items, augmentation: Augmentation, random: np.random.Generator) -> Batch:
        cutter = Cutter(self._input.side, augmentation, random, self._input.points)
        samples = [
            cutter.whole(_to_rgb(image), points)
            for image, points in zip(self._stored_pixels(items), items.points, strict=True)
        ]
        pixels = np.stack([sample.pixels for sample in samples])
        points = leave_out_lost(np.stack([sample.points for sample in samples]), self._input.side)
        return Batch(
            pixels if self._input.channels == 3 else to_grey(pixels), self._targets(items, points, self._input.side)
        )

    def _stored_pixels(self, items: Items) -> ByteArray:
        """Return (B, S, S, C) at the stored side."""
        if not items.copies.any():
            return self._pixels[items.rows]
        return np.stack([self._image(int(row), int(copy)) for row, copy in zip(items.rows, items.copies, strict=True)])

    def _image(self, row: int, number: int) -> ByteArray:
        copy: Copy = self._copies[number]
        # Of its own for each copy: made beforehand it would keep its noise too.
        random = np.random.default_rng((self._recipe.seed, row, number))
        return copy_image(copy, self._pixels[row], random)

    def _targets(self, items: Items, points: FloatArray, side: int) -> FloatArray:
        return target_rows(points, side, self._weights[items.rows], np.ones(len(items), np.bool_))


def _to_rgb(image: ByteArray) -> ByteArray:
    """Return (S, S, 1 or 3) -> (S, S, 3)."""
    return image if image.shape[2] == 3 else np.repeat(image, 3, axis=2)
