"""Add the tracked faces to the mask of the people, where the segmenter has missed them."""

import cv2
import numpy as np

from masquerade.filters.compositing.outline import Ellipsoid, Outline, head_of, outline_of, outside_mask
from masquerade.filters.compositing.placement import smoothstep
from masquerade.filters.people.presence import VisibleFace
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray

# Skin between the jaw and the hair, a little inside of both.
_FACE = Ellipsoid((0.0, 0.42, 0.30), (0.82, 1.22, 0.70))
# Below this share of the face in the mask the segmenter has missed the person, above that it has found them.
_MISSED, _FOUND = 0.35, 0.75
# The head's outline with its hair and the mask's soft edge, as a multiple of it.
_HAIR = 1.12
# Neck and shoulders of a missed person, straight below the eyes, eye distances: how far, and half the width and height.
_BODY = ((2.2, 0.75, 1.1), (4.6, 2.5, 2.0))


def with_faces(person: ByteArray, faces: tuple[VisibleFace, ...], frame_height: int) -> ByteArray:
    """Return the mask with every tracked face added; for a missing face, head and shoulders.

    The segmenter loses dark faces in the dark and overexposed ones. A tracked face is certainly a person.

    Args:
        person: (rows, columns) uint8, 255 where there are people; not changed.
        faces: in pixels of the frame, whose proportions the mask has.
        frame_height: rows of the frame.
    """
    filled, share = person.copy(), person.shape[0] / frame_height
    for face in (each for each in faces if each.gone is None):
        pose = pose_of(face.face)
        covered = _add(filled, _scaled(outline_of(_FACE, pose), share), 1.0)
        missed = 1.0 - smoothstep((covered - _MISSED) / (_FOUND - _MISSED))
        if missed > 0.0:
            head = outline_of(head_of(face.head), pose).grown(_HAIR)
            _add(filled, _scaled(head, share), missed)
            for down, across, half_height in _BODY:
                middle = np.asarray(pose.origin_xy + np.array((0.0, down * pose.scale)), np.float64)
                body = Outline(middle, np.diag((across, half_height)) * pose.scale)
                _add(filled, _scaled(body, share), missed)
    return filled


def _scaled(outline: Outline, share: float) -> Outline:
    """Return an outline of the frame in pixels of a smaller image of it."""
    return Outline((outline.centre_xy + 0.5) * share - 0.5, outline.axes * share)


def _add(mask: ByteArray, outline: Outline, amount: float) -> float:
    """Add what is inside an outline to a mask, in place.

    Returns:
        The share of it that was in the mask before, 0 to 1; 1 where it lies outside of the frame.
    """
    left, top, right, bottom = (round(each) for each in outline.box())
    left, top = max(left, 0), max(top, 0)
    part = mask[top : max(bottom + 1, 0), left : max(right + 1, 0)]
    if part.size == 0:
        return 1.0
    inside = cv2.bitwise_not(outside_mask(outline, left, top, (part.shape[1], part.shape[0])))
    covered = float(np.vdot(part.astype(np.float32), inside.astype(np.float32))) / 255 / max(float(inside.sum()), 1.0)
    cv2.max(part, cv2.convertScaleAbs(inside, alpha=amount), dst=part)
    return covered
