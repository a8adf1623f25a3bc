"""Measures how light falls on a face's skin, so that paint on it is lit the same way."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from masquerade.filters.compositing.painting import as_bytes
from masquerade.filters.format.face_template import lattice
from masquerade.filters.people.per_face import PerFace
from masquerade.filters.skin.face_mesh import Mesh
from masquerade.values import ByteArray, FloatArray

# Where skin is mostly bare: forehead, cheeks, and the bridge of the nose; x, y of the head
# model, from, to, on the person's left half and mirrored.
_BARE = (((0.0, -0.75), (0.55, -0.45)), ((0.40, 0.40), (0.85, 0.80)), ((0.0, 0.05), (0.14, 0.35)))
_WELL_SEEN = 0.5
_MIN_SAMPLES = 6
# What a new measurement counts for after a second: light changes slowly, noise does not.
_SETTLE_SECONDS = 0.5
_TYPICAL = 150.0
# Skin is dark in the dark, or by itself; the image does not show which. Paint is made darker
# with it by this power: right half-way for both.
_DARKER_POWER = 0.62
_DARKEST, _BRIGHTEST = 0.3, 1.12
# Of the gain on a cheek; from where below the nose and over how many units of the template; the middle of
# beards, and how far from there they are dyed; where cheeks begin, eye distances.
_LEAST, _NOSE_Y, _NOSE_TO_LIP = 0.55, 515.0, 60.0
_BEARD_Y, _BEARD_ENDS, _BEARD_REACH = 650.0, 2.4, 95.0
_MIDDLE_X, _CHEEKS_APART, _CHEEKS_FROM = 400.0, 300.0, 0.38
# 1.0 in a table of gains.
GAIN_ONE = 128


@dataclass(frozen=True, slots=True)
class Skin:
    """How bright a face's skin is, 0 to 255: in the middle, and on both cheeks."""

    middle: float
    right: float
    left: float


class SkinLight:
    """Remembers how bright each face's skin is. For one thread."""

    def __init__(self) -> None:
        self.memory = PerFace[Skin]()
        self._fresh: set[int] = set()

    def begin_frame(self) -> None:
        """Let every face be measured once more: before anything is painted on it."""
        self._fresh.clear()

    def skin(self, pixels: ByteArray, mesh: Mesh, identity: int, seconds: float) -> Skin:
        """Return how bright the skin is.

        Args:
            pixels: (H, W, 4) uint8 BGRA, unpainted at the first call in a frame.
            mesh: on the face.
            identity: of the face.
            seconds: since the last frame.
        """
        old = self.memory.get(identity)
        if old is not None and identity in self._fresh:
            return old
        self._fresh.add(identity)
        found = _measure(pixels, mesh)
        if old is None or found is None:
            new = found or old or Skin(_TYPICAL, _TYPICAL, _TYPICAL)
        else:
            share = seconds / (seconds + _SETTLE_SECONDS)
            new = Skin(
                old.middle + (found.middle - old.middle) * share,
                old.right + (found.right - old.right) * share,
                old.left + (found.left - old.left) * share,
            )
        self.memory[identity] = new
        return new


def gain_table(brightness: float, light: float) -> ByteArray:
    """Return (256,) uint8: for each brightness of the image how much brighter paint gets; 128 is 1.

    Args:
        brightness: of the skin that counts as evenly lit.
        light: 0 keeps none of the skin's light, 1 all.
    """
    shade = np.arange(256) / max(brightness, 1.0)
    whole = min(max((brightness / _TYPICAL) ** _DARKER_POWER, _DARKEST), _BRIGHTEST)
    gain = (np.maximum(shade, 1e-3) * whole) ** light
    return as_bytes(np.clip(np.round(GAIN_ONE * gain), 0, 255))


def beard_floor(template_x: FloatArray, template_y: FloatArray, skin: Skin, table: ByteArray) -> ByteArray:
    """Return the least gain at places of the template, as in `gain_table`: beards do not show through as soot.

    Below the nose paint is at least half as bright as on the cheek of that side; a shadow over half of the face stays.
    """
    side = np.clip(0.5 + (template_x - _MIDDLE_X) / _CHEEKS_APART, 0.0, 1.0)
    right, left = (float(table[min(max(round(each), 0), 255)]) for each in (skin.right, skin.left))
    below = np.clip((template_y - _NOSE_Y) / _NOSE_TO_LIP, 0.0, 1.0)
    # Near the jaw what is dark may be the wall behind it.
    inside = np.clip(
        _BEARD_ENDS - np.hypot(template_x - _MIDDLE_X, 0.8 * (template_y - _BEARD_Y)) / _BEARD_REACH, 0.0, 1.0
    )
    return as_bytes(np.round(_LEAST * below * inside * (right + (left - right) * side)))


def _measure(pixels: ByteArray, mesh: Mesh) -> Skin | None:
    """Return the medians over the bare places that are in the image; None where they are too few."""
    vertices = _bare_vertices()
    xy = np.round(mesh.xy[vertices]).astype(np.intp)
    inside = (xy >= 0).all(axis=1) & (xy < [pixels.shape[1], pixels.shape[0]]).all(axis=1)
    kept = inside & (mesh.seen[vertices] >= _WELL_SEEN)
    chosen, places = xy[kept], lattice().places[vertices[kept]]
    if len(chosen) < _MIN_SAMPLES:
        return None
    colours = np.ascontiguousarray(pixels[chosen[:, 1], chosen[:, 0]][None])
    greys = as_bytes(cv2.cvtColor(colours, cv2.COLOR_BGRA2GRAY))[0]
    middle, cheeks = _median(greys), places[:, 1] > _CHEEKS_FROM
    sides = [greys[cheeks & (np.sign(places[:, 0]) == sign)] for sign in (-1.0, 1.0)]
    # A cheek that is turned away is as bright as the rest.
    right, left = (_median(each) if len(each) else middle for each in sides)
    return Skin(middle, right, left)


def _median(greys: ByteArray) -> float:
    # numpy's median takes ten times as long.
    return float(np.partition(greys, len(greys) // 2)[len(greys) // 2])


@cache
def _bare_vertices() -> NDArray[np.intp]:
    """Return indices into the lattice."""
    x, y = np.abs(lattice().places[:, 0]), lattice().places[:, 1]
    bare = np.zeros(len(x), bool)
    for (left, top), (right, bottom) in _BARE:
        bare |= (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    return np.flatnonzero(bare)
