"""Plays a finished photo, recording or loop on Qt's thread: ClipPlayer."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from masquerade.errors import AppError
from masquerade.gui.services.backend import ClipTools
from masquerade.gui.services.workers import TaskRunner
from masquerade.pipeline.slot import LatestSlot
from masquerade.studio.clips.options import Stretch
from masquerade.values import ByteArray, Frame

if TYPE_CHECKING:
    # These load PyAV.
    from masquerade.studio.clips.clip import Clip
    from masquerade.studio.clips.playback import Playback
    from masquerade.studio.clips.speaker import Speaker

_STILL_SIDE = 1280


class ClipPlayer(QObject):
    """One clip at a time; used on Qt's thread.

    Signals:
        opened: with the Clip.
        frame_shown: with a QImage and its time in seconds.
        playing_changed: True when it begins to play, False when it stands.
        failed: with a sentence for the user.
    """

    opened = Signal(object)
    frame_shown = Signal(object, float)
    playing_changed = Signal(bool)
    failed = Signal(str)
    _frame_ready = Signal()
    _ended = Signal(object, object)

    def __init__(self, tools: ClipTools, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._tasks = tasks
        self._path: Path | None = None
        self._clip: Clip | None = None
        self._playback: Playback | None = None
        self._speaker: Speaker | None = None
        self._slot: LatestSlot[Frame] = LatestSlot()
        self._run = object()
        self._muted = False
        self._still_wanted: float | None = None
        self._reading_still = False
        self.position = 0.0
        self._frame_ready.connect(self._on_frame_ready, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    @property
    def clip(self) -> "Clip | None":
        """The clip that is open; None while it is being read."""
        return self._clip

    @property
    def is_playing(self) -> bool:
        """Whether it plays now."""
        return self._playback is not None

    @property
    def is_audible(self) -> bool:
        """Whether this system has a sound output."""
        return self._speaker is not None

    @property
    def muted(self) -> bool:
        """Whether the sound is off."""
        return self._muted

    def open(self, path: Path) -> None:
        """Read a file and show its first image."""
        self.close()
        self._path = path
        tools = self._tools

        def read() -> "tuple[Clip, Speaker | None]":
            clip = tools.read_clip(path)
            return clip, tools.open_speaker() if clip.has_sound else None

        def take(result: "tuple[Clip, Speaker | None]") -> None:
            clip, speaker = result
            if self._path != path or self._clip is not None:
                if speaker is not None:
                    speaker.close()
                return
            self._clip, self._speaker = clip, speaker
            self.mute(self._muted)
            self.opened.emit(clip)

        self._tasks.submit(read, name="read clip", on_result=take, on_error=lambda error: self._on_failed(path, error))
        self.seek(0.0)

    def play(self, stretch: Stretch) -> None:
        """Play a part of the clip once."""
        if self._path is None or self._clip is None:
            return
        self._stop()
        run = self._run = object()
        slot = self._slot = LatestSlot()

        def take(frame: Frame) -> None:
            slot.put(frame)
            self._frame_ready.emit()

        def end(error: AppError | None) -> None:
            self._ended.emit(run, error)

        self._playback = self._tools.play(self._path, stretch, take, end, self._speaker)
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Pause playback."""
        if self._playback is not None:
            self._stop()
            self.playing_changed.emit(False)

    def seek(self, seconds: float) -> None:
        """Seek to a time and show its image; of several requests, only the newest is read."""
        self.pause()
        self.position = seconds
        self._still_wanted = seconds
        self._read_still()

    def mute(self, muted: bool) -> None:
        """Switch the sound off or on."""
        self._muted = muted
        if self._speaker is not None:
            self._speaker.muted = muted

    def close(self) -> None:
        """Stop playing and release the file; another may be opened."""
        self.pause()
        self._path = self._clip = self._still_wanted = None
        speaker, self._speaker = self._speaker, None
        if speaker is not None:
            speaker.close()

    def _stop(self) -> None:
        playback, self._playback = self._playback, None
        self._run = object()
        self._slot.close()
        if playback is not None:
            playback.close()

    def _read_still(self) -> None:
        path, seconds = self._path, self._still_wanted
        if path is None or seconds is None or self._reading_still:
            return
        self._reading_still, self._still_wanted = True, None

        def take(pixels: ByteArray | None) -> None:
            self._reading_still = False
            if pixels is not None and self._path == path and not self.is_playing:
                self.frame_shown.emit(as_image(pixels), seconds)
            self._read_still()

        self._tasks.submit(
            lambda: self._tools.read_still(path, _STILL_SIDE, seconds),
            name="read still",
            on_result=take,
            on_error=lambda _: take(None),
        )

    def _on_frame_ready(self) -> None:
        frame = self._slot.take(timeout=0)
        if frame is not None and self._playback is not None:
            self.position = frame.taken_at
            self.frame_shown.emit(as_image(frame.pixels), frame.taken_at)

    def _on_ended(self, run: object, error: AppError | None) -> None:
        if run is not self._run:
            return
        self.pause()
        if error is not None:
            self.failed.emit(str(error))

    def _on_failed(self, path: Path, error: AppError) -> None:
        if self._path == path:
            self.failed.emit(str(error))


def as_image(pixels: ByteArray) -> QImage:
    """Return (H, W, 4) BGRA as an image that owns its pixels."""
    height, width = pixels.shape[:2]
    rows = np.ascontiguousarray(pixels)
    return QImage(rows.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
