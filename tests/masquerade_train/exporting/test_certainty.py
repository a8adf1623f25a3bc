"""The certainty is fitted on some persons and measured on others, and says how often landmarks really hold."""

import numpy as np
import pytest
from masquerade.values import FloatArray
from masquerade_train.exporting.certainty import fit_certainty

CROPS = 6000


def crops(seed: int = 1) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Spread, presence and error of crops of 300 persons, whose landmarks hold by a known curve."""
    random = np.random.default_rng(seed)
    inputs = np.column_stack([random.uniform(-1, 1, CROPS), random.uniform(0, 8, CROPS)]).astype(np.float32)
    sure = 1 / (1 + np.exp(-(-2 - 1.5 * inputs[:, 0] + 0.9 * inputs[:, 1])))
    errors = np.where(random.random(CROPS) < sure, 0.05, 0.2).astype(np.float32)
    return inputs, errors, np.array([f"person {number % 300}" for number in range(CROPS)])


def test_the_curve_is_recovered_and_well_calibrated() -> None:
    found = fit_certainty(*crops())
    assert found is not None
    assert (found.intercept, found.spread, found.presence) == pytest.approx((-2, -1.5, 0.9), abs=0.2)
    assert found.auc > 0.85
    for each in found.reliability:
        assert each.held == pytest.approx(each.said, abs=0.08)
    assert found.as_json()["auc_of_10_percent"] == round(found.auc, 4)


def test_a_score_unrelated_to_the_error_has_an_auc_of_a_half() -> None:
    inputs, errors, persons = crops()
    found = fit_certainty(np.random.default_rng(2).permutation(inputs), errors, persons)
    assert found is not None
    assert found.auc == pytest.approx(0.5, abs=0.05)


def test_no_person_is_on_both_sides() -> None:
    """The crops of every second person alone decide the curve."""
    inputs, errors, persons = crops()
    taught = np.isin(persons, np.unique(persons)[::2])
    others = errors.copy()
    others[~taught] = np.where(np.arange((~taught).sum()) % 2, 0.05, 0.2)
    first, second = fit_certainty(inputs, errors, persons), fit_certainty(inputs, others, persons)
    assert first is not None
    assert second is not None
    assert (first.intercept, first.spread, first.presence) == (second.intercept, second.spread, second.presence)


def test_too_few_crops_or_no_errors_give_no_certainty() -> None:
    inputs, errors, persons = crops()
    assert fit_certainty(inputs[:20], errors[:20], persons[:20]) is None
    assert fit_certainty(inputs, np.full(CROPS, 0.05, np.float32), persons) is None
