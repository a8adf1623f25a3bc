"""Tests what becomes of landmarks that nobody marked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masquerade.values import FloatArray
from masquerade_train.inputs.batch import target_rows
from masquerade_train.inputs.missing_labels import fill, fill_from_nearest, forward_fill, usable_rows
from masquerade_train.recipes.recipe import Missing

NAN = float("nan")


def labels(*rows: list[tuple[float, float]]) -> FloatArray:
    return np.array(rows, np.float32)


def test_dropping_takes_complete_rows_and_masking_any_with_a_landmark() -> None:
    landmarks = labels([(1, 2), (3, 4)], [(1, 2), (NAN, NAN)], [(NAN, NAN), (NAN, NAN)])
    assert usable_rows(landmarks, Missing.DROP).tolist() == [True, False, False]
    assert usable_rows(landmarks, Missing.MASK).tolist() == [True, True, False]


def test_forward_fill_takes_the_row_before_however_far_back_it_was_marked() -> None:
    landmarks = labels([(NAN, NAN)], [(1, 2)], [(NAN, NAN)], [(NAN, NAN)], [(5, 6)], [(NAN, NAN)])
    filled = forward_fill(landmarks)
    assert np.isnan(filled[0]).all()  # nothing stands before the first row
    assert filled[1:, 0].tolist() == [[1, 2], [1, 2], [1, 2], [5, 6], [5, 6]]


def test_the_nearest_fills_from_the_most_alike_rows_not_from_the_row_before() -> None:
    alike = [[(10.0 + step, 10), (20.0 + step, 30)] for step in range(5)]
    other = [[(70.0 + step, 10), (90.0 + step, 60)] for step in range(5)]
    taught = labels(*alike, *other)  # type: ignore[arg-type]
    filled = fill_from_nearest(labels([(14, 10), (NAN, NAN)]), taught)
    assert filled[0].tolist() == [[14, 10], [22, 30]]  # the mean of the five alike, not the very next


def test_nearest_neighbours_leave_untaught_landmarks_alone() -> None:
    filled = fill_from_nearest(labels([(1, 2), (NAN, NAN)]), labels([(1, 2), (NAN, NAN)], [(3, 4), (NAN, NAN)]))
    assert np.isnan(filled[0, 1]).all()
    assert filled[0, 0].tolist() == [1, 2]


@pytest.mark.parametrize("missing", Missing)
def test_what_was_marked_is_never_changed(missing: Missing) -> None:
    random = np.random.default_rng(0)
    landmarks = random.uniform(0, 96, (40, 4, 2)).astype(np.float32)
    landmarks[random.random((40, 4)) < 0.4] = NAN
    known = np.isfinite(landmarks)
    np.testing.assert_allclose(fill(landmarks, missing, landmarks)[known], landmarks[known], rtol=1e-6)


@given(holes=st.lists(st.booleans(), min_size=24, max_size=24), missing=st.sampled_from(list(Missing)))
def test_no_treatment_lets_a_nan_into_the_targets(holes: list[bool], missing: Missing) -> None:
    landmarks = np.random.default_rng(1).uniform(0, 96, (6, 4, 2)).astype(np.float32)
    landmarks[np.reshape(holes, (6, 4))] = NAN
    targets = target_rows(fill(landmarks, missing, landmarks), 96, np.ones((6, 1), np.float32), np.ones(6, bool))
    assert np.isfinite(targets).all()
