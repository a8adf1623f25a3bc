"""Lays the marks of lens and film over a picture: glow, vignette and grain."""

from functools import cache, lru_cache

import cv2
import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QBrush, QImage, QPainter

from app.filters.layers import Blend
from app.filters.painting import as_bytes, blend_patch
from app.values import ByteArray

# What glows is worked out on a picture of about so many rows.
_GLOW_ROWS = 60
# A box twice is as smooth as the eye can tell, and three times as quick as a Gaussian.
_GLOW_BOX_WH = (7, 7)
# Dark parts glow less than in proportion.
_GLOW_POWER = 1.6
# As shares of the way from the middle to a corner.
_VIGNETTE_FROM, _VIGNETTE_FULL = 0.45, 1.05
_GRAIN_SIDE = 256
_GRAIN_DEVIATION = 26.0
_GRAIN_SOFT_SIGMA = 0.7
_PREMULTIPLIED = QImage.Format.Format_ARGB32_Premultiplied


def shrunk(pixels: ByteArray) -> ByteArray:
    """Returns a picture (h, w, 4) as small as a glow is worked out on: of fewer than 120 rows or columns."""
    small = pixels.copy() if min(pixels.shape[:2]) < 2 * _GLOW_ROWS else pixels
    # By halves: each is a quick exact mean.
    while min(small.shape[:2]) >= 2 * _GLOW_ROWS:
        half_wh = (small.shape[1] // 2, small.shape[0] // 2)
        small = as_bytes(cv2.resize(small, half_wh, interpolation=cv2.INTER_AREA))
    return small


def glow_of(small: ByteArray, strength: float) -> ByteArray:
    """Returns the light that bright parts of a picture throw over their surroundings, to be enlarged and laid on it.

    Args:
        small: (n, m, 4) uint8 BGRA, the picture shrunk.
        strength: 0 to 1.

    Returns:
        (n, m, 4), premultiplied.
    """
    table = _glow_table(round(100 * strength))
    light = cv2.blur(cv2.blur(cv2.LUT(small, table), _GLOW_BOX_WH), _GLOW_BOX_WH)
    # Premultiplied, it lies over the picture as light does: it adds, and white stays white.
    blue, green, red, _ = cv2.split(light)
    return as_bytes(cv2.merge([blue, green, red, cv2.max(cv2.max(blue, green), red)]))


def add_vignette(pixels: ByteArray, strength: float) -> None:
    """Darkens the corners of (h, w, 4) BGRA, in place; `strength` is 0 to 1."""
    # The strength is in the art: Qt is a third slower where it has to multiply by an opacity, too.
    blend_patch(pixels, _vignette(pixels.shape[1], pixels.shape[0], strength), (0, 0), Blend.NORMAL, 1.0)


def add_grain(pixels: ByteArray, strength: float, offset_xy: tuple[int, int]) -> None:
    """Strews grain over (h, w, 4) BGRA, in place.

    Args:
        pixels: contiguous and writable.
        strength: 0 to 1.
        offset_xy: shifts the grain; another one for every frame makes it live.
    """
    rows, columns = pixels.shape[:2]
    target = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    tile = _grain(round(100 * strength))
    brush = QBrush(QImage(tile.data, _GRAIN_SIDE, _GRAIN_SIDE, 4 * _GRAIN_SIDE, _PREMULTIPLIED))
    painter = QPainter(target)
    painter.setBrushOrigin(QPoint(*offset_xy))
    painter.fillRect(0, 0, columns, rows, brush)
    painter.end()


@cache
def _glow_table(percent: int) -> ByteArray:
    return as_bytes(np.round(255 * percent / 100 * (np.arange(256) / 255) ** _GLOW_POWER))


@lru_cache(maxsize=1)
def _vignette(columns: int, rows: int, strength: float) -> ByteArray:
    """(rows, columns, 4) premultiplied black."""
    x, y = np.linspace(-1, 1, columns), np.linspace(-1, 1, rows)
    reach = np.hypot(x, y[:, None]) / np.sqrt(2.0)
    share = np.clip((reach - _VIGNETTE_FROM) / (_VIGNETTE_FULL - _VIGNETTE_FROM), 0, 1)
    black = np.zeros((rows, columns, 4), np.uint8)
    black[..., 3] = np.round(255 * strength * share * share * (3 - 2 * share))
    black.flags.writeable = False
    return black


@cache
def _grain(percent: int) -> ByteArray:
    """(side, side, 4) premultiplied: specks of black and white with soft edges that go round the tile."""
    noise = np.random.default_rng(1).normal(0.0, 1.0, (_GRAIN_SIDE, _GRAIN_SIDE))
    soft = np.asarray(cv2.GaussianBlur(np.tile(noise, (3, 3)), (0, 0), _GRAIN_SOFT_SIGMA))
    middle = soft[_GRAIN_SIDE : 2 * _GRAIN_SIDE, _GRAIN_SIDE : 2 * _GRAIN_SIDE]
    specks = percent / 100 * _GRAIN_DEVIATION * middle / middle.std()
    alpha = np.clip(np.round(np.abs(specks)), 0, 255)
    tile = np.zeros((_GRAIN_SIDE, _GRAIN_SIDE, 4), np.uint8)
    tile[..., 3] = alpha
    tile[..., :3] = np.where(specks > 0, alpha, 0)[..., None]
    tile.flags.writeable = False
    return tile
