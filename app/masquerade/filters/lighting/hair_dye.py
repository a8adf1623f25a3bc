"""Dyes art in the colour of a person's hair, measured on the brows."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from masquerade.filters.compositing.idle_cache import IdleCache
from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.compositing.rasters import Raster, raster_bytes
from masquerade.filters.people.presence import VisibleFace
from masquerade.geometry.pose import pose_of
from masquerade.values import LANDMARK_INDEX, ByteArray, Face, FloatArray, Matrix

Bgr = tuple[int, int, int]

# Samples along a brow, and rows of them, eye distances apart; the darkest of them are hair, the rest is skin.
_ALONG, _ROWS = np.linspace(0.08, 0.85, 12), (-0.03, 0.0, 0.03)
_HAIR_SHARE = 0.4
# Fair brows are hardly darker than skin, and hair is seldom as fair as they are in the light.
_DARKER = 0.85
_SETTLE_SECONDS, _EVERY_SECONDS = 1.5, 0.3
# A step of a dye, and how far the colour must be off until the next is taken: half a step would hop.
_STEP, _HYSTERESIS = 10.0, 0.8
# Until a brow is seen.
_BROWN: Bgr = (38, 54, 80)
_MAX_BYTES = 16_000_000
# Brown hair gleams more than its mean; on other hair as much of it looks like streaks.
_CONTRAST = 0.7


@dataclass(frozen=True, slots=True)
class _Known:
    """The colour of one person's brows: found last, followed smoothly, and shown; and seconds since it was found."""

    found: tuple[float, float, float]
    mean: tuple[float, float, float]
    shown: Bgr
    waited: float = 0.0


class HairDye:
    """Follow the colour of each person's brows, and keep art that is dyed in it. For one thread."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._dyed = IdleCache[tuple[Raster, Bgr], Raster](raster_bytes, _MAX_BYTES)

    def begin_frame(self) -> None:
        """Free what has not been used for a while."""
        self._dyed.begin_frame()

    def step(self, pixels: ByteArray, present: tuple[VisibleFace, ...], seconds: float) -> None:
        """Follow the visible brows; see ImageLight.

        Args:
            pixels: (H, W, 4) uint8 BGRA, unpainted.
            present: the faces; everyone else is forgotten.
            seconds: since the last frame.
        """
        stepped = {
            each.face.identity: _step(self._known.get(each.face.identity), pixels, each, seconds) for each in present
        }
        self._known = {identity: known for identity, known in stepped.items() if known is not None}

    def of(self, identity: int) -> Bgr:
        """Return the colour of a person's hair as it looks in the light there, blue, green and red."""
        known = self._known.get(identity)
        return known.shown if known is not None else _BROWN

    def dye(self, raster: Raster, colour: Bgr) -> Raster:
        """Return art dyed so that its mean is this colour; lights and shades stay."""
        kept = self._dyed.get((raster, colour))
        if kept is not None:
            return kept
        return self._dyed.put((raster, colour), replace(raster, pixels=_dyed(raster.pixels, colour)))


def brow_colour(pixels: ByteArray, face: Face) -> tuple[float, float, float] | None:
    """Return the mean colour of the hairs of both brows, BGR; None outside of the frame."""
    samples = _samples(pixels, face)
    if samples is None:
        return None
    greys = samples.mean(axis=1)
    darkest = samples[np.argsort(greys)[: max(1, round(_HAIR_SHARE * len(greys)))]]
    blue, green, red = (_DARKER * darkest.mean(axis=0)).tolist()
    return blue, green, red


def _samples(pixels: ByteArray, face: Face) -> FloatArray | None:
    points = face.keypoints.points.astype(np.float64)
    pose = pose_of(face)
    down = pose.rotation[:2, 1].astype(np.float64) * pose.scale
    lines: list[Matrix] = []
    for side in ("left", "right"):
        inner, outer = (points[LANDMARK_INDEX[f"{side}_eyebrow_{end}_end"]] for end in ("inner", "outer"))
        lines += [inner + np.outer(_ALONG, outer - inner) + row * down for row in _ROWS]
    xy = np.round(np.concatenate(lines)).astype(np.intp)
    inside = (xy >= 0).all(axis=1) & (xy < [pixels.shape[1], pixels.shape[0]]).all(axis=1)
    if np.count_nonzero(inside) < len(_ALONG):
        return None
    return np.asarray(pixels[xy[inside, 1], xy[inside, 0], :3], np.float32)


def _step(old: _Known | None, pixels: ByteArray, presence: VisibleFace, seconds: float) -> _Known | None:
    if old is not None and presence.unseen > 0.0:
        return old
    waited = old.waited + seconds if old is not None else _EVERY_SECONDS
    found = brow_colour(pixels, presence.face) if waited >= _EVERY_SECONDS else None
    if old is None:
        return _Known(found, found, _in_steps(found)) if found is not None else None
    to = found or old.found
    share = seconds / (seconds + _SETTLE_SECONDS)
    blue, green, red = (before + share * (after - before) for before, after in zip(old.mean, to, strict=True))
    mean = (blue, green, red)
    off = max(abs(here - there) for here, there in zip(mean, old.shown, strict=True))
    shown = _in_steps(mean) if off > _HYSTERESIS * _STEP else old.shown
    return _Known(to, mean, shown, 0.0 if found is not None else waited)


def _in_steps(colour: tuple[float, float, float]) -> Bgr:
    blue, green, red = (round(_STEP * round(each / _STEP)) for each in colour)
    return blue, green, red


def _dyed(pixels: ByteArray, colour: Bgr) -> ByteArray:
    """Return premultiplied art (h, w, 4) in one colour."""
    greys = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY), np.float32)
    alpha = pixels[..., 3].astype(np.float32)
    mean = 255.0 * float(greys.sum()) / max(float(alpha.sum()), 1.0)
    shade = (greys * np.float32(255.0) / np.maximum(alpha * np.float32(max(mean, 1.0)), 1.0)) ** np.float32(_CONTRAST)
    dyed = np.empty_like(pixels)
    for channel, value in enumerate(colour):
        dyed[..., channel] = as_bytes(np.minimum(shade * alpha * np.float32(value / 255.0), alpha).round())
    dyed[..., 3] = pixels[..., 3]
    return dyed
