"""Draws the hyperparameters of a trial on a cluster, without loading Keras."""

import math
from collections.abc import Sequence

import numpy as np


class DrawnKnobs:
    """Knobs drawn at random; a trial of a search draws the same on every machine, at every start."""

    def __init__(self, seed: int, number: int) -> None:
        """Draw for trial `number` of a search with `seed`."""
        self._random = np.random.default_rng((seed, number))

    def Int(self, name: str, min_value: int, max_value: int, step: int) -> int:  # noqa: N802 (Keras Tuner's name)
        """Return a whole number of a range."""
        return int(self._random.choice(np.arange(min_value, max_value + 1, step)))

    def Float(  # noqa: N802 (Keras Tuner's name)
        self, name: str, min_value: float, max_value: float, step: float | None = None, sampling: str = "linear"
    ) -> float:
        """Return a number of a range."""
        if step is not None:
            return min_value + step * int(self._random.integers(round((max_value - min_value) / step) + 1))
        if sampling == "log":
            return math.exp(self._random.uniform(math.log(min_value), math.log(max_value)))
        return float(self._random.uniform(min_value, max_value))

    def Choice(self, name: str, values: Sequence[int]) -> int:  # noqa: N802 (Keras Tuner's name)
        """Return one of several values."""
        return int(self._random.choice(values))
