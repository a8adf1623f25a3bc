"""Plays a file at its own speed, like a camera: Paced."""

import threading
import time
from types import TracebackType
from typing import Protocol, Self

from masquerade.pipeline.sources.source import REST_SECONDS, Source
from masquerade.values import ByteArray, Frame

# Below this rate (an image, a slow GIF) the standing image is given again and again, so
# that a filter chosen meanwhile shows at once and moving art moves.
_SLOW_FRAMES_PER_SECOND = 10.0
_REPEAT_SECONDS = 1 / 30
# After a longer pause (the computer slept) the file goes on from here instead of racing to catch up.
_LATEST_SECONDS = 1.0


class Follower(Protocol):
    """Follows the playback of a file, for instance its sound; called on the reading thread."""

    def begin(self, file_seconds: float, moment: float) -> None:
        """Continue from a time of the file, due at a time of `time.monotonic`."""

    def end(self) -> None:
        """Stop: the file is closed."""


class Paced:
    """A source that delivers the frames of another one on time.

    `taken_at` becomes the moment a frame is given, on the `time.monotonic` clock, and
    `index` counts what was given.
    """

    live = True

    def __init__(self, source: Source, loop: bool = False, follower: Follower | None = None) -> None:
        """Wrap `source`, which is opened and closed with this one.

        Args:
            source: gives frames with their time in the file.
            loop: True begins it again at its end.
            follower: is kept in time with the frames; None = none.
        """
        self._follower = follower
        self._source = source
        self._loop = loop
        self._closing = threading.Event()
        self._awake = threading.Event()
        self._awake.set()
        self._index = 0
        # The frame read ahead, or None at the end, and its place in the file's time.
        self._upcoming: Frame | None = None
        self._upcoming_seconds: float | None = None
        # Where a new round begins in the file's time, and when that time began.
        self._round_seconds = 0.0
        self._begun_at: float | None = None
        # The file's time of its first frame, and whether the follower knows the clock.
        self._first_seconds: float | None = None
        self._leads = False
        # The image that stands, unpainted, and when it was last given.
        self._standing: ByteArray | None = None
        self._given_at = 0.0
        # When it was due, and what reading it took.
        self._due_at = 0.0
        self._reading_seconds = 0.0

    @property
    def name(self) -> str:
        """The name of the wrapped source."""
        return self._source.name

    @property
    def frames_per_second(self) -> float:
        """The rate at which frames are given."""
        return 1 / _REPEAT_SECONDS if self._repeats else self._source.frames_per_second

    @property
    def frame_count(self) -> int | None:
        """As in the wrapped source, if every frame is given once."""
        return None if self._loop or self._repeats else self._source.frame_count

    @property
    def _repeats(self) -> bool:
        return 0 < self._source.frames_per_second < _SLOW_FRAMES_PER_SECOND

    def __enter__(self) -> Self:
        """Open the wrapped source; raises its SourceError."""
        self._source.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the wrapped source."""
        if self._follower is not None:
            self._follower.end()
        self._source.__exit__(kind, error, trace)

    def read(self) -> Frame | None:
        """Wait for the next frame's moment; None at the end, and at once after `close`."""
        if self._follower is None:
            self._awake.wait(REST_SECONDS)
        if self._upcoming_seconds is None:
            self._stand_back()
            self._upcoming_seconds = self._read_ahead()
        moment = self._moment_of(self._upcoming_seconds)
        if self._upcoming is not None:
            self._lead(self._upcoming, moment)
        if self._standing is not None and self._given_at + _REPEAT_SECONDS < moment:
            return self._give(self._standing.copy(), self._given_at + _REPEAT_SECONDS)
        upcoming = self._upcoming
        if upcoming is None:
            self._wait_until(moment)
            return None
        self._upcoming_seconds = None
        self._standing = upcoming.pixels.copy() if self._repeats else None
        return self._give(upcoming.pixels, moment)

    def close(self) -> None:
        """Wake a `read` that waits; called on ANY thread."""
        self._closing.set()
        self._awake.set()
        self._source.close()

    def rest(self, on: bool) -> None:
        """Stand for REST_SECONDS before each frame, or run again; what is heard goes on. Called on ANY thread."""
        if on and not self._closing.is_set():
            self._awake.clear()
        else:
            self._awake.set()

    def _stand_back(self) -> None:
        """Wait a third of the pause before reading the next frame, if reading takes less than a quarter of it.

        A camera's images come when they are due. Read at once, the next frame would take the
        processor from the one that was just given and is on its way to the screen.
        """
        if not self._repeats and 0 < self._reading_seconds < self._frame_seconds / 4:
            self._wait_until(self._due_at + self._frame_seconds / 3)

    def _read_ahead(self) -> float:
        """Read the next frame; returns its place, or that of the end, in the file's time."""
        began_at = time.monotonic()
        place = self._read_next()
        self._reading_seconds = time.monotonic() - began_at
        return place

    def _read_next(self) -> float:
        """See `_read_ahead`."""
        ended_seconds = self._round_seconds
        if self._upcoming is not None:
            ended_seconds += self._upcoming.taken_at + self._frame_seconds
        self._upcoming = self._source.read()
        if self._upcoming is None and self._loop and not self._closing.is_set():
            self._source.__exit__(None, None, None)
            self._source.__enter__()
            self._round_seconds = ended_seconds
            self._upcoming = self._source.read()
            self._first_seconds = None
        return ended_seconds if self._upcoming is None else self._round_seconds + self._upcoming.taken_at

    @property
    def _frame_seconds(self) -> float:
        rate = self._source.frames_per_second
        return 1 / rate if rate > 0 else _REPEAT_SECONDS

    def _moment_of(self, seconds: float) -> float:
        """Return when that place of the file is due, on the `time.monotonic` clock."""
        now = time.monotonic()
        if self._begun_at is None or now - (self._begun_at + seconds) > _LATEST_SECONDS:
            self._begun_at = now - seconds
            self._leads = False
        return self._begun_at + seconds

    def _lead(self, upcoming: Frame, moment: float) -> None:
        """Inform the follower when a new round, or the file after a pause, is due."""
        if self._first_seconds is None:
            self._first_seconds, self._leads = upcoming.taken_at, False
        if self._follower is not None and not self._leads:
            self._leads = True
            self._follower.begin(upcoming.taken_at - self._first_seconds, moment)

    def _give(self, pixels: ByteArray, moment: float) -> Frame | None:
        if not self._wait_until(moment):
            return None
        self._due_at, self._given_at = moment, time.monotonic()
        frame = Frame(pixels, self._index, self._given_at)
        self._index += 1
        return frame

    def _wait_until(self, moment: float) -> bool:
        """Return False when `close` was called."""
        return not self._closing.wait(max(moment - time.monotonic(), 0.0))
