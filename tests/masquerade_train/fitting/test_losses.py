"""Tests the losses against sums done by hand."""

from dataclasses import replace

import numpy as np
import pytest
from masquerade_train.recipes.recipe import Crops, FullImages, Loss, Opening, Recipe

from tests.masquerade_train.late import LATE

if LATE:
    from masquerade_train.fitting.losses import (
        EYE_DISTANCE,
        LOSSES,
        euclidean_loss,
        landmark_loss,
        mean_squared,
        mean_squared_px,
        opening_loss,
        presence_loss,
        total_loss,
        wing_loss,
    )


def target(weights: list[float], face: float = 1.0) -> np.ndarray:
    """(1, 46): all landmarks in the crop's middle."""
    return np.concatenate([np.zeros(30), weights, [face]])[None].astype(np.float32)


def output(x: float, logit: float = 0.0) -> np.ndarray:
    """(1, 31): the first landmark `x` eye distances to the right of the middle, the others in it."""
    outputs = np.zeros((1, 31), np.float32)
    outputs[0, 0], outputs[0, 30] = x * EYE_DISTANCE, logit
    return outputs


def test_one_landmark_off_by_an_eye_distance_costs_a_fifteenth() -> None:
    # sqrt(1 + 0.015^2) - 0.015 = 0.9851
    assert float(landmark_loss(target([1.0] * 15), output(1.0))) == pytest.approx(0.9851 / 15, abs=1e-4)


def test_a_landmark_that_is_not_marked_costs_nothing() -> None:
    assert float(landmark_loss(target([0.0] + [1.0] * 14), output(1.0))) == pytest.approx(0, abs=1e-5)


def test_a_crop_without_a_face_costs_no_landmarks() -> None:
    assert float(landmark_loss(target([0.0] * 15, face=0), output(1.0))) == 0


@pytest.mark.parametrize(("logit", "face", "cost"), [(0, 1, np.log(2)), (5, 1, 0.0067), (5, 0, 5.0067)])
def test_presence_is_the_cross_entropy(logit: float, face: float, cost: float) -> None:
    assert float(presence_loss(target([1.0] * 15, face), output(0, logit))) == pytest.approx(cost, abs=1e-4)


def test_the_total_weighs_presence() -> None:
    truth, guess = target([1.0] * 15), output(1.0)
    parts = float(landmark_loss(truth, guess)), float(presence_loss(truth, guess))
    recipe = Recipe("a", net="tiny", input=Crops(shares=(("helen", 1.0),), presence_weight=0.1))
    assert float(total_loss(recipe)(truth, guess)) == pytest.approx(parts[0] + 0.1 * parts[1])


_LIPS = Crops(shares=(("helen", 1.0),), points=("upper", "lower"), openings=(Opening("upper", "lower", 0.2, 0.1),))


def lips(marked: float, seen: float, shift: float = 0.0, weight: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Targets (1, 7) and outputs (1, 4): two lips so many eye distances apart; both are seen `shift` too low."""
    targets, outputs = np.zeros((1, 7), np.float32), np.zeros((1, 4), np.float32)
    targets[0, 3], targets[0, 4:] = marked * EYE_DISTANCE, (1, weight, 1)
    outputs[0, 1], outputs[0, 3] = shift, shift + seen * EYE_DISTANCE
    return targets, outputs


def test_an_opening_costs_what_its_distance_is_off_wherever_it_stands() -> None:
    loss = opening_loss(_LIPS)
    assert float(loss(*lips(0.2, 0.5))) == pytest.approx(0.3, abs=0.02)
    assert float(loss(*lips(0.2, 0.5, shift=0.4))) == pytest.approx(float(loss(*lips(0.2, 0.5))), abs=1e-6)
    assert float(loss(*lips(0.2, 0.2, shift=0.4))) == pytest.approx(0, abs=1e-5)


def test_a_rare_opening_counts_more_than_a_usual_one() -> None:
    usual, wide = lips(0.2, 0.3), lips(0.4, 0.4)
    both = [np.concatenate(parts) for parts in zip(usual, wide, strict=True)]
    # One of two is off by 0.1; the other counts three times (two spreads from the usual), the first once.
    alone = float(opening_loss(_LIPS)(*usual))
    assert float(opening_loss(_LIPS)(*both)) == pytest.approx(alone / 4, rel=0.1)


def test_an_opening_with_an_end_that_is_not_marked_costs_nothing() -> None:
    assert float(opening_loss(_LIPS)(*lips(0.2, 0.5, weight=0))) == pytest.approx(0, abs=1e-5)


def test_openings_are_part_of_the_total() -> None:
    recipe = Recipe("a", net="tiny", input=replace(_LIPS, presence_weight=0.0))
    truth, guess = lips(0.2, 0.5)
    parts = float(landmark_loss(truth, guess)), float(opening_loss(_LIPS)(truth, guess))
    assert float(total_loss(recipe)(truth, guess)) == pytest.approx(sum(parts))


def test_an_opening_between_landmarks_that_the_recipe_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="openings must be between landmarks of the recipe"):
        replace(_LIPS, points=("upper", "nose"))


def nose(first: float, second: float, weights: tuple[float, float] = (1, 1)) -> tuple[np.ndarray, np.ndarray]:
    """Targets (2, 7) and outputs (2, 4) of two landmarks: the first image is off by so much in x, the other is not."""
    targets = np.zeros((2, 7), np.float32)
    targets[:, 4:6], targets[:, 6] = weights, 1
    outputs = np.zeros((2, 4), np.float32)
    outputs[0, 0], outputs[0, 2] = first, second
    return targets, outputs


def test_the_mean_square_counts_single_coordinates() -> None:
    assert float(mean_squared(*nose(0.3, 0.4))) == pytest.approx((0.09 + 0.16) / 8)
    # From -1 to 1 across an image 96 wide: 0.3 and 0.4 are 14.4 and 19.2 pixels.
    assert float(mean_squared_px(*nose(0.3, 0.4))) == pytest.approx((14.4**2 + 19.2**2) / 8)
    assert float(mean_squared(*nose(0.3, 0.4, (1, 0)))) == pytest.approx(0.09 / 4)


def test_the_euclidean_loss_is_the_length_of_the_whole_vector() -> None:
    assert float(euclidean_loss(*nose(0.3, 0.4))) == pytest.approx(0.5 / 2, abs=1e-5)
    assert float(euclidean_loss(*nose(0.3, 0.4, (0, 1)))) == pytest.approx(0.4 / 2, abs=1e-5)


def test_the_wing_is_a_logarithm_near_zero_and_straight_far_off() -> None:
    near, far, further = (float(wing_loss(*nose(x, 0))) * 8 for x in (0.04, 0.5, 0.6))
    assert near == pytest.approx(0.2 * np.log(2), abs=1e-5)
    assert further - far == pytest.approx(0.1, abs=1e-5)


@pytest.mark.parametrize("loss", list(Loss))
def test_every_loss_of_a_perfect_network_is_zero_and_has_a_slope(loss: Loss) -> None:
    import tensorflow as tf  # noqa: PLC0415

    targets, outputs = nose(0, 0)
    guess = tf.Variable(outputs)
    with tf.GradientTape() as tape:
        value = LOSSES[loss](targets, guess)
    assert float(value) == pytest.approx(0, abs=1e-5)
    assert np.isfinite(tape.gradient(value, guess)).all()


def test_networks_without_a_presence_output_are_asked_for_landmarks_alone() -> None:
    recipe = Recipe("a", net="tiny", input=FullImages(), loss=Loss.MEAN_SQUARED)
    assert float(total_loss(recipe)(*nose(0.3, 0.4))) == pytest.approx(0.25 / 8)
