"""Records finished frames to a file on a thread of its own; the preview never waits for it."""

import logging
import queue
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from masquerade.errors import RecordingError
from masquerade.resources import program_version
from masquerade.studio.microphone.live_sound import LiveSound
from masquerade.studio.microphone.resampler import Samples
from masquerade.studio.recording.clean_copy import CleanCopy
from masquerade.studio.recording.encoders import find_hardware_encoder
from masquerade.studio.recording.recording_file import RecordingFile
from masquerade.studio.recording.recording_options import RecordingOptions
from masquerade.studio.whole_file import reserve_name, write_error
from masquerade.terminal import printable
from masquerade.values import ByteArray, Frame

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
        parts: the number of files.
        clean_path: of the copy without filters; None where none was made.
        clean_ended: whether no copy was made, or it ended early, because a filter hides faces or it failed.
    """

    path: Path
    seconds: float
    frames: int
    dropped: int
    silent_seconds: float = 0.0
    parts: int = 1
    clean_path: Path | None = None
    clean_ended: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Offered:
    """A frame with filters, and the same without them; None where a filter hides faces."""

    frame: Frame
    clean: ByteArray | None


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
        options: RecordingOptions | None = None,
        sound: LiveSound | None = None,
    ) -> None:
        """Reserve the file name and start the thread.

        Args:
            path: ends in .mp4 or .webm; where it exists, `path-2.mp4` and so on is used.
            on_error: called with a sentence for the user when the recording ends by itself.
            options: how it is made; None = the defaults.
            sound: is recorded beside it and closed with it; None = the recording is silent.

        Raises:
            RecordingError: the file cannot be created there, or does not end in .mp4 or .webm.
        """
        try:
            self.path = _reserve(path)
        except RecordingError:
            if sound is not None:
                sound.close()
            raise
        self._on_error = on_error
        self._options = options or RecordingOptions()
        self._sound = sound
        self._filters = list(self._options.filters)
        self._frames: queue.Queue[_Offered | _Gap | None] = queue.Queue(_WAITING_FRAMES)
        self._dropped = 0
        self._paused = False
        self._gap_begin: float | None = None
        self._left_out = 0.0
        self._last_index: int | None = None
        self._usual_seconds = 0.0
        self._last_taken_at = self._last_offered_at = 0.0
        self._end_seconds: float | None = None
        self._hardware: str | None = None
        self._first_taken_at = 0.0
        self._file: RecordingFile | None = None
        self._clean: CleanCopy | None = None
        self._ended = threading.Event()
        self._stopping = threading.Event()
        # Where the program ends before the first image is in the file, no empty one stays behind.
        self._place = _Place(self.path)
        weakref.finalize(self, self._place.give_up)
        # A daemon: a program that dies for another reason must not hang here, and the file plays.
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Frames so far that the camera took and that will not be in the file."""
        return self._dropped

    @property
    def remaining_seconds(self) -> float | None:
        """How long the disk has room for more; None until that is known. On any thread."""
        return self._file.remaining_seconds if self._file is not None else None

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files so far, the copy without filters, too; on any thread."""
        clean = self._clean.paths if self._clean is not None else ()
        return (*(self._file.paths if self._file is not None else (self.path,)), *clean)

    @property
    def sound(self) -> LiveSound | None:
        """The sound that is recorded too; None = the recording is silent."""
        return self._sound

    def note_filters(self, names: tuple[str, ...]) -> None:
        """Take note of filters that are worn from now on, for the file's comment; on any thread."""
        self._filters += [name for name in names if name not in self._filters]

    def offer(self, frame: Frame, clean: ByteArray | None = None) -> None:
        """Queue a finished frame and return at once; drop it if the queue is full.

        The pixels must not change any more. Gaps in the frames' index, lost before
        they came here, count as dropped, too.

        Args:
            frame: with filters.
            clean: the same frame without them, (H, W, 4) uint8; None where a filter hides faces.
        """
        if self._stopping.is_set() or self._ended.is_set() or self._is_in_pause(frame):
            return
        if self._last_index is not None:
            self._dropped += max(0, frame.index - self._last_index - 1)
            self._usual_seconds = frame.taken_at - self._last_taken_at
        self._last_index = frame.index
        self._last_taken_at, self._last_offered_at = frame.taken_at, time.monotonic()
        try:
            self._frames.put_nowait(_Offered(frame, clean))
        except queue.Full:
            self._dropped += 1

    def pause(self) -> None:
        """Leave out the frames from now on, and their sound; on any thread."""
        self._paused = True

    def resume(self) -> None:
        """Resume after a pause; on any thread."""
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
        file, clean = self._file, self._clean
        if file is None:
            return RecordingReport(self.path, 0.0, 0, self._dropped)
        return RecordingReport(
            self.path,
            file.seconds,
            file.frames,
            self._dropped,
            file.seconds if self._sound is None else self._sound.silent_seconds,
            parts=len(file.paths),
            clean_path=clean.path if clean is not None else None,
            clean_ended=clean is not None and clean.is_over,
        )

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
            # Before the first frame: a driver may take a moment to answer.
            self._hardware = find_hardware_encoder() if self._options.hardware else None
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
            for file in (self._file, self._clean):
                if file is not None:
                    file.abandon()
        except OSError as error:
            _log.warning("%s is left as it is: %s", self.path, error)
        self._place.give_up()
        self._on_error(failure)

    def _write(self, offered: _Offered) -> None:
        frame = offered.frame
        if self._file is None and not self._place.open(lambda: self._begin(frame)):
            return
        seconds = frame.taken_at - self._left_out - self._first_taken_at
        self._write_image(frame, offered.clean, seconds)
        if self._sound is not None:
            self._sound.write_until(frame.taken_at)

    def _begin(self, frame: Frame) -> None:
        self._first_taken_at = frame.taken_at
        channels = self._sound.channels if self._sound is not None else 0
        open_file = partial(
            RecordingFile,
            size_wh=frame.size_wh,
            options=self._options,
            channels=channels,
            hardware=self._hardware,
            comment=self._comment,
        )
        self._file = open_file(self.path)
        if self._options.with_clean:
            self._clean = CleanCopy(self.path, open_file)
        if self._sound is not None:
            self._sound.begin(frame.taken_at, self._write_sound)

    def _write_image(self, frame: Frame, clean: ByteArray | None, seconds: float) -> None:
        assert self._file is not None
        self._file.write(frame.pixels, seconds)
        if self._clean is not None:
            self._clean.write(clean, seconds)

    def _write_sound(self, samples: Samples, place: int) -> None:
        assert self._file is not None
        self._file.write_sound(samples, place)
        if self._clean is not None:
            self._clean.write_sound(samples, place)

    def _comment(self) -> str:
        names = ", ".join(self._filters) or "none"
        return f"Masquerade {program_version()}. Frames dropped: {self._dropped}. Filters: {names}"

    def _leave_out(self, gap: _Gap) -> None:
        if self._file is None:
            return
        self._left_out += gap.end - gap.begin
        if self._sound is not None:
            self._sound.skip(gap.begin, gap.end)

    def _finish(self) -> None:
        if self._file is not None:
            if self._sound is not None and self._end_seconds is not None:
                self._sound.finish(self._end_seconds)
            end = self._end_seconds
            end_seconds = None if end is None else end - self._left_out - self._first_taken_at
            self._file.close(end_seconds)
            if self._clean is not None:
                self._clean.close(end_seconds)
            return
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise write_error(self.path, error) from error


def _reserve(path: Path) -> Path:
    if path.suffix.lower() not in (".mp4", ".webm"):
        raise RecordingError(
            f"{printable(path)}: recordings are MP4 or WebM files. Give it a name that ends in .mp4 or .webm."
        )
    return reserve_name(path)


class _Place:
    """The reserved file of a recording, which is either opened by its thread or given up."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._is_given_up = False

    def give_up(self) -> None:
        """Remove the file if it is empty; it will not be opened any more."""
        with self._guard, suppress(OSError):
            self._is_given_up = True
            if self._path.stat().st_size == 0:
                self._path.unlink()

    def open(self, begin: Callable[[], None]) -> bool:
        """Begin the file; return False where it was given up before."""
        with self._guard:
            if not self._is_given_up:
                begin()
            return not self._is_given_up
