"""Measures the light on and around a face, so that stickers are no brighter than the image."""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.lighting.direction import EVEN, Direction, SteadyDirection, measure_direction
from masquerade.filters.people.presence import VisibleFace
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray

# Half the sides of what is looked at, eye distances: the face, and all round it.
_FACE, _ROUND = 1.0, 3.0
_SAMPLES = 16
# Skin is dark by itself or in the dark. Highlights distinguish them: the whites of eyes,
# teeth, a moist forehead are bright on every face in good light.
_FACE_SHARE, _ROUND_SHARE = 0.97, 0.90
_NEAR = 0.85
# The surroundings help, but neither a black curtain behind a face that is lit, nor a bright
# window behind one that is not: they count within these shares of the face's gleam.
_FACE_WEIGHT = 0.65
_MIN_ROUND, _MAX_ROUND = 0.8, 1.5
# From here on it is good light, 0 to 255; found on 369 faces of every tone.
_GOOD = 140.0
_POWER = 0.9
_MIN_GAIN = 0.15
# A step is too small to be seen to come.
_DIM_STEP = 0.04
# Logarithms of red over green and of blue over green where a face gleams in neutral light: medians of 412
# faces of every tone (helen, lfpw, wild), and how far half of them and more are from there. What is within
# is the colour of the skin; what is beyond is the colour of the light.
_NEUTRAL = (0.19, -0.11)
_SKIN_RADII = (0.22, 0.24)
_TAKEN = 0.85
_TINT_STEP, _MAX_TINT_STEPS = 0.05, 28
_SHARES_BGR = (0.114, 0.587, 0.299)
_SETTLE_SECONDS = 0.5
# A lamp that goes out at once is followed without a jump.
_MAX_STEPS_PER_SECOND = 60.0
_EVERY_SECONDS = 0.2
# Steps that the light must be off by until it is taken over; half a step would hop.
_HYSTERESIS = 0.8


@dataclass(frozen=True, slots=True)
class Light:
    """Light rounded to steps, so that lit art can be cached.

    Attributes:
        dimness: 0 is good light; every step is 4 % darker.
        red, blue: against green, 0 is neutral; every step is 5 % more, below 0 less.
    """

    dimness: int = 0
    red: int = 0
    blue: int = 0

    @property
    def tint_bgr(self) -> tuple[float, float, float]:
        """Blue, green and red by which white is tinted, as bright as before; 1 in neutral light."""
        tint = (math.exp(_TINT_STEP * self.blue), 1.0, math.exp(_TINT_STEP * self.red))
        seen = sum(share * each for share, each in zip(_SHARES_BGR, tint, strict=True))
        return tint[0] / seen, tint[1] / seen, tint[2] / seen

    @property
    def gains_bgr(self) -> tuple[float, float, float]:
        """Blue, green and red, 0 to 1: no colour comes out brighter, so art stays premultiplied."""
        tint = self.tint_bgr
        # As bright as without the tint, as far as the strongest colour allows.
        whole = min(math.exp(-_DIM_STEP * self.dimness), 1.0 / max(tint))
        return whole * tint[0], whole * tint[1], whole * tint[2]


GOOD_LIGHT = Light()
Steps = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a face's light: dimness, red and blue in steps.

    Attributes:
        found: measured last.
        mean: follows it smoothly.
        light: what is shown.
        waited: seconds since it was measured.
        direction_found: measured last.
        direction: follows it, steadily.
    """

    found: Steps
    mean: Steps
    light: Light
    waited: float = 0.0
    direction_found: Direction = EVEN
    direction: SteadyDirection = field(default_factory=SteadyDirection)


class ImageLight:
    """Remembers the light on each face. For one thread."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}

    def step(self, pixels: ByteArray, present: tuple[VisibleFace, ...], seconds: float) -> None:
        """Follow the light on visible faces; others keep the light they had.

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

    def direction_of(self, identity: int) -> Direction:
        """Return the direction of the light on a face; even light if nothing is known."""
        known = self._known.get(identity)
        return known.direction.shown if known is not None else EVEN


def _step(old: _Known | None, pixels: ByteArray, presence: VisibleFace, seconds: float) -> _Known | None:
    waited = old.waited + seconds if old is not None else _EVERY_SECONDS
    measured = _measure(pixels, presence) if waited >= _EVERY_SECONDS else None
    direction = measure_direction(pixels, presence.face) if measured is not None else None
    if old is None:
        return _begin(measured, direction or EVEN) if measured is not None else None
    found = measured or old.found
    share = seconds / (seconds + _SETTLE_SECONDS)
    most = _MAX_STEPS_PER_SECOND * seconds
    dimness, red, blue = (
        mean + min(max(share * (to - mean), -most), most) for mean, to in zip(old.mean, found, strict=True)
    )
    shown = old.light
    light = Light(_held(shown.dimness, dimness), _held(shown.red, red), _held(shown.blue, blue))
    waited = 0.0 if measured is not None else waited
    to = direction or old.direction_found
    return _Known(found, (dimness, red, blue), light, waited, to, old.direction.follow(to, seconds))


def _begin(measured: Steps, direction: Direction) -> _Known:
    steady = SteadyDirection(direction, direction, direction)
    return _Known(measured, measured, Light(*map(round, measured)), 0.0, direction, steady)


def _held(step: int, mean: float) -> int:
    return step if abs(mean - step) < _HYSTERESIS else round(mean)


def _measure(pixels: ByteArray, presence: VisibleFace) -> Steps | None:
    """Return dimness, red and blue in steps; None where the face is out of the image."""
    x, y = presence.face.keypoints.anchors.mean(axis=0).tolist()
    scale = max(pose_of(presence.face).scale, 1.0)
    face, surroundings = (_look(pixels, x, y, half * scale) for half in (_FACE, _ROUND))
    if face is None or surroundings is None:
        return None
    gleam, gleaming = _brightest(face, _FACE_SHARE)
    bright, _ = _brightest(surroundings, _ROUND_SHARE)
    bright = min(max(bright, _MIN_ROUND * gleam), _MAX_ROUND * gleam)
    level = _FACE_WEIGHT * gleam + (1.0 - _FACE_WEIGHT) * bright
    gain = min(max((level / _GOOD) ** _POWER, _MIN_GAIN), 1.0)
    red, blue = _tint(gleaming)
    return -math.log(gain) / _DIM_STEP, red / _TINT_STEP, blue / _TINT_STEP


def _tint(gleaming: ByteArray) -> tuple[float, float]:
    """Return logarithms of the light's red / green and blue / green, minus what may be the skin's own colour."""
    b, g, r, _ = (value + 1.0 for value in cv2.mean(gleaming.reshape(-1, 1, 4)))
    red, blue = math.log(r / g) - _NEUTRAL[0], math.log(b / g) - _NEUTRAL[1]
    away = math.hypot(red / _SKIN_RADII[0], blue / _SKIN_RADII[1])
    share = _TAKEN * max(0.0, 1.0 - 1.0 / max(away, 1e-6))
    most = _TINT_STEP * _MAX_TINT_STEPS
    return min(max(share * red, -most), most), min(max(share * blue, -most), most)


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
    """Return this percentile of the brightness, and the samples near it."""
    greys = as_bytes(cv2.cvtColor(samples, cv2.COLOR_BGRA2GRAY))
    place = int(share * greys.size)
    # numpy's percentile takes ten times as long.
    bright = int(np.partition(greys, place, axis=None)[place])
    return float(bright), samples[greys >= _NEAR * bright]
