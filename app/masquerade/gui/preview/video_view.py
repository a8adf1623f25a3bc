"""The preview: shows the newest scene with its overlays."""

import time

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QImage,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from masquerade.gui.preview import overlays
from masquerade.gui.preview.face_picker import FacePicker
from masquerade.gui.preview.face_places import face_place
from masquerade.gui.preview.free_place import free_place
from masquerade.gui.preview.hud import MARGIN as HUD_MARGIN
from masquerade.gui.preview.hud import Hud, Row
from masquerade.gui.preview.image_fit import BLACK, fit_image, paint_bars
from masquerade.pipeline.timing import Meter
from masquerade.settings import StatsDetail
from masquerade.values import Scene

STALL_SECONDS = 1.0
LONELY_SECONDS = 3.0
HINT_SECONDS = 3.0
_FADE_SECONDS = 0.25
_TIME_CORNER = 1  # opposite the stats


class VideoView(QWidget):
    """The image with its proportions kept, on black.

    `show_scene` draws at once and only once for each scene, and notes when it was on the
    screen. The mirror is drawn here and nowhere else.

    Signals:
        first_shown: the first scene of a source is on the screen.
        typed: text was composed by an input method while the preview had the keyboard.
    """

    first_shown = Signal()
    typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.setAccessibleName("Preview")
        self._scene: Scene | None = None
        self._painted: Scene | None = None
        self._meter = Meter()
        self._painted_frames = 0
        self._hud = Hud()
        self._hud_corner: int | None = 0
        self._mirrored = False
        self._invites = False
        self._recording = False
        self._waiting_words: str | None = ""
        self._awaits_first = False
        self._running = False
        self._came_at = time.monotonic()
        self._face_at = self._came_at
        self._hint = ""
        self._time = ""
        self._hint_from = 0.0
        self._kept_clear: tuple[QRectF, ...] = ()
        self.picker = FacePicker(self)
        self._flash = QVariantAnimation(self)
        self._flash.setStartValue(1.0)
        self._flash.setEndValue(0.0)
        self._flash.setDuration(220)
        self._flash.valueChanged.connect(self.update)
        self._watch = QTimer(self)
        self._watch.setInterval(200)
        self._watch.timeout.connect(self._on_watch)
        self._watch.start()

    @property
    def scene(self) -> Scene | None:
        """The scene on the screen."""
        return self._scene

    @property
    def painted_frames(self) -> int:
        """How many scenes have been painted since the start, of all sources."""
        return self._painted_frames

    @property
    def meter(self) -> Meter:
        """The times of the scenes of this source."""
        return self._meter

    @property
    def hud_rows(self) -> tuple[Row, ...]:
        """What the performance stats read."""
        return self._hud.rows

    @property
    def waiting_words(self) -> str | None:
        """Why the image is dimmed; None while it is live, "" if there is no message yet."""
        return self._waiting_words

    @property
    def mirrored(self) -> bool:
        """Whether the image is shown as in a mirror."""
        return self._mirrored

    @property
    def is_lonely(self) -> bool:
        """Return whether the camera has seen no face for a while."""
        return self._invites and self._waiting_words is None and self._came_at - self._face_at > LONELY_SECONDS

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the size of a 720p image."""
        return QSize(1280, 720)

    def begin_source(self, words: str, invites: bool = False) -> None:
        """Wait for the first image of a new source; the last image stays, dimmed.

        Args:
            words: shown meanwhile.
            invites: whether people are asked to move into view when nobody is seen.
        """
        self._meter = Meter()
        self._hud = Hud(self._hud.detail)
        self._invites = invites
        self._awaits_first = True
        self._running = True
        self._came_at = self._face_at = time.monotonic()
        self._waiting_words = words
        self.update()

    def end_source(self, words: str) -> None:
        """Dim the last image and say why nothing moves."""
        self._running = False
        self._waiting_words = words
        self.update()

    def show_scene(self, scene: Scene) -> None:
        """Draw the scene now; return after handing it to the window system."""
        now = time.monotonic()
        first, self._awaits_first = self._awaits_first, False
        self._scene = scene
        self._waiting_words = None
        self._came_at = now
        if scene.faces:
            self._face_at = now
        self.picker.watch(scene)
        if self._hud.is_due(now):
            self._hud.show(self._meter.summary(), now)
            self._hud_corner = self._free_corner()
        # repaint, not update: what is measured is then the image on the screen, and no
        # second scene can come before this one was drawn.
        self.repaint()
        if self._painted is scene:
            self._meter.add_scene(scene, time.monotonic())
            self._painted_frames += 1
        if first:
            self.first_shown.emit()

    def measure_again(self) -> None:
        """Forget the times of the scenes so far: they were not seen, and fewer came."""
        self._meter = Meter()

    def show_outgoing(self, milliseconds: float | None) -> None:
        """Show the delay of the virtual camera in the stats; None while no program reads."""
        self._hud.outgoing_ms = milliseconds

    def show_stats(self, detail: StatsDetail) -> None:
        """Show the performance stats in this detail, or hide them."""
        self._hud.detail = detail
        self._hud_corner = self._free_corner()
        self.update()

    def mirror(self, mirrored: bool) -> None:
        """Show the image as in a mirror, or as others see it."""
        self._mirrored = mirrored
        self.update()

    def show_recording(self, recording: bool) -> None:
        """Draw the red line around the image, or take it away."""
        self._recording = recording
        self.update()

    def show_time(self, words: str) -> None:
        """Show the time recorded in a corner of the preview; "" = none."""
        if words != self._time:
            self._time = words
            self.update()

    def show_hint(self, words: str) -> None:
        """Show a hint on the preview for three seconds."""
        self._hint = words
        self._hint_from = time.monotonic()
        self.update()

    def keep_clear(self, places: tuple[QRectF, ...]) -> None:
        """Keep overlays away from these areas, which messages cover."""
        if places == self._kept_clear:
            return
        self._kept_clear = places
        self._hud_corner = self._free_corner()
        self.update()

    def face_rects(self) -> tuple[QRectF, ...]:
        """Return where the faces are in this widget; nowhere while the image is dimmed."""
        if self._scene is None or self._waiting_words is not None:
            return ()
        place = self.image_place()
        return tuple(face_place(face, self._scene, place, self._mirrored) for face in self._scene.faces)

    def flash(self) -> None:
        """Flash, for a photo."""
        self._flash.stop()
        self._flash.start()

    def image_place(self) -> QRectF:
        """Return where the image is in this widget; without an image, where a wide one would be."""
        size_wh = self._scene.frame.size_wh if self._scene is not None else (16, 9)
        density = self.devicePixelRatioF()
        device = fit_image(size_wh, (round(self.width() * density), round(self.height() * density)))
        return QRectF(device.x() / density, device.y() / density, device.width() / density, device.height() / density)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the image and what stands on it."""
        painter = QPainter(self)
        place = self.image_place()
        self._paint_image(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_marks(painter, place)
        painter.end()
        self._painted = self._scene

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Pass a press to the picker."""
        super().mousePressEvent(event)
        if self._scene is not None and event.button() is Qt.MouseButton.LeftButton:
            self.picker.press(event.position(), self._scene, self.image_place(), self._mirrored)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """End a long press."""
        super().mouseReleaseEvent(event)
        self.picker.release()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        """Open the menu of the face under it."""
        place = QPointF(event.pos())
        if self._scene is None or not self.picker.ask(place, self._scene, self.image_place(), self._mirrored):
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Escape leaves the marked face."""
        if event.key() == Qt.Key.Key_Escape and self.picker.marked is not None:
            self.picker.left.emit()
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802 (Qt's name)
        """Pass on composed text, such as an accented letter."""
        if event.commitString():
            self.typed.emit(event.commitString())
        event.accept()

    def _paint_image(self, painter: QPainter) -> None:
        """Draw in device pixels, so that an image that fits 1:1 is copied and not scaled."""
        density = self.devicePixelRatioF()
        room = QRect(0, 0, round(self.width() * density), round(self.height() * density))
        painter.save()
        painter.scale(1 / density, 1 / density)
        if self._scene is None:
            painter.fillRect(room, BLACK)
        else:
            target = fit_image(self._scene.frame.size_wh, (room.width(), room.height()))
            paint_bars(painter, room, target)
            self._paint_frame(painter, target, self._scene)
        painter.restore()

    def _paint_frame(self, painter: QPainter, target: QRect, scene: Scene) -> None:
        width, height = scene.frame.size_wh
        # The image borrows the frame's buffer; nothing is copied.
        image = QImage(scene.frame.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        # Without scaling the hint would only cost: 0.9 instead of 0.4 ms for a mirrored 720p image.
        scaled = target.size() != image.size()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scaled)
        if self._mirrored:
            painter.translate(2 * target.x() + target.width(), 0)
            painter.scale(-1, 1)
        painter.drawImage(target, image)

    def _paint_marks(self, painter: QPainter, place: QRectF) -> None:
        now = time.monotonic()
        if self._waiting_words is not None:
            overlays.paint_waiting(painter, place, self._waiting_words, self._font(1.15))
        else:
            self._paint_invitation(painter, place, now)
            mark = self.picker.mark_place(self._scene, place, self._mirrored) if self._scene is not None else None
            if mark is not None:
                overlays.paint_face_mark(painter, mark, place)
        if self._flash.state() is QVariantAnimation.State.Running:
            overlays.paint_flash(painter, place, float(self._flash.currentValue()))
        if self._recording:
            overlays.paint_record_line(painter, place, self.palette().color(QPalette.ColorRole.Accent))
        if self._time:
            self._paint_time(painter)
        if self._waiting_words is None and self._hud_corner is not None:
            font = self._font(0.92)
            self._hud.paint(painter, self._corner(self._hud.size(font), self._hud_corner).topLeft(), font)

    def _paint_time(self, painter: QPainter) -> None:
        """Draw a red dot and the time recorded in the first free corner that the stats leave."""
        font, colour = self._font(1.0), self.palette().color(QPalette.ColorRole.Accent)
        overlays.paint_time(painter, self._time, self._time_place(font), font, colour)

    def _time_place(self, font: QFont) -> QRectF:
        corners = self._corners(overlays.time_size(self._time, font))
        taken = (*self.face_rects(), *self._kept_clear)
        if self._hud_corner is not None:
            taken = (*taken, self._hud_corners()[self._hud_corner])
        free = free_place(corners, taken, current=_TIME_CORNER)
        return corners[_TIME_CORNER if free is None else free]

    def _hud_corners(self) -> tuple[QRectF, ...]:
        """Return the four corners that the stats may stand in, the best first."""
        return self._corners(self._hud.size(self._font(0.92)))

    def _corners(self, size: QSizeF) -> tuple[QRectF, ...]:
        return tuple(self._corner(size, number) for number in range(4))

    def _corner(self, size: QSizeF, number: int) -> QRectF:
        """Return a corner of the widget: above where the language begins, above where it ends, then those below."""
        is_below, is_far = divmod(number, 2)
        left, right = float(HUD_MARGIN), self.width() - HUD_MARGIN - size.width()
        top, bottom = float(HUD_MARGIN), self.height() - HUD_MARGIN - size.height()
        is_right = bool(is_far) is not self.isRightToLeft()
        return QRectF(QPointF(right if is_right else left, bottom if is_below else top), size)

    def _free_corner(self) -> int | None:
        """Return the corner for the stats; None where they would stand under a message, or on a face in full screen."""
        corners, current = self._hud_corners(), self._hud_corner or 0
        corner = free_place(corners, (*self.face_rects(), *self._kept_clear), current)
        if corner is None and not self.window().isFullScreen():
            corner = free_place(corners, self._kept_clear, current)
        return corner

    def _paint_invitation(self, painter: QPainter, place: QRectF, now: float) -> None:
        """Draw the outline if no face is in view, else the filter's hint."""
        if self.is_lonely:
            strength = _ramp(self._came_at - self._face_at - LONELY_SECONDS)
            overlays.paint_outline(painter, place, strength)
            self._paint_pill(painter, place, "Move into view", strength)
            return
        age = now - self._hint_from
        if self._hint and age < HINT_SECONDS:
            self._paint_pill(painter, place, self._hint, min(_ramp(age), _ramp(HINT_SECONDS - age)))

    def _paint_pill(self, painter: QPainter, place: QRectF, words: str, strength: float) -> None:
        """Write words at the lower edge of the image, or at the upper one where a face is below."""
        font = self._font(1.15)
        below, above = (overlays.pill_place(words, place, font, at_top) for at_top in (False, True))
        for taken in self._kept_clear:
            if taken.intersects(below):
                below.moveBottom(taken.top() - 12)
            if taken.intersects(above):
                above.moveTop(taken.bottom() + 12)
        pills = (below, above)
        overlays.paint_pill(painter, words, pills[free_place(pills, self.face_rects()) or 0], font, strength)

    def _font(self, factor: float) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * factor)
        return font

    def _on_watch(self) -> None:
        """Dim an image that no longer moves, so that it does not look live."""
        if self._running and self._waiting_words is None and time.monotonic() - self._came_at > STALL_SECONDS:
            self._waiting_words = "No video at the moment."
            self.update()


def _ramp(seconds: float) -> float:
    """Rise from 0 to 1 over the time of a fade."""
    return min(max(seconds / _FADE_SECONDS, 0.0), 1.0)
