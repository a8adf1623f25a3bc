"""Makes batches of crops; batch n of epoch e is always the same one, so a run can be resumed."""

import numpy as np
from masquerade.values import ByteArray
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import FaceSet, face_anchors
from masquerade_train.errors import TrainError
from masquerade_train.inputs.augment import Cutter, Sample
from masquerade_train.inputs.batch import Batch, target_rows, to_grey
from masquerade_train.inputs.decoded import DecodedImages
from masquerade_train.inputs.division import divide
from masquerade_train.recipes.augmentation import EXACT
from masquerade_train.recipes.recipe import BACKGROUND, VALIDATION_SHARE, Crops, Recipe, SplitRule

# Enough to choose between the weights and their average.
_SHARE_TO_CHOOSE = 0.03
_GREY_LOOKED_AT = 100
# Fewer are a slip of the fraction.
_MIN_IMAGES = 16


def is_grey(image: ByteArray) -> bool:
    """Return whether an RGB image (H, W, 3) has no colour."""
    return bool((image[..., 0] == image[..., 1]).all() and (image[..., 1] == image[..., 2]).all())


class BatchMaker:
    """Cuts batches out of the training split of one FaceSet."""

    def __init__(self, faces: FaceSet, recipe: Recipe) -> None:
        """Choose the training images that the recipe names; each is decoded when it is drawn.

        Raises:
            TrainError: the data have no image of any source that the recipe names, or not its landmarks.
        """
        assert isinstance(recipe.input, Crops)
        faces = faces.choose_landmarks(recipe.input.points)
        if recipe.input.as_marked:
            faces = faces.with_sound_labels_as_marked()
        self._recipe, self._input = recipe, recipe.input
        self._faces = faces
        training, self._validating = _part(faces, recipe)
        self._pools = _pools(faces, recipe.name, recipe.input, training)
        rows = np.concatenate(list(self._pools.values()))
        self._images = DecodedImages(faces)
        looked_at = (self._images.get(int(row)) for row in rows[:_GREY_LOOKED_AT])
        if self._input.channels == 3 and all(map(is_grey, looked_at)):
            raise TrainError(
                f"'{recipe.name}' needs colour images, and these are grey. Use masquerade15-grey, or a recipe for "
                "full images."
            )
        shares = np.array([dict(self._input.shares)[source] for source in self._pools])
        self._shares = shares / shares.sum()
        self._landmark_weights = np.array([self._input.weight_of(name) for name in self._input.points], np.float32)

    @property
    def steps(self) -> int:
        """How many batches are called one epoch."""
        return max(self._input.epoch_images // self._recipe.batch, 1)

    def make(self, epoch: int, number: int) -> Batch:
        """Return batch `number` of `epoch`; the same one at every call."""
        random = np.random.default_rng((self._recipe.seed, epoch, number))
        sources = random.choice(len(self._pools), self._recipe.batch, p=self._shares)
        pools = list(self._pools.values())
        drawn = [(row := int(random.choice(pools[source])), self._sample(row, random)) for source in sources]
        return self._batch([row for row, _ in drawn], [sample for _, sample in drawn])

    def test_batches(self) -> tuple[Batch, ...]:
        """Return nothing: crops are measured on the test set of the data."""
        return ()

    def validation_batches(self) -> tuple[Batch, ...]:
        """Return the faces of the validation set, cut as their labels say."""
        cutter = Cutter(self._input.side, EXACT, np.random.default_rng(0), self._input.points)
        parts = [
            self._validating[start : start + self._recipe.batch].tolist()
            for start in range(0, len(self._validating), self._recipe.batch)
        ]
        return tuple(
            self._batch(part, [cutter.face(self._faces.image(row), self._faces.landmarks[row]) for row in part])
            for part in parts
        )

    def _batch(self, rows: list[int], samples: list[Sample]) -> Batch:
        landmarks = np.stack([sample.landmarks for sample in samples])
        faces = np.array([sample.is_face for sample in samples])
        weights = self._faces.weights[rows][:, None] * self._landmark_weights
        targets = target_rows(landmarks, self._input.side, weights, faces)
        pixels = np.stack([sample.pixels for sample in samples])
        return Batch(pixels if self._input.channels == 3 else to_grey(pixels), targets)

    def _sample(self, row: int, random: np.random.Generator) -> Sample:
        image, landmarks = self._images.get(row), self._faces.landmarks[row]
        cutter = Cutter(self._input.side, self._input.augmentation, random, self._input.points)
        if np.isnan(landmarks).all():
            return cutter.background(image)
        if random.random() < self._input.stray_share:
            return cutter.stray(image, landmarks)
        return cutter.face(image, landmarks)


def _validation_share(recipe: Recipe) -> float:
    if recipe.decides_by_validation:
        return VALIDATION_SHARE
    return _SHARE_TO_CHOOSE if recipe.average_momentum else 0.0


def _part(faces: FaceSet, recipe: Recipe) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return (N,) True for the images that train, and the numbers of the faces that check.

    Backgrounds show no person: they all train, whatever the fraction.
    """
    usable = np.array([np.isfinite(face_anchors(landmarks)).all() for landmarks in faces.landmarks])
    rows = faces.where(usable & (faces.splits == "train"))
    given = faces.where(usable & (faces.splits == "validation"))
    share = 0.0 if len(given) else _validation_share(recipe)
    division = divide(faces.persons[rows], recipe.seed, SplitRule(validation=share), recipe.fraction)
    training = division.training
    if recipe.fraction < 1 and training.sum() < _MIN_IMAGES:
        raise TrainError(
            f"A fraction of {recipe.fraction:g} leaves {training.sum()} training images, and at least "
            f"{_MIN_IMAGES} are needed. Use a larger one."
        )
    validating = np.concatenate([rows[division.validation], given])
    taking_part = ~faces.has_face & (faces.splits == "train")
    taking_part[rows[training]] = True
    assert isinstance(recipe.input, Crops)
    named = np.isin(faces.sources[validating], [source for source, _ in recipe.input.shares])
    return taking_part, validating[named]


def _pools(faces: FaceSet, name: str, crops: Crops, training: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    """Return the training rows of each source that the recipe names and the data have."""
    pools = {source: faces.where((faces.sources == source) & training) for source, _ in crops.shares}
    pools = {source: rows for source, rows in pools.items() if len(rows)}
    if not set(pools) - {BACKGROUND}:
        wanted = ", ".join(source for source, _ in crops.shares)
        raise TrainError(f"The data contain no training face of the sources that '{name}' names: {wanted}.")
    return pools
