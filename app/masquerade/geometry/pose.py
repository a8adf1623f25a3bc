"""Fits the pose of a head to its 15 landmarks, and projects places of the head into the image."""

import math

import numpy as np

from masquerade.geometry.head import model_landmarks
from masquerade.values import LANDMARK_NAMES, Face, FloatArray, Pose

Row = tuple[float, float, float]

# How far a landmark may be trusted for the pose: what moves with talking and frowning says
# little about the head.
_LESS_TRUSTED = {
    "mouth_center_bottom_lip": 0.1,
    "mouth_center_top_lip": 0.5,
    "mouth_left_corner": 0.6,
    "mouth_right_corner": 0.6,
    "left_eyebrow_inner_end": 0.4,
    "left_eyebrow_outer_end": 0.4,
    "right_eyebrow_inner_end": 0.4,
    "right_eyebrow_outer_end": 0.4,
}
_WEIGHTS = np.array([_LESS_TRUSTED.get(name, 1.0) for name in LANDMARK_NAMES])


def _least_squares_operator() -> tuple[FloatArray, tuple[float, float, float]]:
    """Return the (15, 4) operator from points to the view's linear part and mean; the head model's mean."""
    shares = _WEIGHTS / _WEIGHTS.sum()
    shape = model_landmarks().astype(np.float64)
    x, y, z = (shares @ shape).tolist()
    centred = shape - (x, y, z)
    weighted = centred * shares[:, None]
    linear = weighted @ np.linalg.inv(centred.T @ weighted)
    return np.column_stack([linear, shares]).astype(np.float32), (x, y, z)


_OPERATOR, _SHAPE_MEAN = _least_squares_operator()


def pose_of(face: Face) -> Pose:
    """Return the pose of a face, fitted to its landmarks if it has none yet."""
    return face.pose or fit_pose(face.keypoints.points)


def fit_pose(landmarks: FloatArray) -> Pose:
    """Return the pose whose view of the head model is closest to `landmarks`.

    The view is first fitted as any affine map, which is one matrix product, and then made
    a rotation and a scale by the polar decomposition; a flat set of points (all in a line)
    has no pose and is answered with the nearest one that is finite.

    Args:
        landmarks: (15, 2) float32, pixels of the frame, in the order of LANDMARK_NAMES.

    Source:
        Dementhon, Davis, "Model-based object pose in 25 lines of code" (1995): the scaled
        orthographic step (POS).
    """
    (ax, ay, az, x), (bx, by, bz, y) = (landmarks.T @ _OPERATOR).tolist()
    # Polar decomposition of the two rows: multiply by the inverse square root of their Gram matrix.
    aa, bb, ab = ax * ax + ay * ay + az * az, bx * bx + by * by + bz * bz, ax * bx + ay * by + az * bz
    root = math.sqrt(max(aa * bb - ab * ab, 1e-12))
    trace = math.sqrt(aa + bb + 2 * root)
    if trace < 1e-6:
        return _pose((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 1e-3, (x, y))
    p, q, r = (bb + root) / (trace * root), -ab / (trace * root), (aa + root) / (trace * root)
    first = (p * ax + q * bx, p * ay + q * by, p * az + q * bz)
    second = (q * ax + r * bx, q * ay + r * by, q * az + r * bz)
    return _pose(first, second, trace / 2, (x, y))


def _pose(first: Row, second: Row, scale: float, mean_xy: tuple[float, float]) -> Pose:
    """Complete the rotation whose first two rows are given; `mean_xy` is where the mean of the landmarks is seen."""
    # Plain numbers: numpy's calls would take three times as long.
    (ax, ay, az), (bx, by, bz), (x, y, z) = first, second, _SHAPE_MEAN
    cx, cy, cz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    origin_x = mean_xy[0] - scale * (ax * x + ay * y + az * z)
    origin_y = mean_xy[1] - scale * (bx * x + by * y + bz * z)
    return Pose(
        rotation=np.array((first, second, (cx, cy, cz)), np.float32),
        scale=scale,
        origin_xy=np.array((origin_x, origin_y), np.float32),
        yaw=math.degrees(math.asin(max(-1.0, min(1.0, cx)))),
        pitch=math.degrees(math.atan2(cy, cz)),
        roll=math.degrees(math.atan2(bx, ax)),
    )


def project(pose: Pose, places: FloatArray) -> FloatArray:
    """Return where places of the head appear in the image.

    Args:
        pose: of the head.
        places: (N, 3) float32, in the head model's unit and axes.

    Returns:
        (N, 2) float32, pixels of the frame.
    """
    return np.asarray(pose.origin_xy + pose.scale * (places @ pose.rotation[:2].T), np.float32)


def rotation_from(yaw: float, pitch: float, roll: float) -> FloatArray:
    """Return the (3, 3) float32 rotation with these angles, in degrees, as in a Pose."""
    turn, nod, tilt = (math.radians(angle) for angle in (-yaw, pitch, roll))
    cosine_y, sine_y = math.cos(turn), math.sin(turn)
    cosine_x, sine_x = math.cos(nod), math.sin(nod)
    cosine_z, sine_z = math.cos(tilt), math.sin(tilt)
    # About x first, then y, then z; multiplied out, since numpy's calls would take ten times as long.
    first = (cosine_y, sine_y * sine_x, sine_y * cosine_x)
    second = (0.0, cosine_x, -sine_x)
    return np.array(
        (
            [cosine_z * u - sine_z * v for u, v in zip(first, second, strict=True)],
            [sine_z * u + cosine_z * v for u, v in zip(first, second, strict=True)],
            (-sine_y, cosine_y * sine_x, cosine_y * cosine_x),
        ),
        np.float32,
    )
