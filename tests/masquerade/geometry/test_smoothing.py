"""Tests that smoothed points are calm when still and do not lag when they move."""

import numpy as np
import pytest
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.smoothing import LandmarkSmoother, SmoothingSettings
from masquerade.values import FloatArray

UNIT = 100.0
FACE = (model_landmarks()[:, :2] * UNIT + 300).astype(np.float32)
STEP = 1 / 30


def smoothed(film: list[FloatArray]) -> FloatArray:
    smoother = LandmarkSmoother(SmoothingSettings())
    return np.stack([smoother(points, UNIT, index * STEP) for index, points in enumerate(film)])


def noise(frames: int, pixels: float, seed: int = 1) -> FloatArray:
    return np.random.default_rng(seed).normal(0, pixels, (frames, 15, 2)).astype(np.float32)


@pytest.mark.parametrize("pixels", [0.1, 0.3, 1.0])
def test_a_still_face_is_five_times_calmer_than_its_noise_however_much_that_is(pixels: float) -> None:
    calm = smoothed([FACE + each for each in noise(180, pixels)])[60:]
    assert calm.std(axis=0).mean() < pixels / 5


@pytest.mark.parametrize("speed", [0.25, 0.5, 2.0, 4.0])
def test_a_steady_motion_is_not_trailed_and_its_stop_not_overshot(speed: float) -> None:
    """Units a second; after three frames the face is less than 15 ms behind, or half the noise of one landmark."""
    way = np.minimum(np.maximum(np.arange(90) - 30, 0), 30) * STEP * speed * UNIT
    film = [FACE + np.float32([x, 0]) + each for x, each in zip(way, noise(90, 0.3), strict=True)]
    behind = way - (smoothed(film)[..., 0] - FACE[:, 0]).mean(axis=1)
    assert np.abs(behind[34:60].mean()) < max(0.015 * speed * UNIT, 0.15)
    assert -behind[62:].min() < 0.01 * UNIT


def test_what_is_expected_lies_ahead_of_a_moving_face_and_on_a_still_one() -> None:
    smoother = LandmarkSmoother(SmoothingSettings())
    assert smoother.predict(0.0) is None
    for index, each in enumerate(noise(40, 0.3)):
        smoother(FACE + np.float32([max(index - 20, 0) * 4.0, 0]) + each, UNIT, index * STEP)
    here, ahead = smoother.predict(39 * STEP), smoother.predict(40 * STEP)
    assert here is not None
    assert ahead is not None
    assert (ahead - here)[:, 0].mean() == pytest.approx(4.0, abs=0.3)
    for index, each in enumerate(noise(40, 0.3), start=40):
        smoother(FACE + each, UNIT, index * STEP)
    still = smoother.predict(80 * STEP)
    assert still is not None
    np.testing.assert_allclose(still, FACE, atol=0.4)


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
    near, far = LandmarkSmoother(SmoothingSettings()), LandmarkSmoother(SmoothingSettings())
    for index, each in enumerate(noise(30, 1.0, seed=2)):
        large = near((FACE + each) * 4, 4 * UNIT, index * STEP)
        small = far(FACE + each, UNIT, index * STEP)
        np.testing.assert_allclose(large, small * 4, rtol=1e-4)


def test_time_that_steps_back_starts_again() -> None:
    smoother = LandmarkSmoother(SmoothingSettings())
    smoother(FACE, UNIT, 10.0)
    np.testing.assert_array_equal(smoother(FACE + 50, UNIT, 0.0), FACE + 50)


@pytest.mark.parametrize("wrong", [{"rest_cutoff": 0.0}, {"noise_seconds": -1.0}, {"low": 4.0}, {"own_low": -1.0}])
def test_settings_without_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"above 0|below"):
        SmoothingSettings(**wrong)


def test_a_reversed_smoother_expects_a_moving_face_where_it_came_from() -> None:
    smoother = LandmarkSmoother(SmoothingSettings())
    with pytest.raises(ValueError, match="first measurement"):
        smoother.reverse()
    for index in range(30):
        smoother(FACE + np.float32([4.0 * index, 0]), UNIT, index * STEP)
    back, here = smoother.reverse(), smoother.predict(29 * STEP)
    before, after = back.predict(-28 * STEP), smoother.predict(30 * STEP)
    assert here is not None
    assert before is not None
    assert after is not None
    assert (here - before)[:, 0].mean() == pytest.approx(4.0, abs=0.3)
    # What one takes in, the other knows nothing of.
    back(FACE + 50, UNIT, -28 * STEP)
    np.testing.assert_array_equal(smoother.predict(30 * STEP), after)
