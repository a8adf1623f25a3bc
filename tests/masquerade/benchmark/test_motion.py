"""What `bench --motion` says of a follower whose delay and noise are known, and of the real line."""

import json
import math

import numpy as np
import pytest
from masquerade.benchmark import motion as motion_module
from masquerade.benchmark.motion import MOTIONS, Motion, MotionReport, Subject, measure_motion, subject_of
from masquerade.benchmark.motion_report import motion_as_json, motion_as_table
from masquerade.compose import build_line, build_still_finder
from masquerade.errors import SourceError
from masquerade.values import FloatArray, Frame

from tests.masquerade.filters.portrait import portrait_pixels

SUBJECT = Subject(np.full((60, 60, 4), 128, np.uint8), (30.0, 30.0), 20.0)
BY_NAME = {motion.name: motion for motion in MOTIONS}


class Follower:
    """Knows the path, and reports where the face was some seconds ago, with noise of its own."""

    def __init__(self, motion: Motion, delay: float, noise: float = 0.0) -> None:
        self._motion, self._delay, self._noise = motion, delay, noise
        self._random = np.random.default_rng(3)

    def __call__(self, frame: Frame) -> FloatArray:
        seconds = min(max(frame.taken_at - 2.0 - self._delay, 0.0), self._motion.seconds)
        middle = 80 * np.array(self._motion.path(seconds)) + 300
        return (middle + self._random.normal(0, 80 * self._noise, (15, 2))).astype(np.float32)


@pytest.fixture
def small_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """A follower does not look at the images, and their noise takes most of the time."""
    monkeypatch.setattr(motion_module, "_SIZE_WH", (64, 36))


@pytest.mark.usefixtures("small_images")
@pytest.mark.parametrize("name", ["0.5 a second", "2 a second", "sway of 0.5 at 1 Hz"])
@pytest.mark.parametrize("delay", [0.0, 0.05])
def test_a_known_delay_is_measured(name: str, delay: float) -> None:
    motion = BY_NAME[name]
    report = measure_motion([SUBJECT], motion, lambda: Follower(motion, delay))
    assert report.lag_ms == pytest.approx(1000 * delay, abs=6)
    assert math.isnan(report.jitter)
    assert report.trail < 0.001 if delay == 0 else report.trail > 0.02


@pytest.mark.usefixtures("small_images")
def test_known_noise_of_a_still_face_is_measured() -> None:
    report = measure_motion([SUBJECT], BY_NAME["still"], lambda: Follower(BY_NAME["still"], 0.0, noise=0.01))
    # Of two axes: 1 % each.
    assert report.jitter == pytest.approx(0.01 * math.sqrt(2), rel=0.05)
    assert math.isnan(report.trail)


def test_the_line_is_less_than_15_milliseconds_behind_and_does_not_overshoot() -> None:
    pixels = portrait_pixels()
    subject = subject_of(pixels, build_still_finder().find(pixels), "the portrait")
    line = build_line()

    def locate(frame: Frame) -> FloatArray | None:
        faces = line.see(frame).faces
        return faces[0].keypoints.points if faces else None

    report = measure_motion([subject], BY_NAME["2 a second"], lambda: locate)
    assert report.missed == 0
    assert abs(report.lag_ms) < 15
    assert report.trail < 0.01
    assert report.overshoot < 0.015


def test_a_photo_without_a_face_is_an_error_in_one_sentence() -> None:
    with pytest.raises(SourceError, match=r"no face in wall\.png"):
        subject_of(np.zeros((9, 9, 4), np.uint8), (), "wall.png")


def test_the_table_has_a_row_for_each_motion_and_the_peer_beside_it() -> None:
    nothing = float("nan")
    ours = [MotionReport("2 a second", 0.005, 1.2, 0.01, 0.002, nothing, 0)]
    assert "| 2 a second | 0.50 % | 1.2 ms | 1.00 % | 0.20 % |  |" in motion_as_table(ours, [], "")
    assert motion_as_table(ours, ours, "mediapipe").splitlines()[-1].count("|") == 10
    reported = json.loads(motion_as_json(ours, ours, "mediapipe"))
    assert reported["motions"][0]["jitter"] is None
    assert reported["peer"][0]["peer"] == "mediapipe"
