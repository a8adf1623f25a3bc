"""Tests that only a model that is better beyond doubt counts as better."""

import numpy as np
import pytest
from masquerade_train.personal.before_after import BeforeAfter


def result(before: list[float], after: list[float], drift: float = 0.0) -> BeforeAfter:
    corrected = np.arange(len(before)) == 0
    return BeforeAfter(np.array(before, np.float32), np.array(after, np.float32), corrected, drift)


@pytest.mark.parametrize(
    ("before", "after", "drift", "is_better"),
    [
        ([0.05] * 10, [0.04] * 10, 0.0, True),
        ([0.05] * 10, [0.0496] * 10, 0.0, False),  # by less than 2 %
        ([0.05] * 10, [0.06] * 10, 0.0, False),
        ([0.05] * 10, [0.04] * 10, 0.05, False),  # another person's face is forgotten
        ([0.05, 0.05, 0.05, 0.05], [0.01, 0.07, 0.06, 0.05], 0.0, False),  # by chance
        ([0.05], [0.01], 0.0, False),  # one photo says nothing
    ],
)
def test_better_is_more_than_chance(before: list[float], after: list[float], drift: float, is_better: bool) -> None:
    assert result(before, after, drift).is_better is is_better


def test_the_figures_are_given_for_all_and_for_what_was_corrected() -> None:
    lines = result([0.08, 0.04], [0.02, 0.04], 0.05).describe().splitlines()
    assert lines == [
        "  2 photos kept aside: 6.00 % of the eye distance before, 3.00 % after",
        "  1 that you corrected: 8.00 % of the eye distance before, 2.00 % after",
        "  the portrait of another person: landmarks moved by 5.0 %, too far",
    ]
    assert result([0.08, 0.04], [0.02, 0.04]).gain == pytest.approx(0.5)
