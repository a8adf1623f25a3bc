"""The mouth's trigger: against this face's own rest, with hysteresis, at any size and pose."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from masquerade.filters.triggers.expression import lip_gap
from masquerade.filters.triggers.triggers import Triggers
from masquerade.values import LANDMARK_INDEX, Face, FloatArray, Trigger

from tests.masquerade.filters.portrait import PORTRAIT_POINTS, face_of, turned_points

BOTTOM, TOP = LANDMARK_INDEX["mouth_center_bottom_lip"], LANDMARK_INDEX["mouth_center_top_lip"]


def gaping(gap: float, points: FloatArray = PORTRAIT_POINTS, identity: int = 0) -> Face:
    """The face with lips this many eye distances apart, as if seen from the front."""
    moved = points.copy()
    face = face_of(points)
    assert face.pose is not None
    moved[BOTTOM] = moved[TOP] + gap * face.pose.scale * face.pose.rotation[:2, 1]
    return replace(face_of(moved, identity), pose=face.pose)


def reported(gaps: list[float], frames_per_second: float = 30.0) -> list[bool]:
    """Whether the mouth counts as open after each gap."""
    triggers = Triggers()
    return [
        Trigger.MOUTH_OPEN in triggers.watch((gaping(gap),), index / frames_per_second)[0].active
        for index, gap in enumerate(gaps)
    ]


REST = [0.28] * 30


@pytest.mark.parametrize(
    ("gaps", "is_open"),
    [
        (REST, False),
        ([*REST, 0.50], True),
        # Hysteresis: 0.38 keeps an open mouth open, and does not open a closed one.
        ([*REST, 0.50, 0.38], True),
        ([*REST, 0.38], False),
        ([*REST, 0.50, 0.34], False),
        # Seen first with the mouth wide open, a photo perhaps; or with a smile that shows teeth.
        ([0.70], True),
        ([0.45], False),
        # A smile that was seen first is not yet known to be no rest.
        ([0.20, 0.45], True),
        ([0.30, 0.45], False),
    ],
)
def test_the_mouth_is_open_or_not(gaps: list[float], is_open: bool) -> None:
    assert reported(gaps)[-1] is is_open


def test_thin_lips_need_less_than_full_ones() -> None:
    thin, full = [0.18] * 300 + [0.38], [0.38] * 300 + [0.48]
    assert (reported(thin)[-1], reported(full)[-1]) == (True, False)


def test_a_gap_on_the_threshold_with_noise_does_not_flicker() -> None:
    noise = np.random.default_rng(3).normal(0, 0.012, 300)
    states = reported(REST + [0.28 + 0.14 + float(each) for each in noise])
    changes = sum(before != after for before, after in pairwise(states))
    assert changes == 1


def test_talking_does_not_wear_out_the_rest() -> None:
    talking = [0.25, 0.30, 0.60, 0.30] * 300
    states = reported(talking)
    assert states[2::4] == [True] * 300
    assert not any(states[0::4])


@pytest.mark.parametrize("frames_per_second", [5.0, 30.0, 120.0])
def test_the_frame_rate_makes_no_difference(frames_per_second: float) -> None:
    gaps = [0.22] * int(2 * frames_per_second) + [0.40]
    assert reported(gaps, frames_per_second)[-1]


@pytest.mark.parametrize("scale", [0.2, 1.0, 8.0])
@pytest.mark.parametrize("angles", [(0, 0, 0), (35, 0, 0), (0, 25, 0), (0, -25, 0), (20, 10, 70), (0, 0, 180)])
def test_the_gap_is_the_same_at_every_size_and_pose(scale: float, angles: tuple[float, float, float]) -> None:
    face = gaping(0.5, scale * turned_points(*angles))
    assert lip_gap(face) == pytest.approx(0.5, abs=0.01)


def test_a_held_face_keeps_its_triggers() -> None:
    triggers = Triggers()
    triggers.watch((gaping(0.3),), 0.0)
    triggers.watch((gaping(0.6),), 0.1)
    (face,) = triggers.watch((replace(gaping(0.3), held=True),), 0.2)
    assert Trigger.MOUTH_OPEN in face.active


def test_every_face_has_a_rest_of_its_own() -> None:
    triggers = Triggers()
    for index in range(60):
        triggers.watch((gaping(0.18, identity=1), gaping(0.38, identity=2)), index / 30)
    first, second = triggers.watch((gaping(0.42, identity=1), gaping(0.42, identity=2)), 2.1)
    assert Trigger.MOUTH_OPEN in first.active
    assert Trigger.MOUTH_CLOSED in second.active
