"""Let one face have filters of its own: a menu on the face, and the face that filters are chosen for."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu

from masquerade.gui.preview.video_view import VideoView


class FaceMenu(QObject):
    """The menu of a face, opened by a right-click or a long press; knows which face filters are chosen for.

    Signals:
        aimed: the identity of the face that filters go to now; None = everyone.
        bared: a face is to wear nothing.
        freed: a face is to wear what everyone does.
    """

    aimed = Signal(object)
    bared = Signal(int)
    freed = Signal(int)

    def __init__(self, view: VideoView, has_own: Callable[[], bool], parent: QObject | None = None) -> None:
        """Wait for a press on a face.

        Args:
            view: the image.
            has_own: returns whether any face has filters of its own.
            parent: of this object.
        """
        super().__init__(parent)
        self._view = view
        self._has_own = has_own
        self._menu: QMenu | None = None
        view.picker.menu_wanted.connect(self.open)
        view.picker.left.connect(lambda: self.aim_at(None))

    @property
    def aim(self) -> int | None:
        """The face that filters go to; None = everyone."""
        return self._view.picker.marked

    def aim_at(self, face: int | None) -> None:
        """Choose filters for one face, or for everyone again."""
        if face != self.aim:
            self._view.picker.mark(face)
            self._view.update()
            self.aimed.emit(face)

    def open(self, face: int, place: QPoint) -> QMenu:
        """Show the menu of a face; `place` is in pixels of the image's widget."""
        if self._menu is not None:
            self._menu.deleteLater()
        menu = self._menu = QMenu(self._view)
        menu.setAccessibleName("Filters for one face")
        menu.addAction("Choose filters for this face").triggered.connect(lambda: self.aim_at(face))
        menu.addAction("No filter on this face").triggered.connect(lambda: self._bare(face))
        like_all = menu.addAction("Use everyone's filters")
        like_all.setEnabled(self._has_own())
        like_all.triggered.connect(lambda: self._free(face))
        menu.popup(self._view.mapToGlobal(place))
        return menu

    def _bare(self, face: int) -> None:
        self.aim_at(None)
        self.bared.emit(face)

    def _free(self, face: int) -> None:
        self.aim_at(None)
        self.freed.emit(face)
