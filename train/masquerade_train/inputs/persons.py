"""Parts persons, not images: nobody is both in the training and in what checks it."""

import numpy as np
from numpy.typing import NDArray

from masquerade_train.datasets.face_set import TextArray
from masquerade_train.recipes.recipe import CHECK_SHARE


def part_persons(
    persons: TextArray, seed: int, fraction: float = 1.0, check_share: float = CHECK_SHARE
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Draw who trains and who checks.

    The check persons are the same for every `fraction`, and whoever trains in a small
    fraction trains in a larger one too: so learning curves compare.

    Args:
        persons: (N,) text, the person of every image of the train split.
        fraction: share of the persons that are not for checking who train, above 0.
        check_share: share of all persons; 0 = nobody checks.

    Returns:
        (N,) True where the image trains, and (N,) True where it checks. At least one
        person trains; with two persons or more and a share above 0 at least one checks.
    """
    everyone = np.unique(persons)
    drawn = np.random.default_rng(seed).permutation(everyone)
    checking = min(max(round(check_share * len(drawn)), 1), len(drawn) - 1) if check_share > 0 else 0
    rest = drawn[checking:]
    training = rest[: max(round(fraction * len(rest)), 1)]
    return np.isin(persons, training), np.isin(persons, drawn[:checking])
