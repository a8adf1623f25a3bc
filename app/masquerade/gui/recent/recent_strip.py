"""Show what was made as a strip of small images: open, drag out, rename, copy, delete."""

from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLabel, QListView, QVBoxLayout, QWidget

from masquerade.gui.recent.recent_painter import RecentPainter, cell_size
from masquerade.gui.services.studio.recent_files import RecentFiles
from masquerade.gui.widgets.controls import SignButton

FILE_ROLE = int(Qt.ItemDataRole.UserRole)
_Index = QModelIndex | QPersistentModelIndex
_KEYS = {Qt.Key.Key_F2: "rename", Qt.Key.Key_Delete: "remove"}


class RecentModel(QAbstractListModel):
    """The files of `RecentFiles`, which can be dragged out as files."""

    def __init__(self, files: RecentFiles) -> None:
        super().__init__(files)
        self._files = files
        self._shown = files.files
        files.changed.connect(self._on_changed)
        files.image_ready.connect(self._on_image)

    def rowCount(self, parent: _Index | None = None) -> int:  # noqa: N802 (Qt's name)
        """Return the number of files."""
        return len(self._shown)

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Return the file, its image, or its name for screen readers and tooltips."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        file = self._shown[index.row()]
        if role == FILE_ROLE:
            return file
        if role == Qt.ItemDataRole.DecorationRole:
            return self._files.image(file)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return file.path.name
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let every file be chosen and dragged."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:  # noqa: N802 (Qt's name)
        """Return what a drag carries."""
        return ["text/uri-list"]

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:  # type: ignore[override]  # noqa: N802 (Qt's name)
        """Return the files of a drag."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(index.data(FILE_ROLE).path)) for index in indexes])
        return mime

    def row_of(self, path: Path) -> int:
        """Return where a file is; -1 where it is not."""
        return next((row for row, file in enumerate(self._shown) if file.path == path), -1)

    def _on_changed(self) -> None:
        self.beginResetModel()
        self._shown = self._files.files
        self.endResetModel()

    def _on_image(self, path: Path) -> None:
        row = self.row_of(path)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))


class RecentList(QListView):
    """The row of images.

    Signals:
        opened: with a RecentFile: a click or Enter.
        menu_wanted: with a RecentFile and a place on the screen.
        key_pressed: "rename", "remove" or "copy", and a RecentFile.
        left: Escape was pressed.
    """

    opened = Signal(object)
    menu_wanted = Signal(object, object)
    key_pressed = Signal(str, object)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Recent photos and recordings")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setItemDelegate(RecentPainter(self))
        self.clicked.connect(self._on_opened)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Move the strip sideways with an ordinary wheel."""
        angle = event.angleDelta()
        if angle.x() or not angle.y():
            super().wheelEvent(event)
            return
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (angle.y() if not self.isRightToLeft() else -angle.y()))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask for the menu of the file under the pointer, or of the current one by its key."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            place: QPoint = self.visualRect(index).center() if by_key else event.pos()
            self.menu_wanted.emit(index.data(FILE_ROLE), self.viewport().mapToGlobal(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Open, rename, copy or delete the current file; Escape leaves."""
        index = self.currentIndex()
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self.left.emit()
        elif index.isValid() and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(index.data(FILE_ROLE))
        elif index.isValid() and event.matches(QKeySequence.StandardKey.Copy):
            self.key_pressed.emit("copy", index.data(FILE_ROLE))
        elif index.isValid() and key in _KEYS:
            self.key_pressed.emit(_KEYS[key], index.data(FILE_ROLE))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take Escape and Copy before the window's shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def _on_opened(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(FILE_ROLE))


def _is_own(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Copy)


class RecentStrip(QWidget):
    """The list, its heading, and a sentence where it is empty.

    Signals:
        closed: the cross was clicked, or Escape pressed.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list = RecentList(self)
        self.list.left.connect(self.closed)
        self._empty = QLabel("Photos and recordings you make appear here.", self)
        self._empty.setObjectName("soft")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        heading = QLabel("Recent", self)
        heading.setObjectName("heading")
        self._close = SignButton("close", "Close Recent (Esc)", side=28, parent=self)
        self._close.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._empty, 1)
        self.hide()

    def show_files(self, files: RecentFiles) -> None:
        """Show this list from now on."""
        model = RecentModel(files)
        self.list.setModel(model)
        model.modelReset.connect(self._on_count)
        self._on_count()

    @property
    def wanted_height(self) -> int:
        """The preferred height of the strip, pixels."""
        layout = self.layout()
        margins = layout.contentsMargins() if layout is not None else self.contentsMargins()
        bar = self.list.horizontalScrollBar().sizeHint().height()
        return self._close.sizeHint().height() + 2 + cell_size(self).height() + bar + margins.top() + margins.bottom()

    def first_place(self) -> QRect:
        """Return the position of the newest image."""
        cell = QRect(QPoint(0, 0), cell_size(self))
        return QRect(self.list.mapTo(self, cell.topLeft()), cell.size())

    def focus_list(self) -> None:
        """Give the keyboard to the list."""
        model = self.list.model()
        if model is not None and model.rowCount() and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(model.index(0, 0))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the height of one row."""
        return QSize(320, self.wanted_height)

    def _on_count(self) -> None:
        model = self.list.model()
        filled = model is not None and model.rowCount() > 0
        self.list.setVisible(filled)
        self._empty.setVisible(not filled)
