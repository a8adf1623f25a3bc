"""Tests that a pose is found again from the points it shows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from masquerade.geometry.head import HEAD_ANCHORS, model_landmarks
from masquerade.geometry.pose import fit_pose, project, rotation_from
from masquerade.values import LANDMARK_NAMES, Pose

ANGLES = st.floats(-60, 60)


def seen(yaw: float, pitch: float, roll: float, scale: float = 80.0) -> Pose:
    return Pose(rotation_from(yaw, pitch, roll), scale, np.array([300, 200], np.float32), yaw, pitch, roll)


@given(ANGLES, ANGLES, st.floats(-170, 170), st.floats(5, 600))
def test_every_pose_is_found_again_from_its_own_view(yaw: float, pitch: float, roll: float, scale: float) -> None:
    shown = seen(yaw, pitch, roll, scale)
    found = fit_pose(project(shown, model_landmarks()))
    assert found.yaw == pytest.approx(yaw, abs=0.1)
    assert found.pitch == pytest.approx(pitch, abs=0.1)
    assert found.roll == pytest.approx(roll, abs=0.1)
    assert found.scale == pytest.approx(scale, rel=1e-3)
    np.testing.assert_allclose(found.origin_xy, shown.origin_xy, atol=scale * 1e-3)


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll", "nose_moves"),
    [
        (30, 0, 0, (1, 0)),  # turned to the image's right: the nose goes right
        (-30, 0, 0, (-1, 0)),
        (0, 30, 0, (0, 1)),  # looks down: the nose goes down, y grows
        (0, -30, 0, (0, -1)),
        (0, 0, 90, (-1, 0)),  # tilted clockwise by a quarter: what was below is now left
    ],
)
def test_the_signs_of_the_angles_match_the_docstring(
    yaw: float, pitch: float, roll: float, nose_moves: tuple[int, int]
) -> None:
    # Seen from the front the nose tip lies below the eyes: compare with the part that does not turn.
    nose = np.array([HEAD_ANCHORS["nose_tip"]], np.float32)
    flat = nose * np.array([1, 1, 0], np.float32)
    protrusion = nose if roll else nose - flat
    moved = (seen(yaw, pitch, roll).rotation[:2] @ protrusion.T)[:, 0]
    assert [round(float(value)) if abs(value) > 0.25 else 0 for value in moved / abs(moved).max()] == list(nose_moves)


def test_points_that_are_all_one_point_give_a_finite_pose() -> None:
    pose = fit_pose(np.full((15, 2), 7, np.float32))
    assert np.isfinite(pose.rotation).all()
    assert np.isfinite(pose.origin_xy).all()


def test_the_two_halves_of_the_head_are_mirror_images() -> None:
    for name, (x, y, z) in HEAD_ANCHORS.items():
        if name.startswith("left_"):
            assert HEAD_ANCHORS["right_" + name[5:]] == (-x, y, z)
    assert {*LANDMARK_NAMES} <= {*HEAD_ANCHORS}
