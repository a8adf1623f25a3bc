"""Carries the sound of one video over into another."""

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, cast

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from masquerade.errors import RecordingError
from masquerade.pipeline.sources.kinds import IMAGE_SUFFIXES
from masquerade.pipeline.sources.media import open_media
from masquerade.studio.whole_file import explain_write_error

# What MP4 holds and players expect in it (some decoders go by a second name); all else becomes AAC.
_COPIED_CODECS = frozenset({"aac", "mp3", "mp3float", "ac3", "eac3", "alac", "opus", "libopus"})
_AAC_BIT_RATE = 160_000
# Sound that starts earlier than the image is cut, but for what a decoder needs to warm up.
_LEAD_SECONDS = 0.1

_log = logging.getLogger(__name__)


class _Track(Protocol):
    """One audio stream on its way."""

    def take(self, packet: "Packet[AudioStream]") -> "Iterator[Packet[AudioStream]]":
        """Give the packets that follow from one of the input."""
        ...

    def finish(self) -> "Iterator[Packet[AudioStream]]":
        """Give what was held back."""
        ...


class _Copy:
    """Sound that goes over as it is."""

    def __init__(self, source: AudioStream, container: OutputContainer, origin_seconds: float) -> None:
        self._target = container.add_stream_from_template(source)
        self._origin_seconds = origin_seconds

    def take(self, packet: "Packet[AudioStream]") -> "Iterator[Packet[AudioStream]]":
        shift = round(self._origin_seconds / packet.time_base)
        packet.dts = None if packet.dts is None else packet.dts - shift
        packet.pts = packet.dts if packet.pts is None else packet.pts - shift
        packet.stream = self._target
        yield packet

    def finish(self) -> "Iterator[Packet[AudioStream]]":
        return iter(())


class _Encode:
    """Sound that MP4 cannot hold: decoded, and encoded as AAC."""

    def __init__(self, source: AudioStream, container: OutputContainer, origin_seconds: float) -> None:
        rate = min(source.codec_context.sample_rate, 48_000)
        layout = "mono" if source.codec_context.channels == 1 else "stereo"
        self._target = container.add_stream("aac", rate=rate)
        self._target.bit_rate = _AAC_BIT_RATE
        self._target.layout = layout
        self._resampler = AudioResampler(format="fltp", layout=layout, rate=rate)
        self._origin_seconds = origin_seconds

    def take(self, packet: "Packet[AudioStream]") -> "Iterator[Packet[AudioStream]]":
        try:
            frames = packet.decode()
        except av.FFmpegError as error:
            _log.info("a piece of sound was left out: %s", error)
            return
        for frame in frames:
            if frame.pts is not None and frame.time_base is not None:
                frame.pts -= round(self._origin_seconds / frame.time_base)
            yield from self._encode(frame)

    def finish(self) -> "Iterator[Packet[AudioStream]]":
        yield from self._encode(None)
        yield from self._target.encode(None)

    def _encode(self, frame: AudioFrame | None) -> "Iterator[Packet[AudioStream]]":
        for resampled in self._resampler.resample(frame):
            yield from self._target.encode(resampled)


class Sound:
    """All sound of a video, written into another one's container as the images go on.

    Used on the thread that writes the images, by `with`. Sound that cannot be read is
    told in the log and left out: the image is worth more.
    """

    def __init__(self, path: Path, container: OutputContainer, origin_seconds: float, target: Path) -> None:
        """Add the streams, before the first image is written.

        Args:
            path: the video with the sound.
            container: of the new video.
            origin_seconds: the time in the old video that becomes 0 in the new one.
            target: what the new video is called, for messages.
        """
        self._path = path
        self._container = container
        self._origin_seconds = origin_seconds
        self._target = target
        self._input = open_media(path) if path.suffix.lower() not in IMAGE_SUFFIXES else None
        self._tracks = {
            stream.index: self._make_track(stream)
            for stream in (self._input.streams.audio if self._input else ())
            if stream.codec_context
        }
        self._packets = self._read() if self._tracks else iter(())
        self._next: Packet[AudioStream] | None = next(self._packets, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._input is not None:
            self._input.close()

    def write_until(self, seconds: float) -> None:
        """Write the sound up to a time of the old video, so that both streams lie side by side.

        Raises:
            RecordingError: the disk is full or gone.
        """
        while self._next is not None and self._time_of(self._next) <= seconds:
            packet, self._next = self._next, next(self._packets, None)
            self._mux(self._tracks[packet.stream_index].take(packet))

    def finish(self) -> None:
        """Write what is left.

        Raises:
            RecordingError: the disk is full or gone.
        """
        self.write_until(float("inf"))
        for track in self._tracks.values():
            self._mux(track.finish())

    def _make_track(self, stream: AudioStream) -> _Track:
        kind = _Copy if stream.codec_context.name in _COPIED_CODECS else _Encode
        return kind(stream, self._container, self._origin_seconds)

    def _read(self) -> "Iterator[Packet[AudioStream]]":
        """Give the packets that have a time and are not before the image."""
        assert self._input is not None
        demuxed = self._input.demux([self._input.streams[index] for index in self._tracks])
        packets = cast("Iterator[Packet[AudioStream]]", demuxed)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.FFmpegError as error:
                _log.warning("%s: the sound breaks off (%s).", self._path, error)
                return
            if packet.dts is not None and self._time_of(packet) >= self._origin_seconds - _LEAD_SECONDS:
                yield packet

    @staticmethod
    def _time_of(packet: "Packet[AudioStream]") -> float:
        return float((packet.dts or 0) * (packet.time_base or Fraction(1)))

    def _mux(self, packets: "Iterator[Packet[AudioStream]]") -> None:
        try:
            for packet in packets:
                self._container.mux(packet)
        except OSError as error:
            raise RecordingError(explain_write_error(self._target, error)) from error
