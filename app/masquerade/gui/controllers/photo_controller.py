"""Take photos: at once or after a countdown, one, four in a row, or a strip of four."""

from PySide6.QtCore import QObject, QTimer

from masquerade.gui.controllers.recording_controller import RecordingController
from masquerade.gui.preview.countdown import Countdown
from masquerade.gui.preview.video_view import VideoView
from masquerade.gui.services.settings_store import SettingsStore
from masquerade.gui.toolbar.bottom_bar import BottomBar
from masquerade.settings import PhotoSeries
from masquerade.values import ByteArray

SERIES_LENGTH = 4
_BETWEEN_MS = 700


class PhotoController(QObject):
    """Join the button, the countdown over the preview and what saves photos."""

    def __init__(self, view: VideoView, bar: BottomBar, store: SettingsStore, photos: RecordingController) -> None:
        """Connect everything.

        Args:
            view: the preview.
            bar: holds the button.
            store: knows the countdown and the series.
            photos: takes and saves one.
        """
        super().__init__(photos)
        self._view = view
        self._store = store
        self._photos = photos
        self._strip: list[ByteArray] = []
        self._left = 0
        self.countdown = Countdown(view)
        self.countdown.due.connect(self._begin_series)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(_BETWEEN_MS)
        self._next.timeout.connect(self._shoot)
        bar.photo.clicked.connect(self._on_clicked)

    def cancel(self) -> None:
        """Take no further photo: no frames come."""
        self.countdown.cancel()
        self._next.stop()
        self._left = 0

    def _on_clicked(self) -> None:
        """Begin; a second click while it counts takes it back."""
        if self.countdown.left or self._left:
            self.cancel()
        elif self._view.scene is not None:
            self.countdown.begin(self._store.settings.photo_delay)

    def _begin_series(self) -> None:
        self._strip = []
        self._left = 1 if self._store.settings.photo_series is PhotoSeries.SINGLE else SERIES_LENGTH
        self._shoot()

    def _shoot(self) -> None:
        scene = self._view.scene
        if scene is None:
            self.cancel()
            return
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
