"""Tests the losses against sums done by hand."""

import numpy as np
import pytest

from train.fitting.losses import EYE_DISTANCE, point_loss, presence_loss, total_loss


def target(weights: list[float], face: float = 1.0) -> np.ndarray:
    """(1, 46): all points in the crop's middle."""
    return np.concatenate([np.zeros(30), weights, [face]])[None].astype(np.float32)


def output(x: float, logit: float = 0.0) -> np.ndarray:
    """(1, 31): the first point `x` eye distances to the right of the middle, the others in it."""
    outputs = np.zeros((1, 31), np.float32)
    outputs[0, 0], outputs[0, 30] = x * EYE_DISTANCE, logit
    return outputs


def test_one_point_off_by_an_eye_distance_costs_a_fifteenth() -> None:
    # sqrt(1 + 0.015^2) - 0.015 = 0.9851
    assert float(point_loss(target([1.0] * 15), output(1.0))) == pytest.approx(0.9851 / 15, abs=1e-4)


def test_a_point_that_is_not_marked_costs_nothing() -> None:
    assert float(point_loss(target([0.0] + [1.0] * 14), output(1.0))) == pytest.approx(0, abs=1e-5)


def test_a_crop_without_a_face_costs_no_points() -> None:
    assert float(point_loss(target([0.0] * 15, face=0), output(1.0))) == 0


@pytest.mark.parametrize(("logit", "face", "cost"), [(0, 1, np.log(2)), (5, 1, 0.0067), (5, 0, 5.0067)])
def test_presence_is_the_cross_entropy(logit: float, face: float, cost: float) -> None:
    assert float(presence_loss(target([1.0] * 15, face), output(0, logit))) == pytest.approx(cost, abs=1e-4)


def test_the_total_weighs_presence() -> None:
    truth, guess = target([1.0] * 15), output(1.0)
    parts = float(point_loss(truth, guess)), float(presence_loss(truth, guess))
    assert float(total_loss(0.1)(truth, guess)) == pytest.approx(parts[0] + 0.1 * parts[1])
