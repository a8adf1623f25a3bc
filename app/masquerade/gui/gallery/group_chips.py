"""Shows the groups of filters as chips, in one row that scrolls sideways."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPalette, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QWidget

from masquerade.gui.widgets.controls import WordButton

_GAP = 6
_FADE = 28  # pixels, where the row goes on beyond an edge


class GroupChips(QWidget):
    """One chip is always checked. The wheel, the arrow keys and a click at a faded edge scroll the row.

    Signals:
        group_chosen: with the group.
    """

    group_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Groups of filters")
        self._row = QWidget(self)
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(lambda chip: self.group_chosen.emit(chip.property("group")))
        self._chips: dict[str, WordButton] = {}
        self._offset = 0
        self._edges = (_Edge(self, forward=False), _Edge(self, forward=True))

    @property
    def buttons(self) -> tuple[WordButton, ...]:
        """The chips, in their order."""
        return tuple(self._chips.values())

    def show_groups(self, groups: Sequence[str], checked: str) -> None:
        """Show these groups; chips that are there already stay where they are."""
        for group in [each for each in self._chips if each not in groups]:
            chip = self._chips.pop(group)
            self._group.removeButton(chip)
            chip.setParent(None)
            chip.deleteLater()
        self._chips = {group: self._chips.get(group) or self._make(group) for group in groups}
        self.check(checked)
        self._lay_out()

    def check(self, group: str) -> None:
        """Mark a group as the one that is shown."""
        chip = self._chips.get(group)
        if chip is not None:
            chip.setChecked(True)
            self._reveal(chip)

    def scroll_to(self, offset: int) -> None:
        """Move the row to the left by `offset` pixels, no further than its end."""
        self._offset = min(max(offset, 0), max(self._row.width() - self.width(), 0))
        self._row.move(
            -self._offset if self.layoutDirection() is Qt.LayoutDirection.LeftToRight else self._from_right(), 0
        )
        self._edges[0].setVisible(self._offset > 0)
        self._edges[1].setVisible(self._offset < self._row.width() - self.width())

    def scroll_page(self, forward: bool) -> None:
        """Move the row by most of what is in sight."""
        self.scroll_to(self._offset + (1 if forward else -1) * max(self.width() - 2 * _FADE, 40))

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the height of a chip."""
        return QSize(120, max((chip.sizeHint().height() for chip in self.buttons), default=28))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the height of a chip."""
        return QSize(60, self.sizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Scroll the row, by wheels of either direction."""
        angle = event.angleDelta()
        self.scroll_to(self._offset - (angle.y() or angle.x()) // 2)
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Bring the chip that the keyboard has reached into sight."""
        if event.type() is QEvent.Type.FocusIn and isinstance(watched, WordButton):
            self._reveal(watched)
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Keep the row from scrolling past its end."""
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Fit again with another font or direction of writing."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange):
            self.updateGeometry()
            self._lay_out()

    def _lay_out(self) -> None:
        x, height = 0, self.height()
        widths = [chip.sizeHint().width() for chip in self.buttons]
        total = sum(widths) + _GAP * max(len(widths) - 1, 0)
        self._row.resize(total, height)
        for chip, width in zip(self.buttons, widths, strict=True):
            place = QRect(x, (height - chip.sizeHint().height()) // 2, width, chip.sizeHint().height())
            if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                place.moveLeft(total - x - width)
            chip.setGeometry(place)
            x += width + _GAP
        for edge in self._edges:
            edge.fit()
            edge.raise_()
        self.scroll_to(self._offset)

    def _from_right(self) -> int:
        return self.width() - self._row.width() + self._offset

    def _reveal(self, chip: WordButton) -> None:
        left = (
            chip.x()
            if self.layoutDirection() is Qt.LayoutDirection.LeftToRight
            else (self._row.width() - chip.x() - chip.width())
        )
        if left < self._offset + _FADE or left + chip.width() > self._offset + self.width() - _FADE:
            self.scroll_to(left - (self.width() - chip.width()) // 2)

    def _make(self, group: str) -> WordButton:
        chip = WordButton(group[:1].upper() + group[1:], self._row, f"Show {group.lower()}")
        chip.setObjectName("chip")
        chip.setCheckable(True)
        chip.setProperty("group", group)
        chip.installEventFilter(self)
        # Without this a chip that was added after the window was shown would stay hidden.
        chip.setVisible(True)
        self._group.addButton(chip)
        return chip


class _Edge(QWidget):
    """Fades the row out where it goes on, with an arrow; a click scrolls there."""

    def __init__(self, chips: GroupChips, forward: bool) -> None:
        super().__init__(chips)
        self._chips = chips
        self._forward = forward
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def fit(self) -> None:
        """Stand at its edge of the row."""
        at_right = self._forward is (self.layoutDirection() is Qt.LayoutDirection.LeftToRight)
        self.setGeometry(self._chips.width() - _FADE if at_right else 0, 0, _FADE, self._chips.height())

    def mousePressEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """Scroll."""
        self._chips.scroll_page(self._forward)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the fade and the arrow."""
        at_right = self._forward is (self.layoutDirection() is Qt.LayoutDirection.LeftToRight)
        painter = QPainter(self)
        ground = self.palette().color(QPalette.ColorRole.Base)
        clear = QColor(ground)
        clear.setAlpha(0)
        fade = QLinearGradient(QPoint(0, 0), QPoint(self.width(), 0))
        fade.setColorAt(0.0, clear if at_right else ground)
        fade.setColorAt(0.55, ground)
        fade.setColorAt(1.0, ground if at_right else clear)
        painter.fillRect(self.rect(), fade)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        # Else Qt would mirror both the side and the arrow once more.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect(), side | Qt.AlignmentFlag.AlignVCenter, "\u203a" if at_right else "\u2039")
