"""Lays widgets out like words: row after row, as many as fit."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Rows of widgets in their natural size, or one row that may be scrolled sideways."""

    def __init__(self, gap: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[QLayoutItem] = []
        self._gap = gap
        self._scrolled: int | None = None
        self.setContentsMargins(0, 0, 0, 0)

    @property
    def scrolled(self) -> int | None:
        """By how many pixels the one row is scrolled; None = there are as many rows as are needed."""
        return self._scrolled

    def scroll_in_one_row(self, offset: int | None) -> None:
        """Lay all out in one row, moved to the left by `offset` pixels; None goes back to rows that fit."""
        self._scrolled = offset
        self.invalidate()

    def row_width(self) -> int:
        """Return the width of all in one row."""
        widths = [entry.sizeHint().width() for entry in self._entries]
        return sum(widths) + self._gap * max(len(widths) - 1, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 (Qt's name)
        """Take one more."""
        self._entries.append(item)

    def count(self) -> int:
        """Return how many there are."""
        return len(self._entries)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 (Qt's name)
        """Return one, or None behind the last."""
        return self._entries[index] if 0 <= index < len(self._entries) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 (Qt's name)
        """Give one back, or None behind the last."""
        return self._entries.pop(index) if 0 <= index < len(self._entries) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802 (Qt's name)
        """Return that it does not grow by itself."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 (Qt's name)
        """Return that fewer columns need more rows."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 (Qt's name)
        """Return the height of all rows."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, place: QRect) -> None:  # noqa: N802 (Qt's name)
        """Move the widgets to their places."""
        super().setGeometry(place)
        self._place(place, move=True)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return room for the widest one."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return room for the widest one."""
        size = QSize()
        for entry in self._entries:
            size = size.expandedTo(entry.minimumSize())
        return size

    def _place(self, place: QRect, move: bool) -> int:
        x, y, row_height = place.x() - (self._scrolled or 0), place.y(), 0
        for entry in self._entries:
            size = entry.sizeHint()
            if self._scrolled is None and x > place.x() and x + size.width() > place.x() + place.width():
                x, y, row_height = place.x(), y + row_height + self._gap, 0
            if move:
                entry.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self._gap
            row_height = max(row_height, size.height())
        return y + row_height - place.y()
