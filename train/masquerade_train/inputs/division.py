"""Divides persons, images or copies into training, validation and test set."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from masquerade_train.recipes.recipe import SplitRule

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """Which of N entries is in which set; with a fraction some are in none.

    Attributes:
        training, validation, test: (N,) bool.
    """

    training: Mask
    validation: Mask
    test: Mask


def divide(units: NDArray[Any], seed: int, rule: SplitRule, fraction: float = 1.0) -> Division:
    """Draw the sets; entries of one unit fall into the same set.

    Validation and test set are the same for every `fraction`, and who trains in a small
    fraction trains in a larger one too: so learning curves compare.

    Args:
        units: (N,) of what kind ever, the person of each entry, say.
        seed: of the draw.
        rule: shares of the units that validate and that test.
        fraction: share of the training units that train, above 0.

    Returns:
        At least one unit trains; with two units or more, each set of a share above 0 has one.
    """
    everyone = np.unique(units)
    drawn = np.random.default_rng(seed).permutation(everyone)
    validation = _count(rule.validation, len(drawn), len(drawn) - 1)
    test = _count(rule.test, len(drawn), len(drawn) - 1 - validation)
    rest = drawn[validation + test :]
    training = rest[: max(round(fraction * len(rest)), 1)]
    parts = (training, drawn[:validation], drawn[validation : validation + test])
    return Division(*(np.asarray(np.isin(units, part), np.bool_) for part in parts))


def _count(share: float, of: int, most: int) -> int:
    return min(max(round(share * of), 1), most) if share > 0 else 0
