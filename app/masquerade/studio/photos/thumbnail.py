"""Paints the gallery image of a filter: the demo face wearing it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from masquerade.errors import AppError
from masquerade.filters.format.layers import Motion, PrivacyLayer
from masquerade.filters.format.manifest import Filter
from masquerade.filters.people.assignment import uses_mask
from masquerade.filters.render import paint_still
from masquerade.geometry.pose import fit_pose
from masquerade.geometry.similarity import transform_points
from masquerade.pipeline.sources.demo import Demo
from masquerade.values import ByteArray, Face, FloatArray, Keypoints, Trigger

# In eye distances: wide enough for ears and a hat, and the eyes a little below the middle.
_SIDE_EYE_DISTANCES = 5.0
_EYES_BELOW_TOP = 0.6

FaceFinder = Callable[[ByteArray], tuple[Face, ...]]
# (H, W, 4) BGRA -> (h, w), 255 where there is a person.
Segment = Callable[[ByteArray], ByteArray]


@dataclass(frozen=True, slots=True, eq=False)
class _Sitter:
    """The demo face: its image (H, W, 4) BGRA, and its landmarks (15, 2) in pixels of it."""

    pixels: ByteArray
    landmarks: FloatArray


class ThumbnailPainter:
    """Paints filters on the demo face; used on one thread at a time."""

    def __init__(self, build_finder: Callable[[], FaceFinder], build_segmenter: Callable[[], Segment]) -> None:
        """Store the factories of the face finder and the segmenter, which may not be needed."""
        self._build_finder = build_finder
        self._build_segmenter = build_segmenter
        self._sitter: _Sitter | None = None
        # Of the size that was painted last.
        self._mask: tuple[int, ByteArray] | None = None

    def paint(self, filters: tuple[Filter, ...], side: int) -> ByteArray:
        """Return the demo face with `filters`, the triggers on that show something, (side, side, 4) uint8 BGRA.

        Raises:
            AppError: a model or the demo image is missing.
        """
        if self._sitter is None:
            self._sitter = _find_sitter(self._build_finder())
        # Enlarged first and painted then, so that the art is sharp at any size.
        matrix = _portrait_matrix(self._sitter.landmarks, side)
        pixels = cv2.warpAffine(
            self._sitter.pixels, matrix, (side, side), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        )
        landmarks = transform_points(matrix, self._sitter.landmarks)
        face = Face(1, Keypoints(landmarks, 1.0), fit_pose(landmarks), active=_shown_triggers(filters))
        person = self._person(cast(ByteArray, pixels)) if uses_mask(filters) else None
        paint_still(cast(ByteArray, pixels), (face,), filters, person)
        return cast(ByteArray, pixels)

    def _person(self, pixels: ByteArray) -> ByteArray:
        """Return where the demo's person is, looked for once at each size."""
        side = len(pixels)
        if self._mask is None or self._mask[0] != side:
            self._mask = side, self._build_segmenter()(pixels)
        return self._mask[1]


def _shown_triggers(filters: tuple[Filter, ...]) -> frozenset[Trigger]:
    """Return the triggers of the layers, except those that hide a layer."""
    layers = [layer for each in filters for layer in each.manifest.layers if not isinstance(layer, PrivacyLayer)]
    triggers = [layer.trigger for layer in layers if layer.trigger is not None]
    hiding = {trigger.on for trigger in triggers if trigger.motion is Motion.HIDE}
    return frozenset(trigger.on for trigger in triggers) - hiding


def _find_sitter(find: FaceFinder) -> _Sitter:
    with Demo() as demo:
        frame = demo.read()
    faces = find(frame.pixels) if frame is not None else ()
    if frame is None or not faces:
        raise AppError("No face is found in the demo image. Reinstall Masquerade.")
    return _Sitter(frame.pixels, faces[0].keypoints.points)


def _portrait_matrix(landmarks: FloatArray, side: int) -> FloatArray:
    """Return the (2, 3) map from the demo image to the thumbnail."""
    eyes = landmarks[:2].mean(axis=0)
    scale = side / (_SIDE_EYE_DISTANCES * float(np.hypot(*(landmarks[0] - landmarks[1]))))
    offset = np.array([0.5, _EYES_BELOW_TOP]) * side - scale * eyes
    return np.column_stack([scale * np.eye(2), offset]).astype(np.float32)
