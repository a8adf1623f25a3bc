"""Make faces equally bright before a look grades them, so that no skin is lost in its shades."""

import math

import cv2
import numpy as np

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.people.presence import VisibleFace
from masquerade.geometry.pose import pose_of
from masquerade.values import ByteArray

# The brightness that a face gets, 0 to 255: where gradients show the most of it.
_WANTED = 150.0
_MIN_GAIN, _MAX_GAIN = 0.6, 5.0
# The power that lifts the darkest faces; below it, noise is all that comes up.
_MIN_EXPONENT = 0.4
_SETTLE_SECONDS = 0.5
_SAMPLES = 16
# Half the side of what is measured, eye distances: eyes, nose and mouth.
_REACH = 0.75
# 1.0 in a mask of gains.
_ONE = 64


class FaceExposure:
    """Follows how bright the faces of one stream are. For one thread."""

    def __init__(self) -> None:
        self._gain: float | None = None
        self._exponent: float | None = None

    def gain(self, pixels: ByteArray, faces: tuple[VisibleFace, ...], seconds: float) -> float:
        """Return the gain that brings the largest face to middle brightness.

        Args:
            pixels: (H, W, 4) uint8 BGRA, not graded yet.
            faces: those that wear the filter; without one the last gain stays.
            seconds: since the last frame.
        """
        found = _brightness(pixels, faces)
        if found is None:
            return self._gain or 1.0
        wanted = min(max(_WANTED / max(found, 1.0), _MIN_GAIN), _MAX_GAIN)
        self._gain = _settled(self._gain, wanted, seconds)
        return self._gain

    def exponent(self, pixels: ByteArray, faces: tuple[VisibleFace, ...], seconds: float, brightness: float) -> float:
        """Return the power of all shades (0 to 1) that makes the largest face at least so bright; 1 changes nothing.

        Args:
            pixels: (H, W, 4) uint8 BGRA, not graded yet.
            faces: those that wear the filter; without one the last power stays.
            seconds: since the last frame.
            brightness: 0 to 1, above 0.
        """
        found = _brightness(pixels, faces)
        if found is None:
            return self._exponent or 1.0
        share = min(max(found / 255, 1 / 255), 254 / 255)
        wanted = min(max(math.log(min(brightness, 254 / 255)) / math.log(share), _MIN_EXPONENT), 1.0)
        self._exponent = _settled(self._exponent, wanted, seconds)
        return self._exponent


def lift(pixels: ByteArray, exponent: float) -> None:
    """Raise all shades of a frame to a power, in place: shadows come up, white stays white.

    Args:
        pixels: (H, W, 4) uint8 BGRA, opaque.
        exponent: up to 1.
    """
    if exponent < 1.0:
        table = np.round(255 * (np.arange(256) / 255) ** exponent).astype(np.uint8)
        cv2.LUT(pixels, table, dst=pixels)


def _settled(last: float | None, wanted: float, seconds: float) -> float:
    """Return a value that approaches the target smoothly; the first one is the target itself."""
    return wanted if last is None else last + (wanted - last) * seconds / (seconds + _SETTLE_SECONDS)


def expose(pixels: ByteArray, gain: float, person: ByteArray | None, people: float) -> None:
    """Multiply a frame by a gain, in place, and darken everything but people.

    Args:
        pixels: (H, W, 4) uint8 BGRA.
        gain: for the people, or for all where no mask is known.
        person: where people are, as in `Scene`.
        people: 0 to 1, how much darker everything else gets.
    """
    if person is None or people <= 0.0:
        cv2.multiply(pixels, np.array((gain, gain, gain, 1.0)), dst=pixels)
        return
    share = np.arange(256) / 255
    # Light that a dark face needs is not given to the bright window behind it.
    shades = np.round(_ONE * (gain * share + min(gain, 1.0) * (1.0 - people) * (1.0 - share)))
    table = as_bytes(np.clip(shades, 0, 255))
    size_wh = (pixels.shape[1], pixels.shape[0])
    gains = as_bytes(cv2.resize(cv2.LUT(person, table), size_wh, interpolation=cv2.INTER_LINEAR))
    full = np.full_like(gains, _ONE)
    cv2.multiply(pixels, cv2.merge([gains, gains, gains, full]), dst=pixels, scale=1 / _ONE)


def _brightness(pixels: ByteArray, faces: tuple[VisibleFace, ...]) -> float | None:
    """Return the median grey of the largest face that is in the frame; None without one."""
    for face in sorted(faces, key=lambda each: -pose_of(each.face).scale):
        if face.unseen > 0.0:
            continue
        reach = _REACH * pose_of(face.face).scale
        x, y = face.face.keypoints.anchors.mean(axis=0).tolist()
        left, top = max(round(x - reach), 0), max(round(y - reach), 0)
        part = pixels[top : max(round(y + reach), 0), left : max(round(x + reach), 0)]
        if part.size:
            small = cv2.resize(part, (_SAMPLES, _SAMPLES), interpolation=cv2.INTER_AREA)
            return float(np.median(cv2.cvtColor(small, cv2.COLOR_BGRA2GRAY)))
    return None
