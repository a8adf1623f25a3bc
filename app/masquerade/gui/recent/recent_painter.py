"""Draw one file of the strip: its image, a sign on what plays, the ring of the keyboard."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from masquerade.gui.widgets.icons import paint_icon
from masquerade.gui.widgets.theme import BUTTON_RADIUS

_GAP = 4
_SIGN = 22
_FILE_ROLE = int(Qt.ItemDataRole.UserRole)


class RecentPainter(QStyledItemDelegate):
    """Paints the files."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the file at `index`."""
        file, image = index.data(_FILE_ROLE), index.data(int(Qt.ItemDataRole.DecorationRole))
        place = QRectF(option.rect).adjusted(_GAP, _GAP, -_GAP, -_GAP)
        palette = QApplication.palette()
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        corners = QPainterPath()
        corners.addRoundedRect(place, BUTTON_RADIUS, BUTTON_RADIUS)
        painter.fillPath(corners, palette.color(QPalette.ColorRole.Button))
        if isinstance(image, QImage) and not image.isNull():
            painter.setClipPath(corners)
            painter.drawImage(place, image, _cropped(image, place))
            painter.setClipping(False)
        elif image is not None:
            _paint_in_middle(painter, "warning", place, palette.color(QPalette.ColorRole.PlaceholderText))
        if file is not None and file.is_clip and image is not None and not image.isNull():
            disc = QRectF(0, 0, _SIGN + 10, _SIGN + 10)
            disc.moveCenter(place.center())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 140))
            painter.drawEllipse(disc)
            _paint_in_middle(painter, "resume", place, QColor(255, 255, 255))
        _paint_edge(painter, corners, option, palette)
        painter.restore()

    def sizeHint(  # noqa: N802 (Qt's name)
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the size of every cell."""
        return cell_size(option.widget)


def cell_size(widget: QWidget) -> QSize:
    """Return the room of a file, 16:9, which follows the font a little."""
    height = min(max(54, widget.fontMetrics().height() * 3), 96)
    return QSize(round(height * 16 / 9) + 2 * _GAP, height + 2 * _GAP)


def _cropped(image: QImage, place: QRectF) -> QRectF:
    """Return the middle of an image in the shape of its place."""
    scale = min(image.width() / place.width(), image.height() / place.height())
    part = QRectF(0, 0, place.width() * scale, place.height() * scale)
    part.moveCenter(QRectF(image.rect()).center())
    return part


def _paint_in_middle(painter: QPainter, sign: str, place: QRectF, colour: QColor) -> None:
    middle = QRectF(0, 0, _SIGN, _SIGN)
    middle.moveCenter(place.center())
    paint_icon(painter, sign, middle, colour)


def _paint_edge(painter: QPainter, corners: QPainterPath, option: QStyleOptionViewItem, palette: QPalette) -> None:
    state: QStyle.StateFlag = option.state
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 2.5))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(QPen(palette.color(QPalette.ColorRole.PlaceholderText), 1.5))
    else:
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
    painter.drawPath(corners)
