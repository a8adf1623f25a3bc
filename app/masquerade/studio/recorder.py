"""Records finished frames to a file on a thread of its own; the preview never waits for it."""

import logging
import queue
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from masquerade.errors import RecordingError
from masquerade.studio.microphone.live_sound import LiveSound
from masquerade.studio.video_writer import LIVE, LIVE_WITH_SOUND, VideoWriter
from masquerade.studio.whole_file import reserve_name, write_error
from masquerade.terminal import printable
from masquerade.values import Frame

# A quarter of a second at 30 frames a second: outlasts a hiccup of the disk, and is
# 30 MB at 720p. A slower encoder would fill any queue.
_WAITING_FRAMES = 8

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecordingReport:
    """The result of a recording.

    Attributes:
        path: of the file; it does not exist where no frame came.
        seconds: its length.
        frames: in the file.
        dropped: frames that the camera took and that are not in the file.
        silent_seconds: how much of the sound is silence, because the microphone gave nothing; all of it where
            the recording has no sound.
    """

    path: Path
    seconds: float
    frames: int
    dropped: int
    silent_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Gap:
    """A pause, on the clock of the frames' times."""

    begin: float
    end: float


class Recorder:
    """One recording to one file; it begins when this is created.

    `offer` is called on the process thread, `on_error` on the recorder's own thread, at
    most once. After an error what was written stays and plays, and offers are ignored.
    The first frame sets the size; later frames of another size are fitted into it.
    """

    def __init__(
        self,
        path: Path,
        on_error: Callable[[RecordingError], None],
        mirrored: bool = False,
        sound: LiveSound | None = None,
    ) -> None:
        """Reserve the file name and start the thread.

        Args:
            path: ends in .mp4; where it exists, `path-2.mp4` and so on is used.
            on_error: called with a sentence for the user when the recording ends by itself.
            mirrored: True swaps left and right.
            sound: is recorded beside it and closed with it; None = the recording is silent.

        Raises:
            RecordingError: the file cannot be created there, or does not end in .mp4.
        """
        if path.suffix.lower() != ".mp4":
            if sound is not None:
                sound.close()
            raise RecordingError(f"{printable(path)}: a recording is an MP4 file. Give it a name that ends in .mp4.")
        self.path = reserve_name(path)
        self._on_error = on_error
        self._mirrored = mirrored
        self._sound = sound
        self._frames: queue.Queue[Frame | _Gap | None] = queue.Queue(_WAITING_FRAMES)
        self._dropped = 0
        self._paused = False
        self._gap_begin: float | None = None
        self._left_out = 0.0
        self._last_index: int | None = None
        self._usual_seconds = 0.0
        self._last_taken_at = self._last_offered_at = 0.0
        self._end_seconds: float | None = None
        self._writer: VideoWriter | None = None
        self._ended = threading.Event()
        self._stopping = threading.Event()
        # Where the program ends before the first image is in the file, no empty one stays behind.
        weakref.finalize(self, _remove_empty, self.path)
        # A daemon: a program that dies for another reason must not hang here, and the file plays.
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Frames so far that the camera took and that will not be in the file."""
        return self._dropped

    @property
    def sound(self) -> LiveSound | None:
        """The sound that is recorded too; None = the recording is silent."""
        return self._sound

    def offer(self, frame: Frame) -> None:
        """Queue a finished frame and return at once; drop it where the queue is full.

        The frame's pixels must not change any more. Gaps in the frames' index, lost before
        they came here, count as dropped, too.
        """
        if self._stopping.is_set() or self._ended.is_set() or self._is_in_pause(frame):
            return
        if self._last_index is not None:
            self._dropped += max(0, frame.index - self._last_index - 1)
            self._usual_seconds = frame.taken_at - self._last_taken_at
        self._last_index = frame.index
        self._last_taken_at, self._last_offered_at = frame.taken_at, time.monotonic()
        try:
            self._frames.put_nowait(frame)
        except queue.Full:
            self._dropped += 1

    def pause(self) -> None:
        """Leave out the frames from now on, and their sound; on any thread."""
        self._paused = True

    def resume(self) -> None:
        """Go on where the pause began; on any thread."""
        self._paused = False

    def _is_in_pause(self, frame: Frame) -> bool:
        """Return whether a frame is left out; the first one after a pause closes the gap."""
        if self._paused:
            if self._gap_begin is None and self._last_index is not None:
                self._gap_begin = self._last_taken_at + self._usual_seconds
            return True
        if self._gap_begin is None:
            return False
        try:
            self._frames.put_nowait(_Gap(self._gap_begin, frame.taken_at))
        except queue.Full:
            self._dropped += 1
            return True
        # What was lost in the pause is not missing in the file.
        self._gap_begin, self._last_index = None, None
        return False

    def stop(self, at: float | None = None) -> RecordingReport:
        """Write what is queued, finish the file, and return when that is done. May be called again.

        Args:
            at: the end of the recording, on the clock of the frames' times; None means now:
                the last frame lasts up to this call, and at least as long as a frame usually
                does. So the file is as long as the recording was, whatever was dropped.
        """
        if not self._stopping.is_set():
            passed = time.monotonic() - self._last_offered_at
            if self._last_index is not None:
                if self._gap_begin is not None:
                    at = self._gap_begin
                self._end_seconds = at if at is not None else self._last_taken_at + max(passed, self._usual_seconds)
            self._stopping.set()
            self._wake()
        self._thread.join()
        writer = self._writer
        if writer is None:
            return RecordingReport(self.path, 0.0, 0, self._dropped)
        silent = writer.seconds if self._sound is None else self._sound.silent_seconds
        return RecordingReport(self.path, writer.seconds, writer.frames, self._dropped, silent)

    def _wake(self) -> None:
        """Wake the thread; the queue may be full, and the thread may have ended already."""
        while not self._ended.is_set():
            try:
                self._frames.put(None, timeout=0.1)
                return
            except queue.Full:
                continue

    def _run(self) -> None:
        # Whatever ends this thread is reported, and this is what is known before anything else is.
        failure: RecordingError | None = RecordingError(
            f"{printable(self.path)}: the recording stopped because of an error in Masquerade."
        )
        try:
            while (entry := self._frames.get()) is not None:
                if isinstance(entry, _Gap):
                    self._leave_out(entry)
                else:
                    self._write(entry)
            self._finish()
            failure = None
        except RecordingError as error:
            failure = error
        finally:
            self._ended.set()
            if self._sound is not None:
                self._sound.close()
            if failure is not None:
                self._give_up(failure)

    def _give_up(self, failure: RecordingError) -> None:
        _log.info("recording stopped by an error: %s", failure)
        try:
            if self._writer is not None:
                self._writer.abandon()
        except OSError as error:
            _log.warning("%s is left as it is: %s", self.path, error)
        _remove_empty(self.path)
        self._on_error(failure)

    def _write(self, frame: Frame) -> None:
        if self._writer is None:
            encoding = LIVE if self._sound is None else LIVE_WITH_SOUND
            self._writer = VideoWriter(self.path, frame.size_wh, encoding, self._mirrored)
            if self._sound is not None:
                self._sound.begin(self._writer, frame.taken_at)
        self._writer.write(frame.pixels, frame.taken_at - self._left_out)
        if self._sound is not None:
            self._sound.write_until(frame.taken_at)

    def _leave_out(self, gap: _Gap) -> None:
        if self._writer is None:
            return
        self._left_out += gap.end - gap.begin
        if self._sound is not None:
            self._sound.skip(gap.begin, gap.end)

    def _finish(self) -> None:
        if self._writer is not None:
            if self._sound is not None and self._end_seconds is not None:
                self._sound.finish(self._end_seconds)
            end = self._end_seconds
            self._writer.close(None if end is None else end - self._left_out)
            return
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise write_error(self.path, error) from error


def _remove_empty(path: Path) -> None:
    with suppress(OSError):
        if path.stat().st_size == 0:
            path.unlink()
