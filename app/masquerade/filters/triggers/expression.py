"""Measures what a face does, apart from how large it is and how the head is turned."""

import math
from dataclasses import dataclass

import numpy as np

from masquerade.filters.triggers.gestures import Turn
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import pose_of
from masquerade.values import LANDMARK_INDEX, Face, FloatArray, Pose

_TOP = LANDMARK_INDEX["mouth_center_top_lip"]
_BOTTOM = LANDMARK_INDEX["mouth_center_bottom_lip"]
_LEFT_CORNER = LANDMARK_INDEX["mouth_left_corner"]
_RIGHT_CORNER = LANDMARK_INDEX["mouth_right_corner"]
_NOSE = LANDMARK_INDEX["nose_tip"]
_EYES, _BROWS = slice(0, 6), slice(6, 10)
_DEPTHS = model_landmarks()[:, 2]
# Turning by 70 degrees leaves a third of a length: beyond that, noise would be enlarged.
_SHORTEST = 0.35
# How much a smile's raised corners count beside its width.
_RAISED_CORNERS = 1.5
# No head is the mean head: one that looks up seems to lift its brows by this much a degree.
_BROWS_A_DEGREE = 0.002


@dataclass(frozen=True, slots=True)
class Expression:
    """What one face does in one frame; lengths in eye distances, seen from the front.

    Attributes:
        lip_gap: between the lips' outer edges.
        mouth_width: between the mouth's corners.
        smile: the mouth's width and its corners' height together; without meaning by itself.
        brow_height: of the brows above the eyes.
        yaw, pitch: how far the head is turned to the side, and up or down.
        roll: degrees, as in Pose.
    """

    lip_gap: float
    mouth_width: float
    smile: float
    brow_height: float
    yaw: Turn
    pitch: Turn
    roll: float


def expression_of(face: Face) -> Expression:
    """Return what a face does."""
    pose = pose_of(face)
    x, y = _front_view(face.keypoints.points, pose).T
    width = float(x[_LEFT_CORNER] - x[_RIGHT_CORNER])
    roll = math.radians(pose.roll)
    across = (pose.scale * math.cos(roll), pose.scale * math.sin(roll))
    place_xy = (float(pose.origin_xy[0]), float(pose.origin_xy[1]))
    raised = float(y[_NOSE] - (y[_LEFT_CORNER] + y[_RIGHT_CORNER]) / 2)
    return Expression(
        lip_gap=lip_gap(face),
        mouth_width=width,
        smile=width + _RAISED_CORNERS * raised,
        brow_height=float(y[_EYES].mean() - y[_BROWS].mean()) + _BROWS_A_DEGREE * pose.pitch,
        yaw=Turn(pose.yaw, place_xy, (across[0], across[1])),
        pitch=Turn(pose.pitch, place_xy, (-across[1], across[0])),
        roll=pose.roll,
    )


def lip_gap(face: Face) -> float:
    """Return the distance between the lips' outer edges in eye distances, however far and turned the face is.

    Only its part along the face's own vertical counts, made longer by as much as a nod
    makes it look shorter.
    """
    pose = pose_of(face)
    down = pose.rotation[:2, 1]
    length = max(float(np.hypot(*down)), _SHORTEST)
    gap = face.keypoints.points[_BOTTOM] - face.keypoints.points[_TOP]
    return float(gap @ down) / (length * length * pose.scale)


def _front_view(landmarks: FloatArray, pose: Pose) -> FloatArray:
    """Return (15, 2) pixels -> (15, 2) x and y of the head model, taking each landmark's depth from the model."""
    left, values, right = np.linalg.svd(pose.rotation[:2, :2])
    back = (right.T / np.maximum(values, _SHORTEST)) @ left.T
    flat = (landmarks - pose.origin_xy) / pose.scale - np.outer(_DEPTHS, pose.rotation[:2, 2])
    return np.asarray(flat @ back.T, np.float32)
