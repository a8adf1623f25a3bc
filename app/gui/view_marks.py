"""Paints what stands on the picture but not in it: outline, hint, red line, flash, waiting words."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from app.gui.icons import paint_icon

_WHITE = QColor(255, 255, 255)


def paint_pill(painter: QPainter, words: str, place: QRectF, font: QFont, strength: float) -> None:
    """Writes one line of words on a dark pill at the middle of the lower edge of `place`.

    Args:
        strength: 0 = invisible, 1 = full.
    """
    metrics = QFontMetricsF(font)
    height = metrics.height() + 20
    width = min(metrics.horizontalAdvance(words) + 44, place.width() - 16)
    pill = QRectF(place.center().x() - width / 2, place.bottom() - height - 24, width, height)
    painter.save()
    painter.setOpacity(strength)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 165))
    painter.drawRoundedRect(pill, height / 2, height / 2)
    painter.setFont(font)
    painter.setPen(_WHITE)
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, width - 24)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()


def paint_outline(painter: QPainter, place: QRectF, strength: float) -> None:
    """Draws head and shoulders as a soft line: here a person would stand."""
    height = place.height() * 0.74
    middle = place.center().x()
    top = place.top() + place.height() * 0.13
    head = QRectF(middle - height * 0.205, top, height * 0.41, height * 0.54)
    shoulder_y = top + height * 0.72
    half = height * 0.52
    path = QPainterPath()
    path.addEllipse(head)
    path.moveTo(middle - half, place.bottom() - 3)
    path.cubicTo(
        QPointF(middle - half, shoulder_y + height * 0.06),
        QPointF(middle - half * 0.72, shoulder_y - height * 0.04),
        QPointF(middle - half * 0.30, shoulder_y - height * 0.07),
    )
    path.moveTo(middle + half * 0.30, shoulder_y - height * 0.07)
    path.cubicTo(
        QPointF(middle + half * 0.72, shoulder_y - height * 0.04),
        QPointF(middle + half, shoulder_y + height * 0.06),
        QPointF(middle + half, place.bottom() - 3),
    )
    painter.save()
    painter.setClipRect(place)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # A wide faint line under a thin bright one: seen on white walls and in the dark.
    for width, colour in ((9.0, QColor(0, 0, 0, 60)), (2.5, QColor(255, 255, 255, 190))):
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setOpacity(strength)
        painter.setPen(pen)
        painter.drawPath(path)
    painter.restore()


def paint_record_line(painter: QPainter, place: QRectF, colour: QColor) -> None:
    """Frames the picture while a recording runs."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(colour, 3)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(place.adjusted(1.5, 1.5, -1.5, -1.5))


def paint_flash(painter: QPainter, place: QRectF, strength: float) -> None:
    """Whitens the picture for the moment of a photo; never quite white, which would dazzle."""
    painter.fillRect(place, QColor(255, 255, 255, round(200 * strength)))


def paint_waiting(painter: QPainter, place: QRectF, words: str, font: QFont) -> None:
    """Dims the picture's place and writes why there is none at the moment."""
    painter.fillRect(place, QColor(8, 9, 11, 200))
    side = 56.0
    middle = place.center()
    soft = QColor(255, 255, 255, 120)
    paint_icon(painter, "mask", QRectF(middle.x() - side / 2, middle.y() - side, side, side), soft)
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255, 200))
    room = QRectF(place.left() + 24, middle.y() + 12, place.width() - 48, 64)
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    painter.drawText(room, int(flags), words)
