"""Paints what stands on the image but not in it: outline, hint, red line, flash, waiting words."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from masquerade.gui.widgets.icons import paint_icon

_WHITE = QColor(255, 255, 255)


def paint_pill(painter: QPainter, words: str, place: QRectF, font: QFont, strength: float) -> None:
    """Write one line of words on a dark pill at the middle of the lower edge of `place`.

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


def paint_face_mark(painter: QPainter, mark: QRectF, place: QRectF) -> None:
    """Draw the corners of a soft frame round the face that filters go to."""
    path, side = QPainterPath(), min(mark.width(), mark.height()) / 4
    for corner, right, down in (
        (mark.topLeft(), 1, 1),
        (mark.topRight(), -1, 1),
        (mark.bottomRight(), -1, -1),
        (mark.bottomLeft(), 1, -1),
    ):
        path.moveTo(corner + QPointF(0, down * side))
        path.quadTo(corner, corner + QPointF(right * side, 0))
    painter.save()
    painter.setClipRect(place)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((8.0, QColor(0, 0, 0, 60)), (3.0, QColor(255, 255, 255, 230))):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(path)
    painter.restore()


def paint_outline(painter: QPainter, place: QRectF, strength: float) -> None:
    """Draw head and shoulders as a soft line: here a person would stand."""
    path = _bust(place)
    painter.save()
    painter.setClipRect(place)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setOpacity(strength)
    # A wide faint line under a thin bright one: seen on white walls and in the dark.
    for width, colour in ((10.0, QColor(0, 0, 0, 50)), (2.5, QColor(255, 255, 255, 180))):
        painter.setPen(QPen(colour, width))
        painter.drawPath(path)
    painter.restore()


def _bust(place: QRectF) -> QPainterPath:
    """Return one line round head, neck and shoulders; it leaves the image at the lower edge."""
    unit = place.height() / 100
    middle, top, bottom = place.center().x(), place.top(), place.bottom() + 20 * unit
    head = QPainterPath()
    head.addEllipse(QRectF(middle - 16 * unit, top + 15 * unit, 32 * unit, 43 * unit))
    neck = QPainterPath()
    neck.addRect(QRectF(middle - 8.5 * unit, top + 45 * unit, 17 * unit, 30 * unit))
    body = QPainterPath(QPointF(middle - 44 * unit, bottom))
    body.cubicTo(
        QPointF(middle - 44 * unit, top + 76 * unit),
        QPointF(middle - 30 * unit, top + 71 * unit),
        QPointF(middle - 8.5 * unit, top + 66 * unit),
    )
    body.lineTo(QPointF(middle + 8.5 * unit, top + 66 * unit))
    body.cubicTo(
        QPointF(middle + 30 * unit, top + 71 * unit),
        QPointF(middle + 44 * unit, top + 76 * unit),
        QPointF(middle + 44 * unit, bottom),
    )
    return head.united(neck).united(body)


def paint_record_line(painter: QPainter, place: QRectF, colour: QColor) -> None:
    """Return frames the image while a recording runs."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(colour, 3)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(place.adjusted(1.5, 1.5, -1.5, -1.5))


def paint_flash(painter: QPainter, place: QRectF, strength: float) -> None:
    """Whiten the image for the moment of a photo; never quite white, which would dazzle."""
    painter.fillRect(place, QColor(255, 255, 255, round(200 * strength)))


def paint_waiting(painter: QPainter, place: QRectF, words: str, font: QFont) -> None:
    """Dim the image's place and writes why there is none at the moment."""
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
