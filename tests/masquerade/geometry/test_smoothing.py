"""Tests that smoothed points are calm when still and do not lag when they move."""

import numpy as np
import pytest
from masquerade.geometry.head import face_points
from masquerade.geometry.smoothing import OneEuro, OneEuroSettings
from masquerade.values import FloatArray

UNIT = 100.0
FACE = (face_points()[:, :2] * UNIT + 300).astype(np.float32)
STEP = 1 / 30


def smoothed(film: list[FloatArray]) -> FloatArray:
    smoother = OneEuro(OneEuroSettings())
    return np.stack([smoother(points, UNIT, index * STEP) for index, points in enumerate(film)])


def test_a_still_face_is_several_times_calmer_than_its_noise() -> None:
    noise = np.random.default_rng(1).normal(0, 0.8, (150, 15, 2)).astype(np.float32)
    calm = smoothed([FACE + each for each in noise])[30:]
    assert calm.std(axis=0).mean() < noise.std() / 3


def test_a_fast_turn_lags_less_than_40_milliseconds() -> None:
    speed = 400.0  # four eye distances a second
    film = [FACE + np.array([max(index - 15, 0) * STEP * speed, 0], np.float32) for index in range(40)]
    behind = (np.stack(film) - smoothed(film))[20:, :, 0]
    assert behind.max() / speed < 0.040


def test_a_mouth_that_opens_does_not_wait_for_the_head_to_move() -> None:
    film = []
    for index in range(40):
        points = FACE.copy()
        points[14, 1] += 40 * min(max((index - 20) / 6, 0), 1)  # 0.4 eye distances in 0.2 s
        film.append(points)
    opening = smoothed(film)[:, 14, 1] - FACE[14, 1]
    assert opening[26] > 0.75 * 40
    assert opening[30] > 0.95 * 40


def test_a_near_and_a_far_face_are_smoothed_alike() -> None:
    noise = np.random.default_rng(2).normal(0, 1, (30, 15, 2)).astype(np.float32)
    near, far = OneEuro(OneEuroSettings()), OneEuro(OneEuroSettings())
    for index, each in enumerate(noise):
        large = near((FACE + each) * 4, 4 * UNIT, index * STEP)
        small = far(FACE + each, UNIT, index * STEP)
        np.testing.assert_allclose(large, small * 4, rtol=1e-4)


def test_time_that_steps_back_starts_anew() -> None:
    smoother = OneEuro(OneEuroSettings())
    smoother(FACE, UNIT, 10.0)
    np.testing.assert_array_equal(smoother(FACE + 50, UNIT, 0.0), FACE + 50)


@pytest.mark.parametrize("wrong", [{"min_cutoff": 0.0}, {"speed_cutoff": -1.0}, {"beta": -1.0}])
def test_settings_without_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        OneEuroSettings(**wrong)
