"""Tests the papers' errors against sums done by hand, and their "accuracy" against Keras."""

import numpy as np
import pytest
from masquerade_train.metrics.paper_metrics import largest_coordinate_agreement, paper_errors

LABELLED = np.array([[[10, 20], [30, 40]], [[50, 20], [30, 60]]], np.float32)


def moved(*offsets: tuple[float, float]) -> np.ndarray:
    return (LABELLED + np.array(offsets, np.float32).reshape(2, 2, 2)).astype(np.float32)


def test_errors_are_of_single_coordinates_in_pixels_and_units() -> None:
    errors = paper_errors(moved((3, 4), (0, 0), (0, 0), (0, -1)), LABELLED)
    assert errors.pixels.mean_squared == pytest.approx(26 / 8)
    assert errors.pixels.mean_absolute == pytest.approx(1.0)
    assert errors.units.root_mean_squared == pytest.approx((26 / 8) ** 0.5 / 48)


def test_shares_within_count_distances_as_the_crow_flies() -> None:
    # 3 and 4 are 5; 6 and 8 are 10; 12 and 9 are 15: each on the limit, which is within.
    errors = paper_errors(moved((3, 4), (6, 8), (12, 9), (16, 0)), LABELLED)
    assert errors.within == (0.25, 0.5, 0.75)


def test_landmarks_that_are_not_marked_do_not_count() -> None:
    labelled = LABELLED.copy()
    labelled[0, 0] = np.nan
    errors = paper_errors(moved((90, 90), (0, 0), (0, 0), (0, 0)), labelled)
    assert errors.pixels.mean_absolute == 0.0
    assert errors.within == (1.0, 1.0, 1.0)
    assert errors.images == 2


def test_accuracy_says_nothing_of_exactness() -> None:
    """Twenty pixels off in every coordinate, and yet the largest one stays the largest."""
    errors = paper_errors(LABELLED + np.float32(20), LABELLED)
    assert errors.accuracy == 1.0
    assert errors.within[2] == 0.0


def test_the_constant_names_the_commonest_largest_coordinate() -> None:
    labelled = np.tile(LABELLED[1], (4, 1, 1))
    labelled[0, 0, 0] = 90
    assert paper_errors(labelled, labelled).accuracy_of_a_constant == 0.75


def test_accuracy_is_unknown_where_no_image_is_marked_in_full() -> None:
    labelled = LABELLED.copy()
    labelled[:, 0] = np.nan
    assert np.isnan(paper_errors(LABELLED, labelled).accuracy)


def test_accuracy_is_what_keras_counts() -> None:
    import keras  # noqa: PLC0415 (6 s)

    random = np.random.default_rng(3)
    labelled = random.uniform(0, 96, (50, 15, 2)).astype(np.float32)
    predicted = (labelled + random.normal(0, 4, labelled.shape)).astype(np.float32)
    metric = keras.metrics.CategoricalAccuracy()
    metric.update_state(labelled.reshape(50, 30), predicted.reshape(50, 30))
    ours = largest_coordinate_agreement(predicted, labelled)
    assert 0 < ours < 1
    assert ours == pytest.approx(float(metric.result()))


@pytest.mark.parametrize(
    ("predicted", "labelled"),
    [
        (np.full_like(LABELLED, np.nan), LABELLED),
        (LABELLED, np.full_like(LABELLED, np.nan)),
        (LABELLED[:1], LABELLED),
    ],
)
def test_what_cannot_be_measured_is_refused(predicted: np.ndarray, labelled: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"finite|marked|arrays"):
        paper_errors(predicted, labelled)


def test_the_thresholds_count_landmarks_coordinates_and_images() -> None:
    """Two images of two landmarks: offsets (3, 4) and (6, 0); (0, 12) and one that is not marked."""
    labelled = np.zeros((2, 2, 2), np.float32)
    labelled[1, 1] = np.nan
    predicted = np.array([[[3, 4], [6, 0]], [[0, 12], [9, 9]]], np.float32)
    errors = paper_errors(predicted, labelled)
    # Distances 5, 6, 12; coordinates 3, 4, 6, 0, 0, 12; mean absolute errors 13 / 4 and 12 / 2.
    assert errors.within == pytest.approx((1 / 3, 2 / 3, 1))
    assert errors.within_coordinates == pytest.approx((4 / 6, 5 / 6, 1))
    assert errors.within_images == pytest.approx((0.5, 1, 1))
