"""Paints looks: grades the image, the faces or all round them."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from masquerade.filters.compositing.outline import HEAD, Ellipsoid, Outline, outline_of, soft_inside
from masquerade.filters.compositing.painting import as_bytes, blend_patch, fade_patch
from masquerade.filters.compositing.placement import smoothstep
from masquerade.filters.compositing.scratch import ScratchBuffers
from masquerade.filters.format.image_layers import LookArea, LookLayer
from masquerade.filters.format.layers import Blend
from masquerade.filters.looks.drawing import Drawing
from masquerade.filters.looks.exposure import FaceExposure, expose, lift
from masquerade.filters.people.motion import step_towards
from masquerade.filters.people.presence import FrameContext, VisibleFace, all_active
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray

_INVISIBLE = 1 / 512
# Pixels of a mask for each of its points.
_MASK_STEP = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Head:
    """A head cut out of the frame, premultiplied with its soft outline, and its position."""

    patch: ByteArray
    left_top: tuple[int, int]
    opacity: float


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a head that a look covers: fully inside the shape, nothing beyond `1 + soft_edge` of it."""

    shape: Ellipsoid
    soft_edge: float


# A blush ends on the skin; what is kept from a look of the surroundings has its hair.
_FACE = _Part(Ellipsoid((0.0, 0.45, 0.30), (0.80, 1.10, 0.80)), 0.55)
_HEAD = _Part(HEAD, 0.2)


class LookPainter:
    """Paints one look layer. For one thread.

    It shows nothing of an earlier image: what another layer has hidden stays hidden.
    """

    def __init__(self, layer: LookLayer, scratch: ScratchBuffers) -> None:
        self._layer = layer
        self._progress: float | None = None
        self._drawing = Drawing(layer, scratch)
        self._exposure = FaceExposure()

    def paint(self, pixels: ByteArray, present: tuple[VisibleFace, ...], moment: FrameContext) -> None:
        """Change a frame in place.

        Args:
            pixels: (H, W, 4) uint8 BGRA, contiguous and writable.
            present: the faces that wear the filter; may be empty.
            moment: of the frame.
        """
        trigger = self._layer.trigger
        is_on = trigger is not None and trigger.on in all_active(present)
        self._progress = step_towards(trigger, self._progress, is_on, moment.first, moment.seconds)
        amount = self._layer.opacity * moment.intensity * smoothstep(self._progress)
        if amount < _INVISIBLE:
            return
        if self._layer.area is LookArea.FACE:
            for head in _heads(pixels, present, _FACE, self._drawing.apply):
                blend_patch(pixels, head.patch, head.left_top, Blend.NORMAL, amount * head.opacity)
            return
        kept = _heads(pixels, present, _HEAD, None) if self._layer.area is LookArea.SURROUNDINGS else ()
        before = pixels.copy() if amount < 1.0 else None
        if self._layer.even_faces:
            gain = self._exposure.gain(pixels, present, moment.seconds)
            expose(pixels, gain, moment.person, self._layer.people)
        elif self._layer.lift_faces > 0.0:
            lift(pixels, self._exposure.exponent(pixels, present, moment.seconds, self._layer.lift_faces))
        self._drawing.apply(pixels)
        if before is not None:
            blend_patch(pixels, _opaque(before), (0, 0), Blend.NORMAL, 1.0 - amount)
        for head in kept:
            blend_patch(pixels, head.patch, head.left_top, Blend.NORMAL, head.opacity)


def _heads(
    pixels: ByteArray, present: tuple[VisibleFace, ...], part: _Part, change: Callable[[ByteArray], None] | None
) -> tuple[_Head, ...]:
    """Return the heads in a frame, graded if wanted, clipped to the frame."""
    heads = []
    for presence in present:
        outline = outline_of(part.shape, pose_of(presence.face))
        left, top, right, bottom = (round(each) for each in outline.grown(1.0 + part.soft_edge).box())
        left, top = max(left, 0), max(top, 0)
        seen = pixels[top : max(bottom + 1, 0), left : max(right + 1, 0)]
        if seen.size == 0 or presence.opacity < _INVISIBLE:
            continue
        patch = _opaque(seen.copy())
        if change is not None:
            change(patch)
        fade_patch(patch, _mask(outline, part.soft_edge, left, top, patch))
        heads.append(_Head(patch, (left, top), presence.opacity))
    return tuple(heads)


def _mask(outline: Outline, soft_edge: float, left: int, top: int, patch: ByteArray) -> ByteArray:
    """Return (h, w) of a patch: 255 inside the outline. A soft edge needs few points, so it is found on few."""
    rows, columns = patch.shape[:2]
    small_wh = (max(columns // _MASK_STEP, 2), max(rows // _MASK_STEP, 2))
    x = left + (np.arange(small_wh[0]) + 0.5) * columns / small_wh[0] - 0.5
    y = top + (np.arange(small_wh[1]) + 0.5) * rows / small_wh[1] - 0.5
    reach = outline.reach(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
    small = np.round(255 * soft_inside(reach, soft_edge)).astype(np.uint8).reshape(small_wh[1], small_wh[0])
    return as_bytes(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR))


def _opaque(pixels: ByteArray) -> ByteArray:
    """Return the same array with full alpha, so that a frame's own alpha does not weaken the blend."""
    pixels[..., 3] = 255
    return pixels
