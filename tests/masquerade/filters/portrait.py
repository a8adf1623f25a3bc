"""Gives the demo portrait with its 15 points, marked by hand, in poses made from the head model."""

import cv2
import numpy as np
from masquerade.geometry.head import model_landmarks
from masquerade.geometry.pose import fit_pose, rotation_from
from masquerade.resources import bundled
from masquerade.values import ByteArray, Face, FloatArray, Keypoints, Trigger

# Marked on the 512 x 512 image at eleven times its size, in the order of LANDMARK_NAMES.
PORTRAIT_POINTS = np.array(
    [
        (246.5, 102.9),
        (202.9, 100.5),
        (238.1, 103.2),
        (258.5, 104.1),
        (211.4, 101.8),
        (192.9, 99.6),
        (236.7, 93.6),
        (262.5, 95.2),
        (212.5, 92.1),
        (190.3, 89.4),
        (224.1, 125.2),
        (243.2, 141.4),
        (203.6, 140.1),
        (223.4, 139.3),
        (223.4, 153.7),
    ],
    np.float32,
)

# The same on the 512 x 600 image of Grace Hopper; the frame of her glasses hides the brows.
HOPPER_POINTS = np.array(
    [
        (307.0, 186.4),
        (226.6, 189.0),
        (290.5, 191.0),
        (323.0, 188.0),
        (239.5, 193.2),
        (207.0, 192.4),
        (280.6, 172.2),
        (343.1, 172.8),
        (249.2, 173.2),
        (185.9, 178.1),
        (266.9, 238.8),
        (303.0, 275.1),
        (230.7, 277.3),
        (267.0, 273.2),
        (267.3, 288.5),
    ],
    np.float32,
)


def portrait_pixels() -> ByteArray:
    """Returns the image as a new (512, 512, 4) uint8 BGRA array."""
    image = cv2.imread(str(bundled("assets") / "demo" / "eileen_collins.jpg"), cv2.IMREAD_COLOR)
    assert image is not None, "the demo portrait is missing"
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2BGRA), np.uint8)


def face_of(points: FloatArray, identity: int = 0, active: frozenset[Trigger] = frozenset()) -> Face:
    """Returns a face with these points and the pose that fits them."""
    points = points.astype(np.float32)
    return Face(identity, Keypoints(points, 1.0), fit_pose(points), active=active)


def portrait_face(active: frozenset[Trigger] = frozenset()) -> Face:
    """Returns the face as it is in the image."""
    return face_of(PORTRAIT_POINTS, active=active)


def turned_points(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> FloatArray:
    """Returns the portrait's points with the head turned further, degrees; depth is the head model's."""
    pose = fit_pose(PORTRAIT_POINTS)
    inside = (PORTRAIT_POINTS - pose.origin_xy) / pose.scale
    depth = (model_landmarks() @ pose.rotation.T)[:, 2:]
    moved = np.hstack([inside, depth]) @ rotation_from(yaw, pitch, roll).T
    return (pose.origin_xy + pose.scale * moved[:, :2]).astype(np.float32)


def model_face(scale: float, centre_xy: tuple[float, float], angles: tuple[float, float, float]) -> Face:
    """Returns the mean head's face: pixels of an eye distance, place, and yaw, pitch, roll in degrees."""
    turned = model_landmarks() @ rotation_from(*angles).T
    return face_of(np.asarray(centre_xy, np.float32) + scale * turned[:, :2])
