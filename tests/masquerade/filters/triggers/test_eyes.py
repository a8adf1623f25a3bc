"""Blinks, winks and closed eyes are recognised by the lids: against this face's own rest, at every size and pose."""

from dataclasses import replace

import numpy as np
import pytest
from masquerade.filters.triggers.eyes import lid_gaps
from masquerade.filters.triggers.triggers import Triggers
from masquerade.values import Trigger

from tests.masquerade.filters.actor import CLOSED, OPEN, Look, face, play, still

REST = still(1.0)
SHUT = Look(left_lids=CLOSED, right_lids=CLOSED)
LEFT, RIGHT = Look(left_lids=CLOSED), Look(right_lids=CLOSED)
EYES = {Trigger.BLINK, Trigger.WINK_LEFT, Trigger.WINK_RIGHT, Trigger.EYES_CLOSED}


@pytest.mark.parametrize(
    ("looks", "wanted"),
    [
        (REST, set()),
        (REST + still(0.1, SHUT), {Trigger.BLINK}),
        # It goes on for a moment after the eyes have opened, and not for ever.
        (REST + still(0.1, SHUT) + still(0.1), {Trigger.BLINK}),
        (REST + still(0.1, SHUT) + still(0.4), set()),
        (REST + still(0.6, SHUT), {Trigger.EYES_CLOSED}),
        (REST + still(0.6, SHUT) + still(0.4), set()),
        (REST + still(0.3, LEFT), {Trigger.WINK_LEFT}),
        (REST + still(0.3, RIGHT), {Trigger.WINK_RIGHT}),
        # One eye comes first in a blink.
        (REST + still(0.07, LEFT) + still(0.1, SHUT), {Trigger.BLINK}),
        (REST + still(0.07, LEFT), set()),
        # Who looks down has the lids lower.
        (REST + still(1.0, Look(left_lids=0.72 * OPEN, right_lids=0.72 * OPEN)), set()),
        # Narrow eyes are no closed ones, and close, too.
        (still(1.0, Look(left_lids=0.07, right_lids=0.07)), set()),
        (
            still(3.0, Look(left_lids=0.07, right_lids=0.07)) + still(0.6, Look(left_lids=0.03, right_lids=0.03)),
            {Trigger.EYES_CLOSED},
        ),
    ],
)
def test_eyes_are_judged_against_their_rest(looks: list[Look], wanted: set[Trigger]) -> None:
    assert play(looks)[-1] & EYES == wanted


@pytest.mark.parametrize("angles", [(0, 0, 0), (25, 0, 0), (-25, 10, 0), (0, 18, 0), (0, -18, 12), (0, 0, 140)])
@pytest.mark.parametrize("scale", [20.0, 250.0])
def test_it_is_the_same_at_every_size_and_pose(angles: tuple[float, float, float], scale: float) -> None:
    yaw, pitch, roll = angles
    rest, wink = (replace(each, yaw=yaw, pitch=pitch, roll=roll) for each in (Look(), LEFT))
    states = play(still(1.0, rest) + still(0.5, wink) + still(0.5, rest), scale=scale)
    assert not states[29] & EYES
    assert states[44] & EYES == {Trigger.WINK_LEFT}
    assert not states[-1] & EYES
    assert lid_gaps(face(rest, scale)) == pytest.approx((OPEN, OPEN), rel=0.15)


def test_a_photo_of_closed_eyes_has_them_closed() -> None:
    assert Trigger.EYES_CLOSED in play([SHUT])[0]
    assert not play([Look()])[0] & EYES


def test_without_contours_nothing_is_said_of_the_eyes() -> None:
    plain = face(SHUT)
    plain = replace(plain, keypoints=replace(plain.keypoints, contours=None))
    assert not Triggers().watch((plain,), 0.0)[0].active & EYES
    with pytest.raises(ValueError, match="faces with contours alone"):
        lid_gaps(plain)


def test_noise_of_the_lids_does_not_flicker() -> None:
    random = np.random.default_rng(3)
    looks = [
        Look(left_lids=OPEN + float(left), right_lids=OPEN + float(right))
        for left, right in random.normal(0, 0.012, (300, 2))
    ]
    assert not any(each & EYES for each in play(looks))
