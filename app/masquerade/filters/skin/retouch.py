"""Paint retouch layers: skin is evened out, while pores, edges, eyes, brows and lips stay."""

import cv2
import numpy as np
from numpy.typing import NDArray

from masquerade.filters.compositing.outline import Ellipsoid, Outline, outline_of
from masquerade.filters.format.layers import RetouchLayer
from masquerade.filters.people.motion import visible_share
from masquerade.filters.people.per_face import PerFace
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.geometry.pose import pose_of
from masquerade.values import LANDMARK_INDEX, ByteArray, Face, FloatArray, Matrix

_NOTHING = 1 / 256
_SKIN = Ellipsoid((0.0, 0.42, 0.30), (0.86, 1.22, 0.85))
# Pixels of the eye distance at which skin is evened out: what is finer than a pixel of that stays.
_WORK_EYE_DISTANCE = 56.0
# A guided filter with itself as guide (He, Sun, Tang 2013): half its window, and the
# contrast that it keeps, as a share of the brightness.
_RADIUS, _EPSILON = 6, 0.16**2
# What is finer than this stays, too: pores.
_PORES = 3
# Pixels of the working image from full to no effect.
_SOFT = 9
# Shades of light at full strength.
_LIFT = 12.0
# Widths of what stays free, in eye distances.
_EYE, _BROW, _LIPS = 0.17, 0.15, 0.09
_SHIFT_BITS = 4
_LIP_NAMES = ("left_corner", "center_top_lip", "right_corner", "center_bottom_lip")


class RetouchPainter:
    """Paint one retouch layer on all faces. For one thread."""

    hides_faces = False
    covers_head = False

    def __init__(self, layer: RetouchLayer) -> None:
        self._layer = layer
        self.memory = PerFace[float]()

    def paint(self, pixels: ByteArray, face: VisibleFace, frame: FrameContext) -> VisibleFace:
        """Even out the skin of one face in a frame, in place; see FaceLayerPainter."""
        amount = visible_share(self._layer.trigger, self.memory, face, frame)
        outline = outline_of(_SKIN, pose_of(face.face))
        left, top, right, bottom = (round(each) for each in outline.grown(1.1).box())
        part = pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        if amount >= _NOTHING and min(part.shape[:2]) > 2 * _RADIUS:
            self._retouch(part, face.face, outline, (max(left, 0), max(top, 0)), amount)
        return face

    def _retouch(self, part: ByteArray, face: Face, outline: Outline, corner: tuple[int, int], amount: float) -> None:
        """Change a part of the frame, in place."""
        scale = pose_of(face).scale
        shrink = min(1.0, _WORK_EYE_DISTANCE / max(scale, 1.0))
        size_wh = max(round(part.shape[1] * shrink), 2), max(round(part.shape[0] * shrink), 2)
        small = np.asarray(cv2.resize(part[..., :3], size_wh, interpolation=cv2.INTER_AREA), np.float32)
        small = small / np.float32(255)
        to_small = np.array([size_wh[0] / part.shape[1], size_wh[1] / part.shape[0]])
        mask = _skin_mask(face, outline, corner, to_small, (size_wh[1], size_wh[0]))
        # Pores are what changes from one pixel to the next: the change itself is free of that.
        evened = np.asarray(cv2.blur(_even(small) - small, (_PORES, _PORES)), np.float32)
        change = 255 * self._layer.smooth * evened + self._layer.light * _LIFT
        change = change * (amount * mask)[..., None]
        large = cv2.resize(change, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_LINEAR)
        part[..., :3] = np.clip(part[..., :3] + large + 0.5, 0, 255)


def _even(image: FloatArray) -> FloatArray:
    """Return the image without its small contrasts: edges stay where they are."""
    window = (2 * _RADIUS + 1, 2 * _RADIUS + 1)
    mean = np.asarray(cv2.blur(image, window), np.float32)
    variance = np.asarray(cv2.blur(image * image, window), np.float32) - mean * mean
    # A share of the brightness, so that dark and fair skin are evened out alike.
    slope = variance / (variance + np.float32(_EPSILON) * mean * mean + np.float32(1e-6))
    offset = mean - slope * mean
    return np.asarray(cv2.blur(slope, window) * image + cv2.blur(offset, window), np.float32)


def _skin_mask(
    face: Face, outline: Outline, corner: tuple[int, int], to_small: Matrix, shape: tuple[int, int]
) -> FloatArray:
    """Return (h, w), 1 on skin, 0 on eyes, brows and lips and off the face, soft between."""
    mask = np.zeros(shape, np.uint8)
    angles = np.linspace(0.0, 2 * np.pi, 48, endpoint=False)
    ring = outline.centre_xy + np.stack([np.cos(angles), np.sin(angles)], 1) @ outline.axes.T
    _fill(mask, (ring - corner) * to_small, 255)
    landmarks = (face.keypoints.points - np.array(corner)) * to_small
    unit = pose_of(face).scale * float(to_small.mean())
    for first, last, width in (
        ("left_eye_inner_corner", "left_eye_outer_corner", _EYE),
        ("right_eye_inner_corner", "right_eye_outer_corner", _EYE),
        ("left_eyebrow_inner_end", "left_eyebrow_outer_end", _BROW),
        ("right_eyebrow_inner_end", "right_eyebrow_outer_end", _BROW),
    ):
        _stroke(mask, landmarks[LANDMARK_INDEX[first]], landmarks[LANDMARK_INDEX[last]], 2 * width * unit)
    lips = [landmarks[LANDMARK_INDEX[f"mouth_{name}"]] for name in _LIP_NAMES]
    _fill(mask, np.array(lips), 0)
    for first_lip, last_lip in zip(lips, [*lips[1:], lips[0]], strict=True):
        _stroke(mask, first_lip, last_lip, 2 * _LIPS * unit)
    soft = cv2.blur(cv2.erode(mask, np.ones((3, 3), np.uint8)), (_SOFT, _SOFT))
    return np.asarray(soft, np.float32) / np.float32(255)


def _fill(mask: ByteArray, ring: Matrix, value: int) -> None:
    cv2.fillPoly(mask, [_fixed(ring)], value, cv2.LINE_8, _SHIFT_BITS)


def _stroke(mask: ByteArray, start: Matrix, end: Matrix, width: float) -> None:
    ends = _fixed(np.stack([start, end])).tolist()
    cv2.line(mask, ends[0], ends[1], 0, max(round(width), 1), cv2.LINE_8, _SHIFT_BITS)


def _fixed(landmarks: Matrix) -> NDArray[np.int32]:
    """Return landmarks in OpenCV's fixed-point form; those far outside are brought nearer, unseen."""
    return np.round(np.clip(landmarks, -1e4, 1e4) * (1 << _SHIFT_BITS)).astype(np.int32)
