"""Tests the metrics against sums done by hand."""

import numpy as np
import pytest
from masquerade_train.metrics.landmark_error import (
    landmark_errors,
    normalized_mean_error,
    pixel_errors,
    presence_rates,
    summarize,
    yaw_proxy,
)


def face(**places: tuple[float, float]) -> np.ndarray:
    """(1, 15, 2): eyes at (10, 0) and (0, 0), all else at (5, 5), or as given by number."""
    landmarks = np.full((1, 15, 2), 5.0, np.float32)
    landmarks[0, 0], landmarks[0, 1] = (10, 0), (0, 0)
    for name, place in places.items():
        landmarks[0, int(name[1:])] = place
    return landmarks


def test_a_landmark_three_and_four_pixels_off_is_half_an_eye_distance_of_ten_off() -> None:
    assert landmark_errors(face(p4=(8, 9)), face())[0, 4] == pytest.approx(0.5)


def test_the_error_of_a_face_is_the_mean_over_its_landmarks() -> None:
    assert normalized_mean_error(face(p4=(8, 9)), face())[0] == pytest.approx(0.5 / 15)


def test_a_landmark_without_a_label_is_left_out_of_the_mean() -> None:
    assert normalized_mean_error(face(p4=(8, 9)), face(p7=(np.nan, np.nan)))[0] == pytest.approx(0.5 / 14)


@pytest.mark.parametrize(
    ("predicted", "labelled"),
    [
        (face(p4=(np.nan, 0)), face()),  # a broken model must not look good
        (face(), face(p0=(0, 0))),  # both eyes at one place
        (face(), face(p0=(np.nan, np.nan))),  # no eye distance
        (face()[:, :14], face()),  # another number of landmarks
    ],
)
def test_what_cannot_be_measured_is_refused(predicted: np.ndarray, labelled: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"finite|eye|arrays"):
        landmark_errors(predicted, labelled)


def test_pixel_errors_count_single_coordinates_that_are_marked() -> None:
    errors = pixel_errors(face(p4=(8, 9)), face(p7=(np.nan, np.nan)))
    assert errors.mean_squared == pytest.approx((9 + 16) / 28)
    assert errors.mean_absolute == pytest.approx((3 + 4) / 28)
    assert errors.root_mean_squared == pytest.approx(((9 + 16) / 28) ** 0.5)


def test_a_face_off_by_more_than_ten_percent_is_a_failure() -> None:
    summary = summarize(np.array([0.02, 0.10, 0.11, 0.05], np.float32))
    assert (summary.faces, summary.failures) == (4, 0.25)
    assert summary.mean == pytest.approx(0.07)
    assert summary.median == pytest.approx(0.075)


def test_yaw_is_one_when_the_nose_lies_above_the_left_outer_corner() -> None:
    turned = face(p3=(12, 0), p5=(-2, 0), p10=(12, 6))
    straight = face(p3=(12, 0), p5=(-2, 0), p10=(5, 6))
    assert yaw_proxy(turned)[0] == pytest.approx(1.0)
    assert yaw_proxy(straight)[0] == pytest.approx(0.0)


def test_presence_counts_logits_above_the_threshold() -> None:
    logits = np.array([-1, 0.1, 3, -0.1], np.float32)
    assert presence_rates(logits) == 0.5
    assert presence_rates(logits, threshold=0.9) == 0.25
