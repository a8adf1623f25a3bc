"""Feeds a virtual camera at a steady rate on its own thread, never with an old source's frame: CameraFeed."""

import threading
import time
from collections.abc import Callable

from masquerade.errors import AppError
from masquerade.studio.virtual_camera.cadence import Cadence
from masquerade.studio.virtual_camera.camera_format import CameraFormat
from masquerade.studio.virtual_camera.device import CameraDevice
from masquerade.studio.virtual_camera.stills import draw_test_image
from masquerade.values import ByteArray, Frame

# A camera that stumbles is waited for; one that is gone, paused or being changed gives way to the card.
_HOLD_SECONDS = 0.7
# How late the images of the last moments came to the readers.
_LATENCY_WEIGHT = 0.1

OpenDevice = Callable[[CameraFormat, Callable[[], None]], CameraDevice]


class CameraFeed:
    """Sends the finished frames to a device; nothing is converted while no program reads.

    `offer` is called on the process thread and never waits; everything else on any other thread.
    """

    def __init__(
        self,
        open_device: OpenDevice,
        camera_format: CameraFormat,
        card: ByteArray,
        *,
        mirrored: bool = False,
        on_change: Callable[[], None] = lambda: None,
        on_error: Callable[[AppError], None],
    ) -> None:
        """Open the device and start the thread.

        Args:
            open_device: gets the format, and what to call when a reader has come or gone.
            camera_format: the size and rate, whatever the frames have.
            card: (H, W, 4) uint8, BGRA: shown while no frames come; never mirrored.
            mirrored: True sends the frames as in a mirror.
            on_change: called ON A THREAD OF THE DEVICE when a reader has come or gone.
            on_error: called once, on the feed's thread, when the device has gone away.

        Raises:
            VirtualCameraError: the device cannot be opened.
        """
        self._format = camera_format
        self._card = camera_format.fit(card, mirrored=False)
        self._mirrored = mirrored
        self._on_error = on_error
        self._on_change = on_change
        self._cadence = Cadence(camera_format.frames_per_second)
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._offered_at = float("-inf")
        self._last: ByteArray | None = None
        self._still: ByteArray | None = None
        self._closed = False
        self._latency = 0.0
        self.sent = 0
        self._device = open_device(camera_format, self._on_device_change)
        self._thread = threading.Thread(target=self._run, name="virtual camera", daemon=True)
        self._thread.start()

    @property
    def readers(self) -> int:
        """How many programs read; 0 where the feed is closed."""
        return 0 if self._closed else self._device.readers

    @property
    def description(self) -> str:
        """How other programs list the camera."""
        return self._device.description

    @property
    def latency_seconds(self) -> float:
        """From the camera's frame to the readers, smoothed; 0 where none has been sent."""
        return self._latency

    def offer(self, frame: Frame) -> None:
        """Take a finished frame, whose pixels must not change any more; costs nothing while no program reads."""
        if not self._device.watched:
            return
        with self._changed:
            self._newest = frame
            self._offered_at = time.monotonic()
            self._changed.notify_all()

    def mirror(self, mirrored: bool) -> None:
        """Send the next frames as in a mirror, or as the camera sees them."""
        self._mirrored = mirrored

    def show_card(self) -> None:
        """Show the card until the next frame comes: the source changes, or has ended."""
        with self._changed:
            self._newest = self._last = None
            self._offered_at = float("-inf")
            self._changed.notify_all()

    def show_test_image(self, shown: bool) -> None:
        """Show colour bars whatever the camera sees, or go back to the frames."""
        self._still = draw_test_image(self._format.size_wh) if shown else None

    def close(self) -> None:
        """Take the camera away. May be called twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _on_device_change(self) -> None:
        with self._changed:
            self._changed.notify_all()
        self._on_change()

    def _run(self) -> None:
        # Stands until something better is known; an error of the program goes to the log by threading's own hook.
        error: AppError | None = AppError(
            "The virtual camera stopped because of an error in Masquerade. Switch it on again."
        )
        try:
            while not self._closed:
                self._step()
            error = None
        except AppError as problem:
            error = problem
        finally:
            self._closed = True
            self._device.close()
            if error is not None:
                self._on_error(error)

    def _step(self) -> None:
        """Send one image, or wait until something has changed."""
        with self._changed:
            now = time.monotonic()
            wait = self._seconds_to_wait(now)
            if wait is None or wait > 0:
                if not self._closed:
                    self._changed.wait(wait)
                return
            frame, self._newest = self._newest, None
        still = self._still
        if still is not None:
            self._send(still, now)
        elif frame is not None:
            self._last = self._format.fit(frame.pixels, self._mirrored)
            self._send(self._last, frame.taken_at)
            self._note_latency(frame.taken_at)
        elif self._last is not None and now - self._offered_at < _HOLD_SECONDS:
            self._send(self._last, now)
        else:
            # The first frame after a pause must not be shown a moment late beside an old face.
            self._last = None
            self._send(self._card, now)

    def _seconds_to_wait(self, now: float) -> float | None:
        """Return how long until an image must be sent; None = until something changes."""
        if not self._device.watched:
            self._newest = self._last = None
            return None
        due = self._cadence.accepts_at() if self._newest is not None else self._cadence.repeats_at()
        return due - now

    def _send(self, pixels: ByteArray, taken_at: float) -> None:
        self._device.send(pixels, taken_at)
        self._cadence.mark_sent(time.monotonic())
        self.sent += 1

    def _note_latency(self, taken_at: float) -> None:
        seconds = time.monotonic() - taken_at
        # A file's frames bear the file's time.
        if 0 <= seconds < 1:
            self._latency += (seconds - self._latency) * (_LATENCY_WEIGHT if self._latency else 1.0)
