"""Spares a net with a frozen base from looking at an image twice: what the base makes of it is kept."""

import hashlib
from typing import Any

import keras
import numpy as np
from masquerade.values import FloatArray

from masquerade_train.fitting.compiling import metric_functions
from masquerade_train.fitting.steps import LocalStepper
from masquerade_train.inputs.batch import Batch
from masquerade_train.recipes.recipe import Pictures, Recipe

# The layer that all nets end with.
_LEARNS = "points"


def has_fixed_features(model: Any, recipe: Recipe) -> bool:
    """Return whether all but the last layer of a net is frozen, and its images are the same in every epoch."""
    learning = [layer.name for layer in model.layers if layer.trainable_weights]
    undisturbed = isinstance(recipe.input, Pictures) and recipe.input.augmentation is None
    return undisturbed and learning == [_LEARNS] == [model.layers[-1].name]


class FrozenStepper(LocalStepper):
    """Takes steps with the last layer alone; after the first epoch a step costs next to nothing.

    Features are kept by the image's content, 5 KB for each of 1280 features.
    """

    def __init__(self, model: Any, recipe: Recipe) -> None:
        """Take a compiled model for which `has_fixed_features` holds."""
        last = model.layers[-1]
        self._base = keras.Model(model.input, last.input)
        features = keras.Input(last.input.shape[1:])
        head = keras.Model(features, last(features))
        # The model's own optimizer: checkpoints hold its state.
        head.compile(
            model.optimizer,
            model.loss,
            metrics=list(metric_functions(recipe)),
            jit_compile=model.jit_compile,
        )
        super().__init__(head)
        self._kept: dict[bytes, FloatArray] = {}

    def _inputs(self, batch: Batch) -> FloatArray:
        keys = [hashlib.blake2b(image.tobytes(), digest_size=16).digest() for image in batch.pixels]
        new = [place for place, key in enumerate(keys) if key not in self._kept]
        if new:
            # Whole batches: each other size would be compiled anew.
            found = np.asarray(self._base.predict_on_batch(super()._inputs(batch)), np.float32)
            self._kept.update((keys[place], found[place]) for place in new)
        return np.stack([self._kept[key] for key in keys])
