"""Paints the overlays of the preview, which are not in the image: outline, hint, red line, flash, messages."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QTransform

from masquerade.gui.widgets.icons import paint_icon

_WHITE = QColor(255, 255, 255)
_PILL_GROUND = QColor(0, 0, 0, 184)
_PILL_MARGIN = 24


def pill_place(words: str, place: QRectF, font: QFont, at_top: bool) -> QRectF:
    """Return where a pill with one line of words stands: in the middle of the upper or lower edge of `place`."""
    metrics = QFontMetricsF(font)
    height = metrics.height() + 20
    width = min(metrics.horizontalAdvance(words) + 44, place.width() - 16)
    top = place.top() + _PILL_MARGIN if at_top else place.bottom() - height - _PILL_MARGIN
    return QRectF(place.center().x() - width / 2, top, width, height)


def paint_pill(painter: QPainter, words: str, pill: QRectF, font: QFont, strength: float) -> None:
    """Write one line of words on a dark pill.

    Args:
        painter: of the widget.
        words: cut at the end where they are too long.
        pill: as `pill_place` returns it.
        font: of the words.
        strength: 0 = invisible, 1 = full.
    """
    painter.save()
    painter.setOpacity(strength)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PILL_GROUND)
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
    painter.setFont(font)
    painter.setPen(_WHITE)
    shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, pill.width() - 24)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()


def paint_face_mark(painter: QPainter, mark: QRectF, place: QRectF) -> None:
    """Draw the corners of a soft frame around the face that filters are chosen for."""
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
    """Draw an outline of head and shoulders to show where to stand."""
    path = _bust(place)
    painter.save()
    painter.setClipRect(place)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setOpacity(strength)
    # A wide faint line under a thin bright one can be seen on white walls and in the dark.
    for width, colour in ((8.0, QColor(0, 0, 0, 60)), (2.5, QColor(255, 255, 255, 200))):
        pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(path)
    painter.restore()


def _bust(place: QRectF) -> QPainterPath:
    """Return one smooth line around head, neck and shoulders, open at the lower edge of the image."""
    half = QPainterPath(QPointF(0, 14))
    half.cubicTo(QPointF(10.5, 14), QPointF(16.5, 22), QPointF(16.5, 34))
    half.cubicTo(QPointF(16.5, 44), QPointF(13, 51), QPointF(9.5, 55))
    half.cubicTo(QPointF(7.5, 57.5), QPointF(7.5, 63), QPointF(12, 66))
    half.cubicTo(QPointF(18, 70), QPointF(36, 72), QPointF(42, 84))
    half.cubicTo(QPointF(46, 92), QPointF(46, 100), QPointF(46, 108))
    unit = place.height() / 100
    mirrored = QTransform.fromScale(-1, 1).map(half).toReversed()
    mirrored.connectPath(half)
    return QTransform(unit, 0, 0, unit, place.center().x(), place.top()).map(mirrored)


def paint_record_line(painter: QPainter, place: QRectF, colour: QColor) -> None:
    """Frame the image while a recording runs."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(colour, 3)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(place.adjusted(1.5, 1.5, -1.5, -1.5))


def time_size(words: str, font: QFont) -> QSizeF:
    """Return the size of the time recorded."""
    metrics = QFontMetricsF(font)
    return QSizeF(metrics.horizontalAdvance(words) + metrics.height() + 20, metrics.height() + 12)


def paint_time(painter: QPainter, words: str, place: QRectF, font: QFont, colour: QColor) -> None:
    """Draw the time recorded behind a dot in the colour of recording."""
    painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PILL_GROUND)
    painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
    side = place.height() * 0.36
    painter.setBrush(colour)
    painter.drawEllipse(QRectF(place.left() + 10, place.center().y() - side / 2, side, side))
    painter.setFont(font)
    painter.setPen(_WHITE)
    room = place.adjusted(10 + side + 6, 0, 0, 0)
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)


def paint_flash(painter: QPainter, place: QRectF, strength: float) -> None:
    """Flash for a photo, almost white so that it does not dazzle."""
    painter.fillRect(place, QColor(255, 255, 255, round(200 * strength)))


def paint_waiting(painter: QPainter, place: QRectF, words: str, font: QFont) -> None:
    """Dim the image and show why there is none at the moment."""
    painter.fillRect(place, QColor(8, 9, 11, 200))
    side = min(56.0, place.height() / 4)
    middle = place.center()
    paint_icon(
        painter, "mask", QRectF(middle.x() - side / 2, middle.y() - side, side, side), QColor(255, 255, 255, 120)
    )
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255, 200))
    room = QRectF(place.left() + 24, middle.y() + 12, place.width() - 48, place.bottom() - middle.y() - 12)
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    painter.drawText(room, int(flags), words)
