"""Gives the sound of a microphone in time with the frames of a recording: LiveSound."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from masquerade.studio.microphone.microphone import FILE_RATE
from masquerade.studio.microphone.resampler import Samples, TimedResampler

_CHUNK = 1024  # samples of one AAC frame
# Samples come up to this much later than the frame of the same moment; nothing waits for them longer.
_LATE_SECONDS = 0.25
_GIVE_UP_SECONDS = 1.0


class Capture(Protocol):
    """A microphone that runs."""

    channels: int
    rate: int

    @property
    def lost(self) -> bool:
        """True when no more sound arrives."""
        ...

    def take(self) -> list[tuple[Samples, float]]:
        """Return the blocks since the last call, with the time of their first sample."""
        ...

    @property
    def level(self) -> float:
        """How loud it is, 0 to 1."""
        ...

    muted: bool

    def close(self) -> None:
        """End it."""
        ...


class LiveSound:
    """The sound of one recording; used on the recorder's thread.

    The sound is as long as the video: what the microphone does not give is silence.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._resampler = TimedResampler(capture.rate, FILE_RATE, capture.channels)
        self._take: Callable[[Samples, int], None] = lambda samples, place: None
        self._origin = 0.0
        self._written = 0
        self._silent = 0

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self._capture.channels

    @property
    def silent_seconds(self) -> float:
        """How much of the sound is silence because the microphone gave nothing."""
        return self._silent / FILE_RATE

    @property
    def lost(self) -> bool:
        """Whether the microphone has gone away."""
        return self._capture.lost

    @property
    def level(self) -> float:
        """How loud it is, 0 to 1; on any thread."""
        return self._capture.level

    def mute(self, muted: bool) -> None:
        """Write silence from now on, or sound again; on any thread."""
        self._capture.muted = muted

    def begin(self, origin: float, take: Callable[[Samples, int], None]) -> None:
        """Begin with the first image.

        Args:
            origin: the time that becomes 0 in the recording, on the monotonic clock.
            take: called with (N, channels) float32 at FILE_RATE and the number of the first sample; it may
                raise RecordingError, which the methods below then do, too.
        """
        self._origin, self._take = origin, take

    def write_until(self, time: float) -> None:
        """Return the available sound up to a time.

        Raises:
            RecordingError: the disk is full or gone.
        """
        self._fetch()
        while True:
            end = self._origin + (self._written + _CHUNK) / FILE_RATE
            if end > time - _LATE_SECONDS:
                return
            if not self._resampler.reaches(end) and not self._capture.lost and time - end < _GIVE_UP_SECONDS:
                return
            self._write_chunk()

    def skip(self, begin: float, end: float) -> None:
        """Leave out the sound of a pause: what comes after `end` follows what was before `begin`.

        Raises:
            RecordingError: the disk is full or gone.
        """
        self._fetch()
        while self._origin + self._written / FILE_RATE < begin:
            self._write_chunk()
        self._origin += end - begin

    def finish(self, time: float) -> None:
        """Give the sound up to a time, the end of the recording."""
        self._fetch()
        while self._origin + self._written / FILE_RATE < time:
            self._write_chunk()

    def close(self) -> None:
        """Release the microphone. May be called twice."""
        self._capture.close()

    def _fetch(self) -> None:
        for samples, stamp in self._capture.take():
            self._resampler.add(samples, stamp)

    def _write_chunk(self) -> None:
        begin = self._origin + self._written / FILE_RATE
        if self._resampler.clock.knows_time:
            samples = self._resampler.read(begin, _CHUNK)
        else:
            samples = np.zeros((_CHUNK, self._capture.channels), np.float32)
        if not self._resampler.reaches(begin):
            self._silent += _CHUNK
        self._take(samples, self._written)
        self._written += _CHUNK
