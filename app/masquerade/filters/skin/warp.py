"""Paints warp layers: bends the image of a face by one map, inside the face's own box alone."""

from dataclasses import replace

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.format.layers import WarpLayer
from masquerade.filters.people.motion import visible_share
from masquerade.filters.people.per_face import PerFace
from masquerade.filters.people.presence import FrameContext, VisibleFace
from masquerade.filters.skin.warp_field import Field, Moves, field_of, move_points
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray, FloatArray

_NOTHING = 1 / 512


class WarpPainter:
    """Paints one warp layer on all faces. For one thread."""

    hides_faces = False
    covers_head = False

    def __init__(self, layer: WarpLayer) -> None:
        self._layer = layer
        self._moves = Moves(layer.moves)
        self.memory = PerFace[float]()

    def paint(self, pixels: ByteArray, presence: VisibleFace, frame: FrameContext) -> VisibleFace:
        """Bend one face in a frame, in place; see FaceLayerPainter.

        Returns:
            The face with its landmarks where they are now seen, for the layers that follow;
            its pose stays, since the head has not turned.
        """
        amount = visible_share(self._layer.trigger, self.memory, presence, frame)
        if amount < _NOTHING:
            return presence
        pose = pose_of(presence.face)
        field = field_of(self._moves.lay(presence.face, pose, amount), pose.scale, (pixels.shape[1], pixels.shape[0]))
        if field is None:
            return presence
        _bend(pixels, field)
        keypoints = presence.face.keypoints
        contours = None if keypoints.contours is None else move_points(field, keypoints.contours)
        moved = replace(keypoints, points=move_points(field, keypoints.points), contours=contours)
        return replace(presence, face=replace(presence.face, keypoints=moved, pose=pose))


def _bend(pixels: ByteArray, field: Field) -> None:
    """Lay the field on the frame; what would come from outside of it is its edge drawn out."""
    rows, columns = field.offsets.shape[:2]
    # The outermost half cell has no node beyond it.
    left, top = max(field.left + field.cell, 0), max(field.top + field.cell, 0)
    right = min(field.left + (columns - 1) * field.cell, pixels.shape[1])
    bottom = min(field.top + (rows - 1) * field.cell, pixels.shape[0])
    part = (slice(top - field.top, bottom - field.top), slice(left - field.left, right - field.left))
    # Two maps of one channel are three times as quick as one of two.
    x, y = (_refine(each, field.cell)[part] for each in cv2.split(field.offsets))
    seen = pixels[top:bottom, left:right]
    how = cv2.INTER_LINEAR | cv2.WARP_RELATIVE_MAP
    seen[:] = as_bytes(cv2.remap(seen, x, y, how, borderMode=cv2.BORDER_REPLICATE))


def _refine(nodes: object, cell: int) -> FloatArray:
    """Return from the grid's nodes to its pixels."""
    coarse = np.asarray(nodes, np.float32)
    rows, columns = coarse.shape
    fine = cv2.resize(coarse, (columns * cell, rows * cell), interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine, np.float32)
