"""The head's outline is that of its ellipsoid, from every side."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from masquerade.filters.compositing.outline import HEAD, Outline, outline_of, outside_mask, soft_inside
from masquerade.geometry.pose import project

from tests.masquerade.filters.portrait import model_face


def surface_points(count: int = 4000) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """(N, 3) places on the head's ellipsoid."""
    directions = np.random.default_rng(0).normal(size=(count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return (np.array(HEAD.centre) + np.array(HEAD.radii) * directions).astype(np.float32)


@given(yaw=st.floats(-80, 80), pitch=st.floats(-60, 60), roll=st.floats(-180, 180))
@settings(max_examples=40, deadline=None)
def test_the_whole_surface_is_seen_inside_and_reaches_the_edge(yaw: float, pitch: float, roll: float) -> None:
    pose = model_face(90, (300, 200), (yaw, pitch, roll)).pose
    assert pose is not None
    reach = outline_of(HEAD, pose).reach(project(pose, surface_points()).astype(np.float64))
    assert reach.max() == pytest.approx(1.0, abs=0.01)


@given(angle=st.floats(0, 7), length=st.floats(0, 400))
@settings(max_examples=60, deadline=None)
def test_a_stretched_ellipse_covers_the_way(angle: float, length: float) -> None:
    outline = Outline(np.array([110.0, 60.0]), np.array([[40.0, 0.0], [10.0, 20.0]]))
    offset = length * np.array([np.cos(angle), np.sin(angle)])
    turns = np.linspace(0, 2 * np.pi, 100)
    edge = outline.centre_xy + (outline.axes @ [np.cos(turns), np.sin(turns)]).T
    stretched = outline.stretched(offset)
    for share in (0.0, 0.5, 1.0):
        assert stretched.reach(edge + share * offset).max() <= 1.0 + 1e-6


def test_an_ellipse_that_is_not_moved_is_not_stretched() -> None:
    outline = Outline(np.array([110.0, 60.0]), np.array([[40.0, 0.0], [10.0, 20.0]]))
    small = outline.stretched(np.array([0.01, 0.0]))
    assert small.axes @ small.axes.T == pytest.approx(outline.axes @ outline.axes.T, rel=0.001)


def test_the_mask_hides_what_is_inside() -> None:
    outline = Outline(np.array([110.0, 60.0]), np.array([[40.0, 0.0], [0.0, 20.0]]))
    mask = outside_mask(outline, 50, 30, (120, 60))
    assert mask.shape == (60, 120)
    assert (mask[30, 60], mask[30, 60 + 36], mask[30, 60 + 42], mask[0, 0]) == (0, 0, 255, 255)
    edge = mask[30, 95:105].astype(int)
    assert (np.diff(edge) >= 0).all()
    assert ((edge > 0) & (edge < 255)).any()


def test_the_inside_is_soft_outside_only() -> None:
    values = soft_inside(np.array([0.0, 1.0, 1.1, 1.2, 5.0]), 0.2)
    assert values == pytest.approx([1.0, 1.0, 0.5, 0.0, 0.0])
