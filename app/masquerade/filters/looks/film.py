"""Adds the effects of lens and film to an image: vignette and grain."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QBrush, QImage, QPainter

from masquerade.filters.compositing.painting import as_bytes, blend_patch
from masquerade.filters.format.layers import Blend
from masquerade.values import ByteArray, FloatArray

# As shares of the way from the middle to a corner.
_VIGNETTE_FROM, _VIGNETTE_FULL = 0.45, 1.05
# It is smooth: of a large image one pixel in so many does to work it out.
_VIGNETTE_STEP, _LARGE = 8, 400
_GRAIN_SIDE = 256
_GRAIN_DEVIATION = 26.0
_GRAIN_SOFT_SIGMA = 0.7
# As far as a pixel is blurred, and more.
_GRAIN_EDGE = 8
# So many images of vignette and grain together, in turn by chance, look as live as grain that never comes again.
_FILMS = 4
_PREMULTIPLIED = QImage.Format.Format_ARGB32_Premultiplied


class Film:
    """The vignette and the grain of one look, another grain for every image. For one thread.

    Args:
        vignette: 0 to 1, how dark the corners are.
        grain: 0 to 1.
    """

    def __init__(self, vignette: float, grain: float) -> None:
        self._vignette = vignette
        self._grain = grain
        self._chance = np.random.default_rng(0)
        # One of both is laid on in half the time of two.
        self._films: list[ByteArray] = []
        self._shown = 0

    def lay_over(self, pixels: ByteArray) -> None:
        """Change (h, w, 4) BGRA, contiguous and writable, in place."""
        if self._vignette > 0.0:
            # The strength is in the art: Qt is a third slower where it has to multiply by an opacity, too.
            blend_patch(pixels, self._film(pixels.shape[0], pixels.shape[1]), (0, 0), Blend.NORMAL, 1.0)
        elif self._grain > 0.0:
            _strew(pixels, _grain(round(100 * self._grain)), self._offset_xy())

    def _film(self, rows: int, columns: int) -> ByteArray:
        """Return (rows, columns, 4): a different overlay than before, a new one until there are enough."""
        if self._films and self._films[0].shape[:2] != (rows, columns):
            self._films.clear()
        wanted = _FILMS if self._grain > 0.0 else 1
        if len(self._films) < wanted:
            self._films.append(self._make(rows, columns))
            self._shown = len(self._films) - 1
        elif wanted > 1:
            self._shown = (self._shown + int(self._chance.integers(1, wanted))) % wanted
        return self._films[self._shown]

    def _make(self, rows: int, columns: int) -> ByteArray:
        """Return (rows, columns, 4) premultiplied: grain over a vignette."""
        shade = np.round(255 * self._vignette * _vignette(columns, rows)).astype(np.uint8)
        nothing = np.zeros_like(shade)
        film = as_bytes(cv2.merge([nothing, nothing, nothing, shade]))
        if self._grain > 0.0:
            _strew(film, _grain(round(100 * self._grain)), self._offset_xy(), _PREMULTIPLIED)
        return film

    def _offset_xy(self) -> tuple[int, int]:
        x, y = self._chance.integers(0, _GRAIN_SIDE, 2)
        return int(x), int(y)


def _strew(
    pixels: ByteArray, tile: ByteArray, offset_xy: tuple[int, int], kind: QImage.Format = QImage.Format.Format_RGB32
) -> None:
    """Tile (side, side, 4) over (h, w, 4), in place."""
    rows, columns = pixels.shape[:2]
    target = QImage(pixels.data, columns, rows, 4 * columns, kind)
    brush = QBrush(QImage(tile.data, _GRAIN_SIDE, _GRAIN_SIDE, 4 * _GRAIN_SIDE, _PREMULTIPLIED))
    painter = QPainter(target)
    painter.setBrushOrigin(QPoint(*offset_xy))
    painter.fillRect(0, 0, columns, rows, brush)
    painter.end()


def _vignette(columns: int, rows: int) -> FloatArray:
    """Return (rows, columns), 0 in the middle to 1 in the corners."""
    x, y = (_places(length, length // _VIGNETTE_STEP if length >= _LARGE else length) for length in (columns, rows))
    reach = np.hypot(x, y[:, None]) / np.sqrt(2.0)
    share = np.clip((reach - _VIGNETTE_FROM) / (_VIGNETTE_FULL - _VIGNETTE_FROM), 0, 1)
    few = (share * share * (3 - 2 * share)).astype(np.float32)
    return np.asarray(cv2.resize(few, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)


def _places(length: int, count: int) -> NDArray[np.float64]:
    """Return where `count` pixels lie that are enlarged to `length`: -1 to 1 from the first to the last of these."""
    return 2 * ((np.arange(count) + 0.5) * length / count - 0.5) / max(length - 1, 1) - 1


@cache
def _grain(percent: int) -> ByteArray:
    """Return (side, side, 4) premultiplied: specks of black and white with soft edges that go round the tile."""
    noise = np.random.default_rng(1).normal(0.0, 1.0, (_GRAIN_SIDE, _GRAIN_SIDE))
    edge = _GRAIN_EDGE
    soft = np.asarray(cv2.GaussianBlur(np.pad(noise, edge, mode="wrap"), (0, 0), _GRAIN_SOFT_SIGMA))
    middle = soft[edge:-edge, edge:-edge]
    specks = percent / 100 * _GRAIN_DEVIATION * middle / middle.std()
    alpha = np.clip(np.round(np.abs(specks)), 0, 255)
    tile = np.zeros((_GRAIN_SIDE, _GRAIN_SIDE, 4), np.uint8)
    tile[..., 3] = alpha
    tile[..., :3] = np.where(specks > 0, alpha, 0)[..., None]
    tile.flags.writeable = False
    return tile
