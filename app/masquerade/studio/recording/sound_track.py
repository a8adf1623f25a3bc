"""Encodes samples into the file of a recording: SoundTrack."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet
from numpy.typing import NDArray

from masquerade.studio.recording.video_writer import VideoWriter

FILE_RATE = 48_000
_BIT_RATE = 128_000
_CODECS = {"webm": "libopus"}


class SoundTrack:
    """One stream of sound; AAC in an MP4 file, Opus in a WebM. Used on the recorder's thread."""

    def __init__(self, writer: VideoWriter, channels: int) -> None:
        """Add the stream, before anything is written into the file.

        Args:
            writer: of the video.
            channels: 1 or 2.
        """
        codec = _CODECS.get(writer.container.format.name, "aac")
        stream = writer.container.add_stream(codec, rate=FILE_RATE)
        assert isinstance(stream, AudioStream)
        self._layout = "mono" if channels == 1 else "stereo"
        stream.bit_rate = _BIT_RATE
        stream.layout = self._layout
        stream.time_base = Fraction(1, FILE_RATE)
        self._writer, self._stream = writer, stream

    def write(self, samples: NDArray[np.float32], place: int) -> None:
        """Encode a block.

        Args:
            samples: (N, channels) float32 at FILE_RATE.
            place: number of its first sample, from the beginning of the file. The encoder puts its priming
                samples before it.

        Raises:
            RecordingError: the disk is full or gone.
        """
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), "fltp", self._layout)
        frame.sample_rate = FILE_RATE
        frame.pts, frame.time_base = place, Fraction(1, FILE_RATE)
        self._writer.mux(self._packets(frame))

    def close(self) -> None:
        """Write what the encoder holds back."""
        self._writer.mux(self._packets(None))

    def _packets(self, frame: AudioFrame | None) -> "Iterator[Packet[AudioStream]]":
        yield from self._stream.encode(frame)
