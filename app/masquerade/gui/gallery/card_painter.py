"""Draws one card of the gallery: image, name, star, ring, and the marks of the faces that wear it."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPalette, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from masquerade.gui.gallery.filter_model import LOOK_ROLE, CardLook
from masquerade.gui.widgets.icons import paint_icon
from masquerade.gui.widgets.theme import CARD_RADIUS

_GAP = 4
_LARGEST_SIGN = 28


class CardPainter(QStyledItemDelegate):
    """Paints the cards."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.keyboard_here = False

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the card at `index`."""
        look: CardLook = index.data(LOOK_ROLE)
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        widget: QWidget = option.widget
        image = image_place(cell, widget.font())
        hovered = bool(state & QStyle.StateFlag.State_MouseOver and state & QStyle.StateFlag.State_Enabled)
        # The application's own colours: the stylesheet makes the list's ground transparent.
        palette = QApplication.palette()
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if look.card.problem is not None:
            painter.setOpacity(0.4)
        _paint_image(painter, image, look, palette)
        _paint_name(painter, cell, look, widget.font(), palette)
        if look.card.id and (hovered or look.favourite is not None):
            _paint_sign(painter, star_place(image), "star" if look.favourite is None else "star_full")
        if hovered and look.addable:
            _paint_sign(painter, plus_place(image), "minus" if look.chosen else "plus")
        _paint_marks(painter, image, look, widget.font(), palette)
        if look.chosen:
            _paint_ring(painter, image, palette.color(QPalette.ColorRole.Accent), 3)
        elif look.wearers:
            _paint_ring(painter, image, palette.color(QPalette.ColorRole.Accent), 1.5)
        elif hovered:
            _paint_ring(painter, image, palette.color(QPalette.ColorRole.PlaceholderText), 1.5)
        if self.keyboard_here and state & QStyle.StateFlag.State_HasFocus:
            _paint_ring(painter, image.adjusted(4, 4, -4, -4), palette.color(QPalette.ColorRole.Text), 2)
        painter.restore()

    def sizeHint(  # noqa: N802 (Qt's name)
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the cell's size, which the model knows."""
        size: QSize = index.data(int(Qt.ItemDataRole.SizeHintRole))
        return size


def cell_size(image_side: int, font: QFont) -> QSize:
    """Return the room of a card whose image is so large; its name is written in `font`."""
    return QSize(image_side + 2 * _GAP, image_side + 2 * _GAP + _name_height(font))


def image_place(cell: QRect, font: QFont) -> QRectF:
    """Return where the image is in its cell."""
    side = min(cell.width() - 2 * _GAP, cell.height() - 2 * _GAP - _name_height(font))
    return QRectF(cell.x() + (cell.width() - side) / 2, cell.y() + _GAP, side, side)


def star_place(image: QRectF) -> QRectF:
    """Return where the star is on the image of a card."""
    side = _sign_side(image)
    return QRectF(image.right() - side - 4, image.top() + 4, side, side)


def plus_place(image: QRectF) -> QRectF:
    """Return where the plus is on the image of a card: opposite the star."""
    side = _sign_side(image)
    return QRectF(image.left() + 4, image.top() + 4, side, side)


def _sign_side(image: QRectF) -> float:
    return min(_LARGEST_SIGN, image.width() * 0.3)


def _name_height(font: QFont) -> int:
    return QFontMetrics(font).height() + 8


def _paint_image(painter: QPainter, place: QRectF, look: CardLook, palette: QPalette) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    if look.image is None:
        painter.setBrush(palette.color(QPalette.ColorRole.Button))
        painter.drawRoundedRect(place, CARD_RADIUS, CARD_RADIUS)
        sign = "warning" if look.card.problem is not None else "mask"
        inset = place.width() * 0.32
        soft = palette.color(QPalette.ColorRole.PlaceholderText)
        soft.setAlphaF(0.5)
        paint_icon(painter, sign, place.adjusted(inset, inset, -inset, -inset), soft)
        return
    painter.setBrush(_filled_with(look.image, place))
    painter.drawRoundedRect(place, CARD_RADIUS, CARD_RADIUS)


def _filled_with(image: QPixmap, place: QRectF) -> QBrush:
    """Return a brush and no clip path: only so are the round corners smooth."""
    brush = QBrush(image)
    scale = place.width() / image.width()
    brush.setTransform(QTransform(scale, 0, 0, scale, place.x(), place.y()))
    return brush


def _paint_name(painter: QPainter, cell: QRect, look: CardLook, base: QFont, palette: QPalette) -> None:
    font = QFont(base)
    font.setPointSizeF(font.pointSizeF() * 0.95)
    font.setWeight(QFont.Weight.DemiBold if look.chosen else QFont.Weight.Normal)
    painter.setFont(font)
    role = QPalette.ColorRole.Text if look.chosen else QPalette.ColorRole.PlaceholderText
    painter.setPen(palette.color(role))
    below = image_place(cell, base).bottom() + 2
    place = QRectF(cell.x() + _GAP, below, cell.width() - 2 * _GAP, _name_height(base) - 4)
    words = painter.fontMetrics().elidedText(look.card.name, Qt.TextElideMode.ElideRight, int(place.width()))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


def _paint_sign(painter: QPainter, place: QRectF, sign: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 120))
    painter.drawEllipse(place)
    inset = place.width() * 0.21
    paint_icon(painter, sign, place.adjusted(inset, inset, -inset, -inset), QColor(255, 255, 255))


def _paint_marks(painter: QPainter, image: QRectF, look: CardLook, base: QFont, palette: QPalette) -> None:
    """Write the faces that wear the filter on the lower left, and a weaker intensity on the lower right."""
    font = QFont(base)
    font.setPointSizeF(font.pointSizeF() * 0.85)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    left = image.left() + 8
    for mark in look.wearers:
        place = _pill(mark, left, image.bottom() - 8, font)
        _paint_pill(painter, place, mark, palette.color(QPalette.ColorRole.Accent))
        left = place.right() + 3
    if look.intensity < 1:
        words = f"{round(100 * look.intensity)} %"
        place = _pill(words, 0, image.bottom() - 8, font)
        place.moveRight(image.right() - 8)
        _paint_pill(painter, place, words, QColor(0, 0, 0, 150))


def _pill(words: str, left: float, bottom: float, font: QFont) -> QRectF:
    metrics = QFontMetrics(font)
    height = metrics.height() + 2
    width = max(metrics.horizontalAdvance(words) + 10, height)
    return QRectF(left, bottom - height, width, height)


def _paint_pill(painter: QPainter, place: QRectF, words: str, ground: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


def _paint_ring(painter: QPainter, place: QRectF, colour: QColor, width: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, width))
    inset = width / 2
    painter.drawRoundedRect(place.adjusted(inset, inset, -inset, -inset), CARD_RADIUS - inset, CARD_RADIUS - inset)
