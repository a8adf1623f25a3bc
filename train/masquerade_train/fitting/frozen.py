"""Trains the last layer of a network with a frozen base on features that are computed once."""

import hashlib
from typing import Any

import keras
import numpy as np
from masquerade.values import FloatArray

from masquerade_train.fitting.batches import pixels_of
from masquerade_train.fitting.compiling import compile_model
from masquerade_train.inputs.batch import Batch
from masquerade_train.recipes.recipe import FullImages, Recipe

# The layer that all networks end with.
_LEARNS = "points"


def has_fixed_features(model: Any, recipe: Recipe) -> bool:
    """Return whether all but the last layer is frozen, and images are the same in every epoch."""
    learning = [layer.name for layer in model.layers if layer.trainable_weights]
    same_images = isinstance(recipe.input, FullImages) and recipe.input.augmentation is None
    return same_images and learning == [_LEARNS] == [model.layers[-1].name]


class FrozenBase:
    """The base of a network for which `has_fixed_features` holds, and its features by the content of the image.

    5 KB for each image of 1280 features.

    Attributes:
        head: the last layer as a compiled model of its own, which shares the network's weights.
    """

    def __init__(self, model: Any, recipe: Recipe) -> None:
        """Split a network into base and head."""
        last = model.layers[-1]
        self._base = keras.Model(model.input, last.input)
        features = keras.Input(last.input.shape[1:])
        self.head = keras.Model(features, last(features))
        compile_model(self.head, recipe)
        self._known: dict[bytes, FloatArray] = {}

    def features(self, batch: Batch) -> FloatArray:
        """Return the features (B, F) of a batch; the base is run for images that it has not seen yet."""
        keys = [hashlib.blake2b(image.tobytes(), digest_size=16).digest() for image in batch.pixels]
        new = [place for place, key in enumerate(keys) if key not in self._known]
        if new:
            # Whole batches: each other size would be compiled again.
            found = np.asarray(self._base.predict_on_batch(pixels_of(batch)), np.float32)
            self._known.update((keys[place], found[place]) for place in new)
        return np.stack([self._known[key] for key in keys])
