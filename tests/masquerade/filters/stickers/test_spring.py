"""A layer with lag trails the head and settles, at any frame rate."""

import numpy as np
import pytest
from masquerade.filters.stickers.spring import Spring, lean, pull, rest_at

START = np.array([100.0, 50.0])
END = np.array([180.0, 20.0])


def run(step: float, seconds: float, lag: float = 0.1) -> Spring:
    """The target moves evenly from START to END in 0.2 s and then stays."""
    spring = rest_at(START)
    for index in range(round(seconds / step)):
        share = min(1.0, (index + 1) * step / 0.2)
        spring = pull(spring, START + share * (END - START), lag, step)
    return spring


@pytest.mark.parametrize("step", [0.005, 0.02, 0.04])
def test_steps_of_any_length_end_at_the_same_place(step: float) -> None:
    assert run(step, 0.4).xy == pytest.approx(run(0.001, 0.4).xy, abs=1e-6)


def test_it_settles_on_its_target() -> None:
    assert run(0.02, 2.0).xy == pytest.approx(END, abs=1e-3)


def test_it_never_swings_past_a_target_that_jumped() -> None:
    spring = Spring(START, np.zeros(2), END)
    for _ in range(200):
        spring = pull(spring, END, 0.1, 0.01)
        assert START[0] <= spring.xy[0] <= END[0] + 1e-9


def test_an_even_motion_is_trailed_by_the_lag() -> None:
    spring = rest_at(START)
    for index in range(200):
        spring = pull(spring, START + np.array([(index + 1) * 3.0, 0.0]), 0.1, 0.01)
    assert spring.target_xy[0] - spring.xy[0] == pytest.approx(300.0 * 0.1, rel=0.01)


def test_zero_seconds_change_nothing() -> None:
    spring = rest_at(START)
    assert pull(spring, END, 0.1, 0.0) is spring


def test_nothing_leans_at_rest() -> None:
    assert lean(rest_at(START), START + 40, 100.0) == pytest.approx(np.eye(3))


def test_an_ear_leans_about_its_root() -> None:
    root, tip = np.array([100.0, 200.0]), np.array([100.0, 100.0])
    matrix = lean(Spring(tip + np.array([15.0, 0.0]), np.zeros(2), tip), root, 100.0)
    assert matrix @ [*root, 1.0] == pytest.approx([*root, 1.0])
    assert (matrix @ [*tip, 1.0])[0] == pytest.approx(115.0, abs=1.0)


def test_art_round_its_anchors_shifts_as_a_whole() -> None:
    middle = np.array([100.0, 100.0])
    matrix = lean(Spring(middle + np.array([15.0, 5.0]), np.zeros(2), middle), middle, 100.0)
    assert matrix[:, 2] == pytest.approx([15.0, 5.0, 1.0])


def test_a_wild_jump_is_held_within_bounds() -> None:
    root, tip = np.array([100.0, 200.0]), np.array([100.0, 100.0])
    matrix = lean(Spring(tip + np.array([5000.0, 0.0]), np.zeros(2), tip), root, 100.0)
    assert np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])) <= 25.01
