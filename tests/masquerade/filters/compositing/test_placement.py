"""Art lies on the head as the format says, from every side."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from masquerade.filters.compositing.placement import Placement, place, plane_of
from masquerade.filters.format.art.svg import ArtBox
from masquerade.filters.format.layers import Anchor, Blend, Follow, StickerLayer
from masquerade.geometry.head import HEAD_ANCHORS
from masquerade.geometry.pose import project
from masquerade.geometry.similarity import transform_points
from masquerade.values import LANDMARK_INDEX, Face, FloatArray, Matrix

from tests.masquerade.filters.portrait import PORTRAIT_POINTS, face_of, model_face, portrait_face, turned_points

BOX = ArtBox(0, 0, 1200, 480)
SIZE_WH = (1280, 720)
EYES = (Anchor("right_eye_center", 322, 232), Anchor("left_eye_center", 878, 232))
ALL = frozenset(Follow)


def sticker(anchors: tuple[Anchor, ...] = EYES, **changes: object) -> StickerLayer:
    values: dict[str, object] = {
        "art": "a.svg",
        "part": None,
        "anchors": anchors,
        "width": None if len(anchors) > 1 else 2.0,
        "follows": ALL,
        "depth": 0.0,
        "turn": (0.0, 0.0),
        "behind": False,
        "blend": Blend.NORMAL,
        "opacity": 1.0,
        "lag": 0.0,
        "trigger": None,
    }
    return StickerLayer(**(values | changes))  # type: ignore[arg-type]


def placed(layer: StickerLayer, face: Face) -> Placement:
    return place(plane_of(layer, BOX), face, layer.follows, SIZE_WH)


def seen(placement: Placement, *art_xy: tuple[float, float]) -> Matrix:
    """Where places of the art are seen, (N, 2)."""
    whole = placement.matrix @ np.array([[x, y, 1.0] for x, y in art_xy]).T
    return (whole[:2] / whole[2]).T


def corners(placement: Placement) -> Matrix:
    return seen(placement, (0, 0), (1200, 0), (1200, 480), (0, 480))


@given(
    angle=st.floats(-math.pi, math.pi),
    scale=st.floats(0.3, 6.0),
    shift=st.tuples(st.floats(-500, 2000), st.floats(-500, 2000)),
    yaw=st.floats(-40, 40),
    pitch=st.floats(-25, 25),
    turn=st.sampled_from([(0.0, 0.0), (60.0, 0.0), (0.0, -30.0)]),
    depth=st.sampled_from([0.0, 0.8]),
)
@settings(max_examples=60, deadline=None)
def test_a_similarity_of_the_face_moves_the_art_by_the_same_similarity(
    angle: float,
    scale: float,
    shift: tuple[float, float],
    yaw: float,
    pitch: float,
    turn: tuple[float, float],
    depth: float,
) -> None:
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    similarity = np.array([[cosine, -sine, shift[0]], [sine, cosine, shift[1]]], np.float32)
    points = turned_points(yaw, pitch)
    layer = sticker(turn=turn, depth=depth)
    before = corners(placed(layer, face_of(points))).astype(np.float32)
    after = corners(placed(layer, face_of(transform_points(similarity, points))))
    # float32 points of up to 5000 pixels are exact to a few thousandths.
    assert after == pytest.approx(transform_points(similarity, before), abs=0.03 * max(1.0, scale))


@given(yaw=st.floats(-45, 45), pitch=st.floats(-30, 30), roll=st.floats(-60, 60))
@settings(max_examples=60, deadline=None)
def test_glasses_sit_on_the_eyes_that_were_found(yaw: float, pitch: float, roll: float) -> None:
    points = turned_points(yaw, pitch, roll)
    eyes = seen(placed(sticker(), face_of(points)), (322, 232), (878, 232))
    assert eyes == pytest.approx(points[[1, 0]], abs=0.02 * 44)


def test_one_observed_anchor_is_met_exactly() -> None:
    points = PORTRAIT_POINTS.copy()
    points[LANDMARK_INDEX["nose_tip"]] += (7, -4)
    layer = sticker((Anchor("nose_tip", 600, 240),))
    assert seen(placed(layer, face_of(points)), (600, 240))[0] == pytest.approx(points[10], abs=0.01)


def test_one_anchor_has_the_width_that_is_given() -> None:
    placement = placed(sticker((Anchor("nose_tip", 600, 240),), width=1.5), model_face(100, (640, 360), (0, 0, 0)))
    left, right = seen(placement, (0, 240), (1200, 240))
    assert right - left == pytest.approx((150, 0), abs=1.0)


def test_virtual_anchors_are_where_the_pose_sees_them() -> None:
    face = model_face(100, (640, 360), (25, 10, -15))
    places = np.array([HEAD_ANCHORS["left_ear"]], np.float32)
    assert face.pose is not None
    placement = placed(sticker((Anchor("left_ear", 600, 240),)), face)
    assert seen(placement, (600, 240)) == pytest.approx(project(face.pose, places), abs=0.05)


def test_a_plane_that_faces_away_is_not_seen() -> None:
    arm = sticker((Anchor("left_temple", 0, 240),), turn=(80.0, 0.0))
    shown = [placed(arm, model_face(100, (640, 360), (yaw, 0, 0))).opacity for yaw in (-60, -20, 0, 20)]
    assert shown[0] == 1.0
    assert shown[3] == 0.0
    assert sorted(shown, reverse=True) == shown


def test_a_deeper_plane_lags_behind_the_turn() -> None:
    near, far = (
        seen(placed(sticker((Anchor("nose_bridge", 600, 240),), depth=depth), turned), (600, 240))[0, 0]
        for depth in (0.0, 1.0)
        for turned in [model_face(100, (640, 360), (30, 0, 0))]
    )
    assert near - far == pytest.approx(100 * math.sin(math.radians(30)), abs=1.0)


def test_the_near_side_of_a_turned_plane_is_higher() -> None:
    """Turned to the right of the image, the left side of the image is the nearer one."""
    top_left, top_right, bottom_right, bottom_left = corners(placed(sticker(), model_face(100, (640, 360), (35, 0, 0))))
    assert np.hypot(*(bottom_left - top_left)) > 1.1 * np.hypot(*(bottom_right - top_right))


@pytest.mark.parametrize(
    ("follows", "angles"),
    [
        (ALL - {Follow.ROLL}, (0, 0, 30)),
        (ALL - {Follow.YAW}, (30, 0, 0)),
        (ALL - {Follow.PITCH}, (0, 25, 0)),
    ],
)
def test_what_is_not_followed_is_left_out(follows: frozenset[Follow], angles: tuple[float, float, float]) -> None:
    layer = sticker((Anchor("nose_tip", 600, 240),), follows=follows)
    outline = corners(placed(layer, model_face(100, (640, 360), angles)))
    straight = corners(placed(layer, model_face(100, (640, 360), (0, 0, 0))))
    assert outline - outline[0] == pytest.approx(straight - straight[0], abs=1.5)


def test_a_size_that_is_not_followed_stays() -> None:
    layer = sticker(follows=ALL - {Follow.SCALE})
    widths = [np.ptp(corners(placed(layer, model_face(scale, (640, 360), (0, 0, 0))))[:, 0]) for scale in (40, 160)]
    assert widths[0] == pytest.approx(widths[1], rel=0.01)


def test_a_small_motion_of_the_face_is_a_small_motion_of_the_art() -> None:
    noise: FloatArray = np.random.default_rng(1).normal(0, 0.05, (15, 2)).astype(np.float32)
    moved = corners(placed(sticker(), face_of(PORTRAIT_POINTS + noise))) - corners(placed(sticker(), portrait_face()))
    assert np.abs(moved).max() < 0.4
