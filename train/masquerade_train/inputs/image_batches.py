"""Makes batches of whole images; batch n of epoch e is always the same one, so a run can be resumed."""

from dataclasses import replace

import numpy as np
from masquerade.values import ByteArray, FloatArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet
from masquerade_train.errors import TrainError
from masquerade_train.inputs.augment import Cutter
from masquerade_train.inputs.batch import Batch, target_rows, to_grey
from masquerade_train.inputs.copies import Copy, copy_image, leave_out_lost, list_copies
from masquerade_train.inputs.division import Division, divide
from masquerade_train.inputs.rows import chosen_rows, fit_square, native_side, read_images
from masquerade_train.inputs.split import Items, divide_items
from masquerade_train.recipes.augmentation import Augmentation
from masquerade_train.recipes.recipe import FullImages, Missing, Recipe, SplitBy, SplitRule

# A paper may train on one image at a time; nothing is learnt while validating.
_VALIDATION_BATCH = 64
# Fewer are a slip of the fraction.
_MIN_IMAGES = 16


class ImageMaker:
    """Draws batches out of the training split of one FaceSet; copies are made when they are drawn."""

    def __init__(self, faces: FaceSet, recipe: Recipe) -> None:
        """Decode every training image that the recipe is about, once, at its own size or smaller.

        Raises:
            TrainError: the data lack such images or landmarks.
        """
        assert isinstance(recipe.input, FullImages)
        self._recipe, self._input = recipe, recipe.input
        rows = faces.where(chosen_rows(faces, self._input) & (faces.splits != "test"))
        division = self._divide(faces, rows)
        used = division.training | division.validation | division.test
        rows = rows[used]
        division = Division(division.training[used], division.validation[used], division.test[used])
        if not len(rows):
            raise TrainError(f"The data have no training image for '{recipe.name}'.")
        if recipe.fraction < 1 and division.training.sum() < _MIN_IMAGES:
            raise TrainError(
                f"A fraction of {recipe.fraction:g} leaves {division.training.sum()} training images, and at "
                f"least {_MIN_IMAGES} are needed. Use a larger one."
            )
        faces = faces.choose_landmarks(self._input.points)
        self._weights = faces.weights[rows]
        self._side = min(self._input.side, native_side(faces, rows))
        self._pixels, landmarks = read_images(faces, rows, self._side, self._input.channels)
        self._copies = list_copies(self._input.copies)
        self._sets = divide_items(
            landmarks, division, copies=self._copies, images=self._input, side=self._side, seed=recipe.seed
        )
        if not len(self._sets.training):
            raise TrainError(f"No training image has all the landmarks of '{recipe.name}' marked.")
        self._shuffled: tuple[int, NDArray[np.int64]] = (-1, np.zeros(0, np.int64))

    def _divide(self, faces: FaceSet, rows: NDArray[np.int64]) -> Division:
        """Divide the images of `rows`, as the data say where they have a validation set, else as the recipe does."""
        rule, recipe = self._input.split, self._recipe
        given = np.asarray(faces.splits[rows] == "validation", np.bool_)
        if rule.by is SplitBy.PERSON and not rule.test and given.any():
            chosen = divide(faces.persons[rows][~given], recipe.seed, replace(rule, validation=0.0), recipe.fraction)
            training = np.zeros(len(rows), np.bool_)
            training[~given] = chosen.training
            return Division(training, given, np.zeros(len(rows), np.bool_))
        if rule.by is SplitBy.COPY:
            rule = SplitRule(validation=0.0)
        if rule.by is not SplitBy.IMAGE:
            return divide(faces.persons[rows], recipe.seed, rule, recipe.fraction)
        # The shares are of the rows that take part.
        marked = faces.choose_landmarks(self._input.points).marked[rows]
        taking_part = marked.all(axis=1) if self._input.missing is Missing.DROP else marked.any(axis=1)
        numbers = np.arange(int(taking_part.sum()))
        return _without(divide(numbers, recipe.seed, rule, recipe.fraction), np.asarray(taking_part, np.bool_))

    @property
    def steps(self) -> int:
        """How many batches are one epoch.

        What is left over after the last whole batch, another part each time, waits for
        another epoch: every batch has the same size, but where the data are fewer than one.
        """
        return max(len(self._sets.training) // self._recipe.batch, 1)

    def make(self, epoch: int, number: int) -> Batch:
        """Return batch `number` of `epoch`; the same one at every call."""
        if self._shuffled[0] != epoch:
            order = np.random.default_rng((self._recipe.seed, epoch)).permutation(len(self._sets.training))
            self._shuffled = (epoch, order)
        start = number * self._recipe.batch
        items = self._sets.training.take(self._shuffled[1][start : start + self._recipe.batch])
        if self._input.augmentation is None:
            return self._batch(items)
        random = np.random.default_rng((self._recipe.seed, epoch, number))
        return self._disturbed_batch(items, self._input.augmentation, random)

    def validation_batches(self) -> tuple[Batch, ...]:
        """Return the validation set, without copies; of a split by copy its share of the copies."""
        return self._all_batches(self._sets.validation)

    def test_batches(self) -> tuple[Batch, ...]:
        """Return the recipe's own test set; empty where its split has none."""
        return self._all_batches(self._sets.test)

    def _all_batches(self, items: Items) -> tuple[Batch, ...]:
        numbers = np.arange(len(items))
        size = max(self._recipe.batch, _VALIDATION_BATCH)
        return tuple(self._batch(items.take(numbers[start : start + size])) for start in range(0, len(items), size))

    def _batch(self, items: Items) -> Batch:
        side = self._input.side
        pixels = self._stored_pixels(items)
        if side != self._side:
            pixels = np.stack([fit_square(image, side) for image in pixels])
        # Places across the image are the same at any size.
        return Batch(pixels, self._targets(items, items.landmarks, self._side))

    def _disturbed_batch(self, items: Items, augmentation: Augmentation, random: np.random.Generator) -> Batch:
        cutter = Cutter(self._input.side, augmentation, random, self._input.points)
        samples = [
            cutter.whole(_to_rgb(image), landmarks)
            for image, landmarks in zip(self._stored_pixels(items), items.landmarks, strict=True)
        ]
        pixels = np.stack([sample.pixels for sample in samples])
        landmarks = leave_out_lost(np.stack([sample.landmarks for sample in samples]), self._input.side)
        return Batch(
            pixels if self._input.channels == 3 else to_grey(pixels), self._targets(items, landmarks, self._input.side)
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

    def _targets(self, items: Items, landmarks: FloatArray, side: int) -> FloatArray:
        return target_rows(landmarks, side, self._weights[items.rows][:, None], np.ones(len(items), np.bool_))


def _to_rgb(image: ByteArray) -> ByteArray:
    """Return (S, S, 1 or 3) -> (S, S, 3)."""
    return image if image.shape[2] == 3 else np.repeat(image, 3, axis=2)


def _without(division: Division, taking_part: NDArray[np.bool_]) -> Division:
    """Return a division of all rows in which those that take no part are in no set."""
    parts = []
    for mask in (division.training, division.validation, division.test):
        whole = np.zeros(len(taking_part), np.bool_)
        whole[taking_part] = mask
        parts.append(whole)
    return Division(*parts)
