"""The menu of sources: cameras by name, the demo, a file."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup, QPalette
from PySide6.QtWidgets import QMenu, QWidget

from masquerade.gui.services.sources.texts import DEMO, camera_text, describe_source
from masquerade.gui.widgets.controls import MenuButton
from masquerade.gui.widgets.icons import icon
from masquerade.pipeline.cameras import CameraInfo


class CameraMenu(MenuButton):
    """A button that shows the source in use and opens the list of all sources.

    Signals:
        source_chosen: with a source text, as on the command line.
        file_wanted: a video or image is to be opened.
        opened: the list is about to be shown; the cameras may be looked for again.
    """

    source_chosen = Signal(str)
    file_wanted = Signal()
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("camera", parent)
        self._cameras: tuple[CameraInfo, ...] = ()
        self._looked = False
        self._source = ""
        self.menu = QMenu(self)
        self.clicked.connect(self.open)
        self.show_source("")

    @property
    def cameras(self) -> tuple[CameraInfo, ...]:
        """The cameras known at the moment."""
        return self._cameras

    def show_cameras(self, cameras: Sequence[CameraInfo]) -> None:
        """Take the list of cameras; an open menu changes at once."""
        self._looked = True
        self._cameras = tuple(cameras)
        self.show_source(self._source)
        if self.menu.isVisible():
            self._fill()

    def show_source(self, source_text: str) -> None:
        """Show what is playing."""
        self._source = source_text
        sign, words = describe_source(source_text, self._cameras)
        self.show_choice(sign, words)
        self.setAccessibleName(f"Camera: {words}")

    def open(self) -> None:
        """Open the list above the button; it works in full screen too, where the button is hidden."""
        self.opened.emit()
        self._fill()
        size = self.menu.sizeHint()
        left = self.width() - size.width() if self.isRightToLeft() else 0
        corner = QPoint(left, -size.height() - 8)
        window = self.window()
        place = self.mapToGlobal(corner) if self.isVisible() else window.mapToGlobal(window.rect().center())
        self.menu.popup(place)

    def _fill(self) -> None:
        self.menu.clear()
        group = QActionGroup(self.menu)
        for camera in self._cameras:
            self._add(group, "camera", camera.name, camera_text(camera, self._cameras))
        if not self._cameras:
            words = "No camera found" if self._looked else "Looking for cameras"
            self.menu.addAction(words).setEnabled(False)
        self.menu.addSeparator()
        self._add(group, "demo", "Demo", DEMO)
        colour = self.palette().color(QPalette.ColorRole.Text)
        opening = self.menu.addAction(icon("film", colour), "Open video or image\u2026")
        opening.triggered.connect(self.file_wanted)

    def _add(self, group: QActionGroup, sign: str, words: str, source_text: str) -> None:
        now = describe_source(source_text, self._cameras) == describe_source(self._source, self._cameras)
        colour = self.palette().color(QPalette.ColorRole.Text)
        action = QAction(icon("done" if now else sign, colour), words, group)
        action.setCheckable(False)
        action.triggered.connect(lambda: self.source_chosen.emit(source_text))
        self.menu.addAction(action)
