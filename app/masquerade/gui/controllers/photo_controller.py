"""Take photos: at once or after a countdown, one, four in a row, or a strip of four."""

import time

from PySide6.QtCore import QObject, QTimer, Signal

from masquerade.gui.controllers.recording_controller import RecordingController
from masquerade.gui.preview.countdown import Countdown
from masquerade.gui.preview.video_view import VideoView
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.services.studio.countdown_sound import CountdownSound
from masquerade.gui.toolbar.bottom_bar import BottomBar
from masquerade.settings import PhotoSeries
from masquerade.values import ByteArray

SERIES_LENGTH = 4
_BETWEEN_MS = 700
# An image older than this is not what the photo was asked for; a newer one is waited for, so many times.
_FRESH_SECONDS = 0.25
_TRY_MS, _MAX_TRIES = 50, 10


class PhotoController(QObject):
    """Connects the button, the countdown and the saving of photos.

    Signals:
        begun: photos are about to be taken; see `is_busy`.
    """

    begun = Signal()

    def __init__(
        self,
        view: VideoView,
        bar: BottomBar,
        store: SettingsStore,
        photos: RecordingController,
        sound: CountdownSound,
    ) -> None:
        """Connect everything.

        Args:
            view: the preview.
            bar: holds the button.
            store: knows the countdown and the series.
            photos: takes and saves one.
            sound: lets the countdown be heard.
        """
        super().__init__(photos)
        self._view = view
        self._store = store
        self._photos = photos
        self._sound = sound
        self._strip: list[ByteArray] = []
        self._left = 0
        self.countdown = Countdown(view)
        self.countdown.due.connect(self._begin_series)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(_BETWEEN_MS)
        self._next.timeout.connect(self._shoot)
        self._tries = 0
        self._fresh = QTimer(self)
        self._fresh.setSingleShot(True)
        self._fresh.setInterval(_TRY_MS)
        self._fresh.timeout.connect(self._shoot)
        bar.photo.clicked.connect(self.press)

    def cancel(self) -> None:
        """Take no further photo: no frames come."""
        self.countdown.cancel()
        self._sound.stop()
        self._next.stop()
        self._fresh.stop()
        self._left = 0

    @property
    def is_busy(self) -> bool:
        """Whether photos are being taken; the countdown is over."""
        return self._left > 0

    def press(self) -> str:
        """Begin; a second press while it counts takes it back.

        Returns:
            What comes of it, in a sentence.
        """
        if self.countdown.left or self._left:
            self.cancel()
            return "No photo: the countdown was stopped."
        settings = self._store.settings
        if self._view.scene is None:
            return "There is no video. Choose a camera first."
        # A microphone would hear it.
        if settings.photo_delay and settings.countdown_sound and not self._photos.is_recording:
            self._sound.begin(settings.photo_delay)
        self.countdown.begin(settings.photo_delay)
        return f"Photo in {settings.photo_delay} seconds." if settings.photo_delay else "Photo taken."

    def close(self) -> None:
        """Take no photo any more."""
        self.cancel()

    def _begin_series(self) -> None:
        self._strip = []
        self._left = 1 if self._store.settings.photo_series is PhotoSeries.SINGLE else SERIES_LENGTH
        self._tries = _MAX_TRIES
        self.begun.emit()
        self._shoot()

    def _shoot(self) -> None:
        scene = self._view.scene
        if scene is None:
            self.cancel()
            return
        if self._tries and time.monotonic() - scene.frame.taken_at > _FRESH_SECONDS:
            # The line has rested while the window was hidden.
            self._tries -= 1
            self._fresh.start()
            return
        self._tries = 0
        self._left -= 1
        if self._store.settings.photo_series is PhotoSeries.STRIP:
            self._photos.flash()
            self._strip.append(scene.frame.pixels)
        else:
            self._photos.take_photo()
        if self._left:
            self._next.start()
        elif self._strip:
            self._photos.save_strip(tuple(self._strip))
            self._strip = []
