"""Paints looks: grades the picture, the faces or all round them."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from app.filters.comic import lines_of, posterised, posterised_grey, reduced
from app.filters.film import add_glow, add_grain, add_vignette
from app.filters.grading import apply_gradient, colour_shades, curve_table, grade, gradient_table
from app.filters.layers import Blend
from app.filters.motion import step_towards
from app.filters.outline import HEAD, Ellipsoid, Outline, outline_of, soft_inside
from app.filters.painting import as_bytes, blend_patch, fade_patch
from app.filters.picture_layers import Curve, LookArea, LookLayer
from app.filters.placement import smoothstep
from app.filters.presence import Moment, Presence, all_active
from app.geometry.pose import fit_pose
from app.values import ByteArray

_INVISIBLE = 1 / 512
# Pixels of a mask for each of its points.
_MASK_STEP = 8
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_GRAIN_SIDE = 256


@dataclass(frozen=True, slots=True, eq=False)
class _Head:
    """A head cut out of the frame: premultiplied with its soft outline, and where it lies."""

    patch: ByteArray
    left_top: tuple[int, int]
    opacity: float


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a head a look takes in: up to the shape wholly, from `1 + soft_edge` of it on nothing."""

    shape: Ellipsoid
    soft_edge: float


# A blush ends on the skin; what is kept from a look of the surroundings has its hair.
_FACE = _Part(Ellipsoid((0.0, 0.45, 0.30), (0.80, 1.10, 0.80)), 0.55)
_HEAD = _Part(HEAD, 0.2)


class LookPainter:
    """Paints one look layer. For one thread.

    It shows nothing of an earlier picture: what another layer has hidden stays hidden.
    """

    def __init__(self, layer: LookLayer) -> None:
        self._layer = layer
        self._progress: float | None = None
        self._chance = np.random.default_rng(0)
        self._curves = _curves(layer)
        self._gradient = _gradient(layer, self._curves)
        # New memory for every frame would cost as much as half of the work.
        self._scratch: ByteArray = np.empty((0, 0, 4), np.uint8)
        self._channels: tuple[ByteArray, ...] = (np.empty((0, 0), np.uint8),)

    def paint(self, pixels: ByteArray, present: tuple[Presence, ...], moment: Moment) -> None:
        """Changes a frame in place.

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
            for head in _heads(pixels, present, _FACE, self._grade):
                blend_patch(pixels, head.patch, head.left_top, Blend.NORMAL, amount * head.opacity)
            return
        kept = _heads(pixels, present, _HEAD, None) if self._layer.area is LookArea.SURROUNDINGS else ()
        before = pixels.copy() if amount < 1.0 else None
        self._grade(pixels)
        if before is not None:
            blend_patch(pixels, _opaque(before), (0, 0), Blend.NORMAL, 1.0 - amount)
        for head in kept:
            blend_patch(pixels, head.patch, head.left_top, Blend.NORMAL, head.opacity)

    def _grade(self, pixels: ByteArray) -> None:
        layer = self._layer
        if self._scratch.shape != pixels.shape:
            self._scratch = np.empty_like(pixels)
        if layer.levels > 0:
            self._redraw(pixels)
        else:
            overlay = lines_of(_grey(reduced(pixels)), layer.lines, layer.line_colour) if layer.lines > 0.0 else None
            self._colour(pixels)
            if overlay is not None:
                _enlarge(overlay, self._scratch)
                blend_patch(pixels, self._scratch, (0, 0), Blend.NORMAL, 1.0)
            if layer.glow > 0.0:
                add_glow(pixels, layer.glow, self._scratch)
        if layer.vignette > 0.0:
            add_vignette(pixels, layer.vignette)
        if layer.grain > 0.0:
            x, y = self._chance.integers(0, _GRAIN_SIDE, 2)
            add_grain(pixels, layer.grain, (int(x), int(y)))

    def _redraw(self, pixels: ByteArray) -> None:
        """The same on a reduced picture: what has few shades needs no more."""
        layer = self._layer
        small = reduced(pixels)
        grey = _grey(small)
        overlay = lines_of(grey, layer.lines, layer.line_colour)
        if self._gradient is not None:
            colour_shades(posterised_grey(grey, layer.levels), self._gradient, small)
        else:
            small = posterised(small, layer.levels)
            self._colour(small)
        blend_patch(small, overlay, (0, 0), Blend.NORMAL, 1.0)
        if layer.glow > 0.0:
            add_glow(small, layer.glow, overlay)
        _enlarge(small, pixels)

    def _colour(self, pixels: ByteArray) -> None:
        if self._gradient is not None:
            apply_gradient(pixels, self._gradient)
            return
        if self._layer.saturation != 1.0 or self._curves is not None:
            if self._channels[0].shape != pixels.shape[:2]:
                self._channels = tuple(np.empty(pixels.shape[:2], np.uint8) for _ in range(4))
            grade(pixels, self._layer.saturation, self._curves, self._channels)


def _curves(layer: LookLayer) -> ByteArray | None:
    """(3, 256) tables of blue, green and red; None where there is no curve."""
    if not any((layer.curve, layer.red, layer.green, layer.blue)):
        return None
    whole = _table(layer.curve)
    return np.stack([_table(each)[whole] for each in (layer.blue, layer.green, layer.red)])


def _table(curve: Curve) -> ByteArray:
    return curve_table(curve or ((0.0, 0.0), (255.0, 255.0)))


def _gradient(layer: LookLayer, curves: ByteArray | None) -> ByteArray | None:
    """(256, 4): with grey or graded shades the curves cost nothing more, they are in it."""
    if not layer.gradient and layer.saturation > 0.0:
        return None
    table = gradient_table(layer.gradient or (_BLACK, _WHITE))
    if curves is not None:
        table[:, :3] = np.stack([curves[channel][table[:, channel]] for channel in range(3)], axis=1)
    return table


def _heads(
    pixels: ByteArray, present: tuple[Presence, ...], part: _Part, change: Callable[[ByteArray], None] | None
) -> tuple[_Head, ...]:
    """The heads in a frame, changed if wanted; those over its edge as far as they are in it."""
    heads = []
    for presence in present:
        outline = outline_of(part.shape, presence.face.pose or fit_pose(presence.face.keypoints.points))
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
    """(h, w) of a patch: 255 inside the outline. A soft edge needs few points, so it is found on few."""
    rows, columns = patch.shape[:2]
    small_wh = (max(columns // _MASK_STEP, 2), max(rows // _MASK_STEP, 2))
    x = left + (np.arange(small_wh[0]) + 0.5) * columns / small_wh[0] - 0.5
    y = top + (np.arange(small_wh[1]) + 0.5) * rows / small_wh[1] - 0.5
    reach = outline.reach(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
    small = np.round(255 * soft_inside(reach, soft_edge)).astype(np.uint8).reshape(small_wh[1], small_wh[0])
    return as_bytes(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR))


def _grey(pixels: ByteArray) -> ByteArray:
    return as_bytes(cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY))


def _enlarge(small: ByteArray, target: ByteArray) -> None:
    cv2.resize(small, (target.shape[1], target.shape[0]), dst=target, interpolation=cv2.INTER_LINEAR)


def _opaque(pixels: ByteArray) -> ByteArray:
    """The same array; a frame's own alpha must not thin out what is blended."""
    pixels[..., 3] = 255
    return pixels
