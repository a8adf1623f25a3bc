"""Fit an image into the preview, with its proportions kept and black beside it."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

BLACK = QColor(0, 0, 0)


def fit_image(size_wh: tuple[int, int], room_wh: tuple[int, int]) -> QRect:
    """Return the largest rectangle of the image's proportions in the middle of the room, whole pixels."""
    scale = min(room_wh[0] / size_wh[0], room_wh[1] / size_wh[1])
    width, height = max(round(size_wh[0] * scale), 1), max(round(size_wh[1] * scale), 1)
    return QRect((room_wh[0] - width) // 2, (room_wh[1] - height) // 2, width, height)


def paint_bars(painter: QPainter, room: QRect, target: QRect) -> None:
    """Fill the bars beside the image only: filling under it would touch every pixel twice."""
    right, bottom = target.x() + target.width(), target.y() + target.height()
    bars = (
        QRect(0, 0, room.width(), target.y()),
        QRect(0, bottom, room.width(), room.height() - bottom),
        QRect(0, target.y(), target.x(), target.height()),
        QRect(right, target.y(), room.width() - right, target.height()),
    )
    for bar in bars:
        if not bar.isEmpty():
            painter.fillRect(bar, BLACK)
