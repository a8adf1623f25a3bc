"""Measures the light on a face and round it, so that stickers are no brighter than the image."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.people.presence import VisibleFace
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray

# Half the sides of what is looked at, eye distances: the face, and all round it.
_FACE, _ROUND = 1.0, 3.0
_SAMPLES = 16
# Skin is dark by itself or in the dark. What gleams tells them apart: the whites of eyes,
# teeth, a moist forehead are bright on every face in good light.
_FACE_SHARE, _ROUND_SHARE = 0.97, 0.90
_NEAR = 0.85
# The surroundings help, but neither a black curtain behind a face that is lit, nor a bright
# window behind one that is not: they count within these shares of the face's gleam.
_FACE_WEIGHT = 0.65
_ROUND_LEAST, _ROUND_MOST = 0.8, 1.5
# From here on it is good light, 0 to 255; found on 369 faces of every tone.
_GOOD = 140.0
_POWER = 0.9
_GAIN_LEAST = 0.45
# A step is too small to be seen to come.
_DIM_STEP = 0.04
# Logarithms of red over blue in neutral light, medians of the same faces: skin is warm by itself.
# Half of all faces are within `_NEUTRAL` of that and are left as they are. Little of what is
# beyond is taken over, since it may be the colour of a wall, or of the skin.
_FACE_WARMTH, _ROUND_WARMTH = 0.24, 0.14
_NEUTRAL, _WARMTH_TAKEN = 0.2, 0.4
_WARMTH_STEP, _WARMTH_STEPS_MOST = 0.03, 5
_SETTLE_SECONDS = 0.5
_EVERY_SECONDS = 0.2
# Steps that the light must be off by until it is taken over; half a step would hop.
_HYSTERESIS = 0.8


@dataclass(frozen=True, slots=True)
class Light:
    """Light in steps, so that art which was lit can be kept.

    Attributes:
        dimness: 0 is good light; every step is 4 % darker.
        warmth: 0 is neutral, above it warm, below cool.
    """

    dimness: int = 0
    warmth: int = 0

    @property
    def gains_bgr(self) -> tuple[float, float, float]:
        """Blue, green and red, 0 to 1: no colour comes out brighter, so art stays premultiplied."""
        whole = math.exp(-_DIM_STEP * self.dimness)
        weak = math.exp(-_WARMTH_STEP * abs(self.warmth))
        blue, red = (weak, 1.0) if self.warmth > 0 else (1.0, weak)
        return whole * blue, whole * math.sqrt(weak), whole * red


GOOD_LIGHT = Light()


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a face's light, dimness and warmth in steps.

    Attributes:
        found: measured last.
        mean: follows it smoothly.
        light: what is shown.
        waited: seconds since it was measured.
    """

    found: tuple[float, float]
    mean: tuple[float, float]
    light: Light
    waited: float = 0.0


class ImageLight:
    """Remembers the light on each face. For one thread."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}

    def step(self, pixels: ByteArray, present: tuple[VisibleFace, ...], seconds: float) -> None:
        """Follow the light on the faces that are seen; those that are not keep the light they had.

        Args:
            pixels: (H, W, 4) uint8 BGRA, unpainted.
            present: the faces; everyone else is forgotten.
            seconds: since the last frame.
        """
        known: dict[int, _Known] = {}
        for presence in present:
            old = self._known.get(presence.face.identity)
            new = old if old is not None and presence.unseen > 0.0 else _step(old, pixels, presence, seconds)
            if new is not None:
                known[presence.face.identity] = new
        self._known = known

    def of(self, identity: int) -> Light:
        """Return the light on a face; good light where nothing is known."""
        known = self._known.get(identity)
        return known.light if known is not None else GOOD_LIGHT


def _step(old: _Known | None, pixels: ByteArray, presence: VisibleFace, seconds: float) -> _Known | None:
    waited = old.waited + seconds if old is not None else _EVERY_SECONDS
    measured = _measure(pixels, presence) if waited >= _EVERY_SECONDS else None
    if old is None:
        return _Known(measured, measured, Light(*map(round, measured))) if measured is not None else None
    found = measured or old.found
    share = seconds / (seconds + _SETTLE_SECONDS)
    dimness, warmth = (mean + share * (to - mean) for mean, to in zip(old.mean, found, strict=True))
    light = Light(_held(old.light.dimness, dimness), _held(old.light.warmth, warmth))
    return _Known(found, (dimness, warmth), light, 0.0 if measured is not None else waited)


def _held(step: int, mean: float) -> int:
    return step if abs(mean - step) < _HYSTERESIS else round(mean)


def _measure(pixels: ByteArray, presence: VisibleFace) -> tuple[float, float] | None:
    """Dimness and warmth in steps; None where the face is out of the image."""
    x, y = presence.face.keypoints.anchors.mean(axis=0).tolist()
    scale = max(pose_of(presence.face).scale, 1.0)
    face, surroundings = (_look(pixels, x, y, half * scale) for half in (_FACE, _ROUND))
    if face is None or surroundings is None:
        return None
    gleam, gleaming = _brightest(face, _FACE_SHARE)
    bright, _ = _brightest(surroundings, _ROUND_SHARE)
    bright = min(max(bright, _ROUND_LEAST * gleam), _ROUND_MOST * gleam)
    level = _FACE_WEIGHT * gleam + (1.0 - _FACE_WEIGHT) * bright
    gain = min(max((level / _GOOD) ** _POWER, _GAIN_LEAST), 1.0)
    cast = (_warmth(gleaming) - _FACE_WARMTH + _warmth(surroundings) - _ROUND_WARMTH) / 2
    warmth = math.copysign(max(abs(cast) - _NEUTRAL, 0.0), cast) * _WARMTH_TAKEN / _WARMTH_STEP
    return -math.log(gain) / _DIM_STEP, min(max(warmth, -_WARMTH_STEPS_MOST), _WARMTH_STEPS_MOST)


def _look(pixels: ByteArray, x: float, y: float, half: float) -> ByteArray | None:
    """Sample of a square of the frame, (_SAMPLES, _SAMPLES, 4); None outside of it."""
    height, width = pixels.shape[:2]
    left, right = max(round(x - half), 0), min(round(x + half) + 1, width)
    top, bottom = max(round(y - half), 0), min(round(y + half) + 1, height)
    if right <= left or bottom <= top:
        return None
    part = pixels[top:bottom, left:right]
    return as_bytes(cv2.resize(part, (_SAMPLES, _SAMPLES), interpolation=cv2.INTER_NEAREST))


def _brightest(samples: ByteArray, share: float) -> tuple[float, ByteArray]:
    """Return the brightness that this share of the samples does not reach, and the samples that come near it."""
    greys = as_bytes(cv2.cvtColor(samples, cv2.COLOR_BGRA2GRAY))
    place = int(share * greys.size)
    # numpy's percentile takes ten times as long.
    bright = int(np.partition(greys, place, axis=None)[place])
    return float(bright), samples[greys >= _NEAR * bright]


def _warmth(samples: ByteArray) -> float:
    """Return the logarithm of red over blue."""
    blue, _, red, _ = cv2.mean(samples.reshape(-1, 1, 4))
    return math.log((red + 1.0) / (blue + 1.0))
