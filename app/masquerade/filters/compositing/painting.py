"""Blends a patch of art into the frame's own buffer."""

from types import MappingProxyType

import cv2
import numpy as np
from PySide6.QtGui import QBrush, QColor, QImage, QLinearGradient, QPainter

from masquerade.filters.format.layers import Blend
from masquerade.values import ByteArray

MODES = MappingProxyType(
    {
        Blend.NORMAL: QPainter.CompositionMode.CompositionMode_SourceOver,
        Blend.MULTIPLY: QPainter.CompositionMode.CompositionMode_Multiply,
        Blend.SCREEN: QPainter.CompositionMode.CompositionMode_Screen,
        Blend.OVERLAY: QPainter.CompositionMode.CompositionMode_Overlay,
        Blend.SOFT_LIGHT: QPainter.CompositionMode.CompositionMode_SoftLight,
    }
)


def blend_patch(
    pixels: ByteArray,
    patch: ByteArray,
    left_top: tuple[int, int],
    mode: Blend,
    opacity: float,
    *,
    transparent: bool = False,
) -> None:
    """Paint a patch into a frame, in place.

    Args:
        pixels: (H, W, 4) uint8 BGRA, contiguous and writable; premultiplied if `transparent`.
        patch: (h, w, 4) uint8, premultiplied BGRA, contiguous.
        left_top: column and row of the frame under the patch's first pixel.
        mode: how colours meet.
        opacity: 0 to 1.
        transparent: True for an image that is laid over another one; a frame is opaque.
    """
    height, width = pixels.shape[:2]
    form = QImage.Format.Format_ARGB32_Premultiplied if transparent else QImage.Format.Format_RGB32
    target = QImage(pixels.data, width, height, 4 * width, form)
    rows, columns = patch.shape[:2]
    source = QImage(patch.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(target)
    if mode is not Blend.NORMAL:
        painter.setCompositionMode(MODES[mode])
    if opacity < 1.0:
        painter.setOpacity(opacity)
    painter.drawImage(*left_top, source)
    painter.end()


def fade_patch(patch: ByteArray, mask: ByteArray) -> None:
    """Multiply a premultiplied patch (h, w, 4) by a mask (h, w) uint8, in place; 255 keeps."""
    cv2.multiply(patch, cv2.merge([mask, mask, mask, mask]), dst=patch, scale=1 / 255)


def darken_patch(
    patch: ByteArray, start_xy: tuple[float, float], end_xy: tuple[float, float], gains: tuple[float, ...]
) -> None:
    """Darken a premultiplied patch (h, w, 4) along a line, in place: OpenCV takes four times as long.

    Args:
        patch: contiguous.
        start_xy: where the first gain holds, and before it; pixels of the patch.
        end_xy: where the last gain holds, and beyond it.
        gains: two or more, 0 to 1, evenly from start to end.
    """
    height, width = patch.shape[:2]
    gradient = QLinearGradient(*start_xy, *end_xy)
    for place, gain in enumerate(gains):
        gradient.setColorAt(place / (len(gains) - 1), QColor(0, 0, 0, round(255 * (1.0 - min(gain, 1.0)))))
    target = QImage(patch.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(target)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
    painter.fillRect(0, 0, width, height, QBrush(gradient))
    painter.end()


def as_bytes(array: object) -> ByteArray:
    """Return what OpenCV gave as the uint8 array that it is."""
    return np.asarray(array, np.uint8)
