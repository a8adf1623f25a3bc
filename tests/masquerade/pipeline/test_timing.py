"""Tests the figures that the HUD and the bench show."""

from math import isnan

import numpy as np
import pytest
from masquerade.pipeline.timing import Meter, percentile
from masquerade.values import Frame, Scene, StageTime


def scene_at(taken_at: float, times: tuple[StageTime, ...] = ()) -> Scene:
    return Scene(Frame(np.zeros((2, 2, 4), np.uint8), 0, taken_at), times=times)


@pytest.mark.parametrize(
    ("values", "share", "wanted"),
    [
        ([1, 2, 3, 4], 0.50, 2),  # two of four do not exceed 2
        ([1, 2, 3], 0.50, 2),
        (list(range(1, 101)), 0.95, 95),
        ([5], 0.95, 5),
        ([3, 1, 2], 1.0, 3),  # the order does not matter
    ],
)
def test_percentile_is_the_value_that_the_share_does_not_exceed(
    values: list[float], share: float, wanted: float
) -> None:
    assert percentile(values, share) == wanted


def test_four_scenes_in_one_second_span_three_intervals() -> None:
    meter = Meter()
    for i in range(4):
        meter.add_scene(scene_at(0.0), 10 + i / 3)
    assert meter.summary().fps == pytest.approx(3.0)


def test_rate_forgets_what_is_older_than_the_window() -> None:
    meter = Meter(window=10)
    moments = [float(i) for i in range(50)] + [50 + i / 30 for i in range(10)]
    for moment in moments:
        meter.add_scene(scene_at(moment), moment)
    assert meter.summary().fps == pytest.approx(30.0)


def test_latency_runs_from_the_capture_to_the_paint() -> None:
    meter = Meter()
    for i in range(100):
        meter.add_scene(scene_at(float(i)), i + (0.020 if i >= 94 else 0.010))
    summary = meter.summary()
    assert summary.latency_p50_ms == pytest.approx(10)
    assert summary.latency_p95_ms == pytest.approx(20)


def test_stages_are_summed_up_in_the_order_in_which_they_run() -> None:
    meter = Meter()
    for milliseconds in (1.0, 2.0, 3.0):
        meter.add_scene(scene_at(0.0, (StageTime("find", milliseconds), StageTime("draw", 0.5))), 0.0)
    stages = meter.summary().stages
    assert [(stage.name, stage.p50_ms, stage.p95_ms) for stage in stages] == [("find", 2.0, 3.0), ("draw", 0.5, 0.5)]


def test_meter_without_a_scene_shows_no_rate_and_no_latency() -> None:
    summary = Meter().summary()
    assert summary.fps == 0
    assert isnan(summary.latency_p50_ms)
    assert summary.stages == ()
