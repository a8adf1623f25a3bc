"""Shows the groups of filters as chips: in rows beside the image, in one row that scrolls under it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from masquerade.gui.gallery.filter_model import EVERYTHING
from masquerade.gui.widgets.flow_layout import FlowLayout

_ROW_HEIGHT = 28
# Of three rows, which most collections need: the cards should not jump when the groups come.
_HEIGHT_BEFORE = 90
_NO_LIMIT = 16_777_215


class GroupChips(QWidget):
    """One chip is always chosen.

    Signals:
        group_chosen: with the group.
    """

    group_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._row = FlowLayout(6, self)
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(lambda chip: self.group_chosen.emit(chip.property("group")))
        self._as_strip = False
        self._filled = False

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """The chips, in their order."""
        return tuple(button for button in self._group.buttons() if isinstance(button, QPushButton))

    def show_groups(self, groups: Sequence[str], final: bool) -> None:
        """Show these groups, EVERYTHING chosen; until they are `final`, room is kept for more."""
        for chip in self.buttons:
            self._group.removeButton(chip)
            self._row.removeWidget(chip)
            chip.setParent(None)
            chip.deleteLater()
        for group in groups:
            self._add(group)
        self._filled = final
        self.lay_out(self._as_strip)

    def lay_out(self, as_strip: bool) -> None:
        """Make it one row, or as many as the width needs."""
        self._as_strip = as_strip
        self._row.scroll_in_one_row(0 if as_strip else None)
        self.setMinimumHeight(_ROW_HEIGHT if as_strip else 0 if self._filled else _HEIGHT_BEFORE)
        self.setMaximumHeight(_ROW_HEIGHT if as_strip else _NO_LIMIT)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Scroll the one row, by wheels of either direction."""
        if self._as_strip:
            angle = event.angleDelta()
            self._scroll_to((self._row.scrolled or 0) - (angle.y() or angle.x()))
            event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Bring the chip that the keyboard has reached into sight."""
        if self._as_strip and event.type() is QEvent.Type.FocusIn and isinstance(watched, QPushButton):
            left = watched.x() + (self._row.scrolled or 0)
            if watched.x() < 0 or watched.x() + watched.width() > self.width():
                self._scroll_to(left - (self.width() - watched.width()) // 2)
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Keep the one row from scrolling past its end."""
        super().resizeEvent(event)
        if self._as_strip:
            self._scroll_to(self._row.scrolled or 0)

    def _scroll_to(self, offset: int) -> None:
        farthest = max(self._row.row_width() - self.width(), 0)
        self._row.scroll_in_one_row(min(max(offset, 0), farthest))

    def _add(self, group: str) -> None:
        chip = QPushButton(group[:1].upper() + group[1:], self)
        chip.setObjectName("chip")
        chip.setCheckable(True)
        chip.setChecked(group == EVERYTHING)
        chip.setProperty("group", group)
        chip.setAccessibleName(f"Show {group}")
        chip.installEventFilter(self)
        # Without this a chip that was added after the window was shown would stay hidden.
        chip.setVisible(True)
        self._group.addButton(chip)
        self._row.addWidget(chip)
