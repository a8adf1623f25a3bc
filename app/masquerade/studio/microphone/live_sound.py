"""Encodes a microphone into the container of a recording, in time with its frames: LiveSound."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Protocol

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet

from masquerade.studio.microphone.microphone import FILE_RATE
from masquerade.studio.microphone.resampler import Samples, TimedResampler
from masquerade.studio.video_writer import VideoWriter

_CHUNK = 1024  # samples of one AAC frame
_BIT_RATE = 128_000
# Samples come up to this much later than the frame of the same moment; nothing waits for them longer.
_LATE_SECONDS = 0.25
_GIVE_UP_SECONDS = 1.0


class Capture(Protocol):
    """A microphone that runs."""

    channels: int
    rate: int

    @property
    def lost(self) -> bool:
        """True when nothing comes any more."""
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
    """One audio stream of a recording; used on the recorder's thread.

    The sound is as long as the video: what the microphone does not give is silence.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._resampler = TimedResampler(capture.rate, FILE_RATE, capture.channels)
        self._writer: VideoWriter | None = None
        self._stream: AudioStream | None = None
        self._origin = 0.0
        self._written = 0
        self._silent = 0

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

    def begin(self, writer: VideoWriter, origin: float) -> None:
        """Add the stream, before anything is written into the file.

        Args:
            writer: of the video.
            origin: the time that becomes 0 in the file, on the monotonic clock.
        """
        stream = writer.container.add_stream("aac", rate=FILE_RATE)
        stream.bit_rate = _BIT_RATE
        stream.layout = "mono" if self._capture.channels == 1 else "stereo"
        stream.time_base = Fraction(1, FILE_RATE)
        self._writer, self._stream, self._origin = writer, stream, origin

    def write_until(self, time: float) -> None:
        """Write what can be had up to a time.

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
        """Leave out what was heard in a pause; what comes after `end` follows what was before `begin`.

        Raises:
            RecordingError: the disk is full or gone.
        """
        self._fetch()
        while self._origin + self._written / FILE_RATE < begin:
            self._write_chunk()
        self._origin += end - begin

    def finish(self, time: float) -> None:
        """Write the sound up to a time, the end of the recording, and what the encoder holds."""
        self._fetch()
        while self._origin + self._written / FILE_RATE < time:
            self._write_chunk()
        self._encode(None)

    def close(self) -> None:
        """Let go of the microphone. May be called twice."""
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
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.T), "fltp", "mono" if self._capture.channels == 1 else "stereo"
        )
        frame.sample_rate = FILE_RATE
        # The encoder puts its priming samples before 0.
        frame.pts, frame.time_base = self._written, Fraction(1, FILE_RATE)
        self._written += _CHUNK
        self._encode(frame)

    def _encode(self, frame: AudioFrame | None) -> None:
        if self._writer is not None:
            self._writer.mux(self._packets(frame))

    def _packets(self, frame: AudioFrame | None) -> "Iterator[Packet[AudioStream]]":
        assert self._stream is not None
        yield from self._stream.encode(frame)
