"""Lay out the window: preview, gallery beside or under it, bar, messages and pages over them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QBoxLayout, QVBoxLayout, QWidget

from masquerade.gui.gallery.filter_gallery import FilterGallery
from masquerade.gui.pages.settings_page import SettingsPage
from masquerade.gui.pages.shortcuts import ShortcutPage
from masquerade.gui.pages.virtual_camera_page import VirtualCameraPage
from masquerade.gui.preview.free_place import free_place
from masquerade.gui.preview.output_window import OutputWindow
from masquerade.gui.preview.photo_flight import PhotoFlight
from masquerade.gui.preview.video_view import VideoView
from masquerade.gui.recent.clip_page import ClipPage
from masquerade.gui.recent.recent_strip import RecentStrip
from masquerade.gui.services.dropped_files import describe_drop
from masquerade.gui.toolbar.bottom_bar import BottomBar
from masquerade.gui.widgets.drop_overlay import DropOverlay
from masquerade.gui.widgets.error_banner import ErrorBanner, Notice
from masquerade.gui.widgets.tab_order import move_focus
from masquerade.gui.widgets.toast import Toast
from masquerade.settings import WindowPlace

STRIP_BELOW_WIDTH = 900
MINIMUM_SIZE = QSize(640, 480)
_FIRST_SIZE = QSize(1280, 800)
_FRAME_HEIGHT = 40  # of a title bar, about, in pixels
_MARGIN = 16
_LOOK_AT_FACES_MS = 500
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class MainWindow(QWidget):
    """The widgets and their places; the controllers wire what they do.

    Signals:
        closing: the window is about to close; the last chance to finish work.
        paths_dropped: files and folders were dragged onto the window, a tuple of Path.
        placed: the window was moved, sized or maximised.
        font_changed: the system's font has another size.
        seen_changed: the window was shown, hidden, minimised or restored; see `is_seen`.
    """

    closing = Signal()
    paths_dropped = Signal(object)
    placed = Signal()
    font_changed = Signal()
    seen_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._line_height = self.fontMetrics().height()
        self._recent_wanted = False
        self.setWindowTitle("Masquerade")
        self.setMinimumSize(MINIMUM_SIZE)
        self.setAcceptDrops(True)
        self.view = VideoView(self)
        self.gallery = FilterGallery(self)
        self.bar = BottomBar(self)
        self.banner = ErrorBanner(self)
        self.toast = Toast(self)
        self.shortcut_page = ShortcutPage(self)
        self.settings_page = SettingsPage(self)
        self.virtual_camera_page = VirtualCameraPage(self)
        self.recent = RecentStrip(self)
        self.clip_page = ClipPage(self)
        self.output = OutputWindow(self)
        self.drop_overlay = DropOverlay(self)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(0)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self.recent)
        self._middle.addLayout(column, 1)
        self._middle.addWidget(self.gallery)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self.bar)
        # Where each stands: 0 = at the top, 1 = at the bottom.
        self._places: dict[Notice, int] = {self.banner: 0, self.toast: 1}
        self._watch_faces = QTimer(self)
        self._watch_faces.setInterval(_LOOK_AT_FACES_MS)
        self._watch_faces.timeout.connect(self.fit_overlays)
        for notice in self._places:
            notice.changed.connect(self._on_notice_changed)
        self.recent.closed.connect(lambda: self.show_recent(False))
        self.gallery.left_by_keyboard.connect(self.focus_preview)
        self.view.typed.connect(self._search_for)
        self.view.setFocus()

    @property
    def is_seen(self) -> bool:
        """Whether the window is on the screen, not hidden and not minimised."""
        return self.isVisible() and not self.isMinimized()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the size of a first start."""
        return _FIRST_SIZE

    def restore_place(self, place: WindowPlace | None, maximised: bool) -> None:
        """Go where the window stood, or to the middle where that screen is gone; never larger than the screen."""
        rect = QRect(place.left, place.top, place.width, place.height) if place is not None else QRect()
        screen = QGuiApplication.screenAt(rect.center()) if place is not None else None
        room = (screen or QGuiApplication.primaryScreen()).availableGeometry()
        self.setMinimumSize(MINIMUM_SIZE.boundedTo(room.size()))
        if screen is None:
            rect = QRect(0, 0, min(_FIRST_SIZE.width(), room.width()), min(_FIRST_SIZE.height(), room.height()))
            rect.moveCenter(room.center())
        else:
            rect.setSize(rect.size().boundedTo(room.size()))
            rect.moveTo(
                min(max(rect.x(), room.x()), room.x() + room.width() - rect.width()),
                min(max(rect.y(), room.y()), room.y() + room.height() - rect.height()),
            )
        self.setGeometry(rect)
        is_tight = room.height() < MINIMUM_SIZE.height() + _FRAME_HEIGHT or room.width() < MINIMUM_SIZE.width()
        if maximised or is_tight:
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

    @property
    def is_recording(self) -> bool:
        """Whether a recording runs."""
        return self.bar.is_recording

    def close_soon(self) -> None:
        """Close when the present event is done."""
        QTimer.singleShot(0, self, self.close)

    def toggle_full_screen(self) -> None:
        """Show the preview alone on the whole screen, or everything again."""
        alone = not self.isFullScreen()
        self._show_parts(alone)
        self.bar.setVisible(not alone)
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self.focus_preview()

    def show_recent(self, shown: bool) -> None:
        """Show the strip of what was made, or hide it; in a narrow window it takes the place of the gallery."""
        self._recent_wanted = shown
        self.bar.recent.setChecked(shown)
        self._show_parts(self.isFullScreen())
        self._fit()
        if not shown:
            self.focus_preview()

    def _show_parts(self, alone: bool) -> None:
        """Show what stands beside the preview; nothing where it is alone on the screen."""
        recent = self._recent_wanted and not alone
        self.recent.setVisible(recent)
        self.gallery.setVisible(not alone and not (recent and self.width() < STRIP_BELOW_WIDTH))

    def fly_photo(self, image: QPixmap) -> None:
        """Let a photo fly from the preview to where it is kept: the strip, or the button that opens it."""
        place = self.view.image_place().toRect().translated(self.view.pos())
        begin = place.adjusted(place.width() // 4, place.height() // 4, -place.width() // 4, -place.height() // 4)
        button = self.bar.recent if self.bar.recent.isVisible() else self.bar.photo
        goal = QRect(button.mapTo(self, button.rect().topLeft()), button.size())
        if self.recent.isVisible():
            goal = self.recent.first_place().translated(self.recent.pos())
        elif not button.isVisible():
            goal = QRect(place.center().x(), self.height(), 1, 1)
        PhotoFlight(image, begin, goal, self)

    def show_error(
        self, words: str, button: str = "", act: Callable[[], None] | None = None, of_source: bool = False
    ) -> None:
        """Show an error in the banner; see ErrorBanner."""
        self.banner.show_error(words, button, act, of_source)

    def show_notice(
        self, words: str, button: str = "", act: Callable[[], None] | None = None, of_source: bool = False
    ) -> None:
        """Show in the banner what is no error."""
        self.banner.show_notice(words, button, act, of_source)

    def withdraw(self, words: str) -> None:
        """Take a message of the banner away whose cause is gone."""
        self.banner.withdraw(words)

    def show_toast(self, words: str, button: str, act: Callable[[], None]) -> None:
        """Show for some seconds what has been saved or done."""
        self.toast.show_toast(words, button, act)

    def refresh_colours(self) -> None:
        """Draw again what holds colours of its own, after the theme has changed."""
        self.gallery.refresh_colours()
        self.update()

    def fit_overlays(self) -> None:
        """Put banner, toast and pages in their places, beside the faces where there is room."""
        for notice in self._places:
            notice.raise_()
        places = [place for notice in self._places if (place := self._place_notice(notice)) is not None]
        self.view.keep_clear(tuple(QRectF(place.translated(-self.view.pos())) for place in places))
        for page in (self.shortcut_page, self.settings_page, self.virtual_camera_page, self.clip_page):
            if page.isVisible():
                page.fit()
                page.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Choose the layout for the size."""
        super().resizeEvent(event)
        self._fit()
        self.placed.emit()

    def moveEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """Note the new place."""
        self.placed.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Fit again with another font, or in full screen."""
        super().changeEvent(event)
        height = self.fontMetrics().height()
        if event.type() is QEvent.Type.FontChange and height != self._line_height:
            # The stylesheet, which is set again now, keeps the children at the old font.
            self._line_height = height
            self.font_changed.emit()
            self._fit()
        elif event.type() is QEvent.Type.WindowStateChange:
            self.fit_overlays()
            self.seen_changed.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """Report that the window can be seen."""
        super().showEvent(event)
        self.seen_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 (Qt's name)
        """Report that the window is gone, or minimised."""
        super().hideEvent(event)
        self.seen_changed.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 (Qt's name)
        """Let Tab go from the preview through messages, strip and gallery to the bar."""
        return move_focus((self.view, *self._places, self.recent, self.gallery, self.bar), forward)

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
        """Take files and folders of this machine, and show what a drop does."""
        paths = _local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.drop_overlay.open(describe_drop(paths))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 (Qt's name)
        """Show the window as it was."""
        self.drop_overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        """Hand them on."""
        self.drop_overlay.hide()
        paths = _local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.paths_dropped.emit(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Hide at once, then let everything be finished."""
        self.placed.emit()
        self.hide()
        self.output.close()
        self.closing.emit()
        event.accept()

    def _search_for(self, text: str) -> None:
        """Begin a search with typed text; in full screen there is no gallery to search in."""
        if self.gallery.isVisible():
            self.gallery.begin_search(text)

    def _fit(self) -> None:
        strip = self.width() < STRIP_BELOW_WIDTH
        direction = QBoxLayout.Direction.TopToBottom if strip else QBoxLayout.Direction.LeftToRight
        self._middle.setDirection(direction)
        self.gallery.lay_out(strip)
        self._show_parts(self.isFullScreen())
        self.recent.setFixedHeight(self.recent.wanted_height)
        if not strip:
            self.gallery.setFixedWidth(_gallery_width(self.width()))
        self.bar.fit(self.width())
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.fit_overlays()

    def _on_notice_changed(self) -> None:
        if any(notice.is_open for notice in self._places):
            self._watch_faces.start()
        else:
            self._watch_faces.stop()
        self.fit_overlays()

    def _place_notice(self, notice: Notice) -> QRect | None:
        """Move a notice to where no face is; return its place, None where it is not shown.

        One that would cover another notice waits, and in full screen one that would cover a face.
        """
        places = self._notice_places(notice)
        faces = [face.translated(self.view.pos().toPointF()) for face in self.view.face_rects()]
        # Of two that are too high for the preview together, the first comes first.
        before = list(self._places)[: list(self._places).index(notice)]
        taken = [QRectF(other.geometry()) for other in before if other.isVisible()]
        candidates = [QRectF(place) for place in places]
        free = free_place(candidates, [*faces, *taken], self._places[notice])
        if free is None and not self.isFullScreen():
            free = free_place(candidates, taken, self._places[notice])
        if not notice.is_open or free is None:
            notice.hide()
            return None
        self._places[notice] = free
        notice.setGeometry(places[free])
        notice.setVisible(True)
        return places[free]

    def _notice_places(self, notice: Notice) -> tuple[QRect, QRect]:
        """Return where a notice may stand: at the upper and at the lower edge of the preview."""
        room = self.view.geometry()
        size = notice.wanted_size(room.width())
        left = room.center().x() - size.width() // 2
        top = QRect(left, room.top() + _MARGIN, size.width(), size.height())
        bottom = QRect(left, room.bottom() - _MARGIN - size.height(), size.width(), size.height())
        return top, bottom

    def _on_escape(self) -> None:
        """Close what is in the way: a message, then the full screen, then the strip of what was made."""
        for notice in (self.banner, self.toast):
            if notice.isVisible():
                notice.leave()
                return
        if self.isFullScreen():
            self.toggle_full_screen()
        elif self.recent.isVisible():
            self.show_recent(False)
        else:
            self.focus_preview()


def is_typed(event: QKeyEvent) -> bool:
    """Return whether a key press is text that a person types, and no shortcut."""
    held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    # AltGr, which writes letters on many keyboards, is reported as Ctrl+Alt on Windows.
    alt_gr = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    is_text = event.text().isprintable() and bool(event.text().strip())
    return is_text and held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.GroupSwitchModifier, alt_gr)


def _local_paths(mime: QMimeData) -> tuple[Path, ...]:
    return tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())


def _gallery_width(width: int) -> int:
    """Return the width of two columns of cards; three or four on a large screen."""
    columns = 2 if width < 1600 else 3 if width < 2400 else 4
    return 16 + columns * 128 + 16
