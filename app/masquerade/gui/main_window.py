"""Lays out the window: image, gallery beside or under it, bar, messages and pages over them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QVBoxLayout, QWidget

from masquerade.gui.gallery.filter_gallery import FilterGallery
from masquerade.gui.pages.settings_page import SettingsPage
from masquerade.gui.pages.shortcuts import ShortcutPage
from masquerade.gui.pages.virtual_camera_page import VirtualCameraPage
from masquerade.gui.preview.photo_flight import PhotoFlight
from masquerade.gui.preview.video_view import VideoView
from masquerade.gui.toolbar.bottom_bar import BottomBar
from masquerade.gui.widgets.error_banner import ErrorBanner, Notice
from masquerade.gui.widgets.toast import Toast
from masquerade.settings import WindowPlace

STRIP_BELOW_WIDTH = 900
_MARGIN = 16
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class MainWindow(QWidget):
    """The widgets and where they stand; what they do is wired by the Conductor.

    Signals:
        closing: the window is about to go; whoever has something to finish does it now.
        paths_dropped: files and folders were dragged onto the window, a tuple of Path.
        placed: the window was moved, sized or maximised.
    """

    closing = Signal()
    paths_dropped = Signal(object)
    placed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Masquerade")
        self.setMinimumSize(640, 480)
        self.setAcceptDrops(True)
        self.view = VideoView(self)
        self.gallery = FilterGallery(self)
        self.bar = BottomBar(self)
        self.banner = ErrorBanner(self)
        self.toast = Toast(self)
        self.shortcut_page = ShortcutPage(self)
        self.settings_page = SettingsPage(self)
        self.virtual_camera_page = VirtualCameraPage(self)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(0)
        self._middle.addWidget(self.view, 1)
        self._middle.addWidget(self.gallery)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self.bar)
        self.banner.gone.connect(self.fit_overlays)
        self.toast.gone.connect(self.fit_overlays)
        self.gallery.left_by_keyboard.connect(self.focus_preview)
        self.view.typed.connect(self._search_for)
        self.view.setFocus()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the size of a first start."""
        return QSize(1280, 800)

    def restore_place(self, place: WindowPlace | None, maximised: bool) -> None:
        """Go where it stood, or to the middle where that screen is gone; on a smaller screen it is cut to that."""
        rect = QRect(place.left, place.top, place.width, place.height) if place is not None else QRect()
        screen = QGuiApplication.screenAt(rect.center()) if place is not None else None
        if screen is None:
            room = QGuiApplication.primaryScreen().availableGeometry()
            rect = QRect(0, 0, min(1280, room.width()), min(800, room.height()))
            rect.moveCenter(room.center())
        else:
            room = screen.availableGeometry()
            rect.setSize(rect.size().boundedTo(room.size()))
            rect.moveTo(
                min(max(rect.x(), room.x()), room.x() + room.width() - rect.width()),
                min(max(rect.y(), room.y()), room.y() + room.height() - rect.height()),
            )
        self.setGeometry(rect)
        if maximised:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def current_place(self) -> WindowPlace:
        """Return where the window stands when it is not maximised."""
        rect = self.normalGeometry() if self.isMaximized() or self.isFullScreen() else self.geometry()
        return WindowPlace(rect.x(), rect.y(), max(rect.width(), 1), max(rect.height(), 1))

    def focus_preview(self) -> None:
        """Give the keyboard to the preview."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def come_to_front(self) -> None:
        """Show the window before all others, also where it was minimised."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def toggle_full_screen(self) -> None:
        """Show the image alone on the whole screen, or everything again."""
        alone = not self.isFullScreen()
        self.gallery.setVisible(not alone)
        self.bar.setVisible(not alone)
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self.focus_preview()

    def fly_photo(self, image: QPixmap) -> None:
        """Let a photo fly from the image to the gallery's upper edge."""
        place = self.view.image_place().toRect().translated(self.view.pos())
        begin = place.adjusted(place.width() // 4, place.height() // 4, -place.width() // 4, -place.height() // 4)
        goal = self.gallery.list.mapTo(self, self.gallery.list.rect().topLeft())
        small = QSize(96, max(96 * place.height() // max(place.width(), 1), 1))
        PhotoFlight(image, begin, QRect(goal, small), self)

    def show_error(self, words: str, button: str, act: Callable[[], None], of_source: bool = False) -> None:
        """Report an error in the banner; see ErrorBanner."""
        self.banner.show_error(words, button, act, of_source)
        self.fit_overlays()

    def show_notice(self, words: str, button: str, act: Callable[[], None], of_source: bool = False) -> None:
        """Report in the banner what is no error."""
        self.banner.show_notice(words, button, act, of_source)
        self.fit_overlays()

    def show_toast(self, words: str, button: str, act: Callable[[], None]) -> None:
        """Report for some seconds what has been saved."""
        self.toast.show_toast(words, button, act)
        self.fit_overlays()

    def leave_source_banner(self) -> None:
        """Take a message about the source away, because another one was chosen."""
        if self.banner.source_bound:
            self.banner.leave()

    def refresh_colours(self) -> None:
        """Draw anew what holds colours of its own, after the theme has changed."""
        self.gallery.refresh_colours()
        self.update()

    def fit_overlays(self) -> None:
        """Put banner, toast and pages in their places over the image."""
        room = self.view.geometry()
        self._fit_notice(self.banner, room, room.top() + _MARGIN)
        self._fit_notice(self.toast, room, room.bottom() - _MARGIN - self.toast.wanted_size(room.width()).height())
        above, below = (notice.height() + 12 if notice.isVisibleTo(self) else 0 for notice in (self.banner, self.toast))
        self.view.keep_room(above, below)
        for page in (self.shortcut_page, self.settings_page, self.virtual_camera_page):
            if page.isVisible():
                page.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Choose the layout for the width."""
        super().resizeEvent(event)
        self._fit(self.width())
        self.placed.emit()

    def moveEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """Note the new place."""
        self.placed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Handle the keys that no widget wants: arrows and letters lead into the gallery, Escape clears the way."""
        if event.key() in _ARROWS and self.gallery.isVisible():
            self.gallery.focus_cards()
            QApplication.sendEvent(self.gallery.list, event)
        elif event.key() == Qt.Key.Key_Escape:
            self._on_escape()
        elif is_typed(event):
            self._search_for(event.text())
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        """Take files and folders of this machine."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        """Hand them on."""
        paths = tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
        if paths:
            event.acceptProposedAction()
            self.paths_dropped.emit(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Hide at once, then lets everything be finished."""
        self.placed.emit()
        self.hide()
        self.closing.emit()
        event.accept()

    def _search_for(self, text: str) -> None:
        """Begin a search with typed text; in full screen there is no gallery to search in."""
        if self.gallery.isVisible():
            self.gallery.begin_search(text)

    def _fit(self, width: int) -> None:
        strip = width < STRIP_BELOW_WIDTH
        direction = QBoxLayout.Direction.TopToBottom if strip else QBoxLayout.Direction.LeftToRight
        self._middle.setDirection(direction)
        self.gallery.lay_out(strip)
        if not strip:
            self.gallery.setFixedWidth(_gallery_width(width))
        self.bar.fit(width)
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.fit_overlays()

    def _fit_notice(self, notice: Notice, room: QRect, top: int) -> None:
        wanted = notice.wanted_size(room.width())
        notice.setGeometry(room.center().x() - wanted.width() // 2, top, wanted.width(), wanted.height())

    def _on_escape(self) -> None:
        if self.isFullScreen():
            self.toggle_full_screen()
        elif self.toast.isVisible():
            self.toast.leave()
        else:
            self.focus_preview()


def is_typed(event: QKeyEvent) -> bool:
    """Return whether a key press is text that a person types, and no shortcut."""
    held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    # AltGr, which writes letters on many keyboards, is reported as Ctrl+Alt on Windows.
    alt_gr = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    is_text = event.text().isprintable() and bool(event.text().strip())
    return is_text and held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.GroupSwitchModifier, alt_gr)


def _gallery_width(width: int) -> int:
    """Return two columns of cards, three or four on a large screen."""
    columns = 2 if width < 1600 else 3 if width < 2400 else 4
    return 16 + columns * 128 + 16
