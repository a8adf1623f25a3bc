"""Copies the sound tracks of one video to another."""

import logging
from collections.abc import Iterator
from typing import Protocol

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from masquerade.studio.recording.copied_track import can_be_copied, moved

# What MP4 holds and players expect in it (some decoders go by a second name); all else becomes AAC.
_COPIED_CODECS = frozenset({"aac", "mp3", "mp3float", "ac3", "eac3", "alac", "opus", "libopus"})
_AAC_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
# The usual names of so many channels.
_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
_AAC_BITS_PER_CHANNEL = 80_000
# A rate may be off by this share without being resampled to the next one.
_NEAR = 0.99

_log = logging.getLogger(__name__)


class Track(Protocol):
    """One stream on its way into another container."""

    @property
    def stream(self) -> Stream:
        """The stream that was added to the other container."""
        ...

    @property
    def lost(self) -> int:
        """The number of packets so far that could not be copied."""
        ...

    def take(self, packet: "Packet[Stream]", shift_seconds: float) -> "Iterator[Packet[Stream]]":
        """Return the packets that follow from one of the source.

        Args:
            packet: of the source.
            shift_seconds: to be added to its times.
        """
        ...

    def finish(self) -> "Iterator[Packet[Stream]]":
        """Return the delayed packets."""
        ...


def add_sound_track(source: AudioStream, container: OutputContainer) -> Track:
    """Add a track for this sound; copied where players expect it in such a file, else AAC with the same channels.

    Raises:
        av.FFmpegError: the sound cannot be decoded, or not be encoded.
        ValueError: as above, where PyAV notices it.
    """
    expected = container.format.name != "mp4" or source.codec_context.name in _COPIED_CODECS
    if expected and can_be_copied(source, container):
        return _CopiedTrack(source, container)
    return _EncodedTrack(source, container)


class _CopiedTrack:
    """Sound that is copied unchanged."""

    def __init__(self, source: AudioStream, container: OutputContainer) -> None:
        self.stream = container.add_stream_from_template(source)
        self.lost = 0
        self._has_header = bool(source.codec_context.extradata)
        self._sync_word: int | None = None

    def take(self, packet: "Packet[Stream]", shift_seconds: float) -> "Iterator[Packet[Stream]]":
        if not self._continues(packet):
            self.lost += 1
            return
        yield moved(packet, self.stream, shift_seconds)

    def finish(self) -> "Iterator[Packet[Stream]]":
        return iter(())

    def _continues(self, packet: "Packet[Stream]") -> bool:
        """Return whether a packet is of the kind of the first; in joined broadcasts another codec may follow.

        Without a header every packet of AAC, MP3 and AC-3 begins with the same 11 bits, and one of another
        kind would cost the whole file.
        """
        if self._has_header:
            return True
        sync_word = int.from_bytes(bytes(packet)[:2], "big") & 0xFFE0
        if self._sync_word is None:
            self._sync_word = sync_word
        return sync_word == self._sync_word


class _EncodedTrack:
    """Sound that the file cannot hold: decoded, and encoded as AAC."""

    def __init__(self, source: AudioStream, container: OutputContainer) -> None:
        self._source = source
        self.lost = 0
        self._rate = _aac_rate(source.codec_context.sample_rate)
        self._layout = _aac_layout(source)
        self.stream = container.add_stream("aac", rate=self._rate)
        self.stream.layout = self._layout
        self.stream.bit_rate = _AAC_BITS_PER_CHANNEL * self.stream.codec_context.channels
        # It fails here, where the track can still be left out, and not with the first sample.
        self.stream.codec_context.open()
        self._resampler = self._new_resampler()

    def take(self, packet: "Packet[Stream]", shift_seconds: float) -> "Iterator[Packet[Stream]]":
        for frame in self._decode(packet):
            if frame.pts is not None and frame.time_base is not None:
                frame.pts += round(shift_seconds / frame.time_base)
            yield from self._encode(frame)

    def finish(self) -> "Iterator[Packet[Stream]]":
        yield from self._encode(None)
        yield from self.stream.encode(None)

    def _new_resampler(self) -> AudioResampler:
        return AudioResampler(format="fltp", layout=self._layout, rate=self._rate)

    def _decode(self, packet: "Packet[Stream]") -> list[AudioFrame]:
        try:
            return self._source.decode(packet)
        except (av.FFmpegError, ValueError) as error:
            _log.debug("a piece of sound is left out: %s", error)
            self.lost += 1
            return []

    def _encode(self, frame: AudioFrame | None) -> "Iterator[Packet[Stream]]":
        for resampled in self._resample(frame):
            yield from self.stream.encode(resampled)

    def _resample(self, frame: AudioFrame | None) -> list[AudioFrame]:
        prepared = None if frame is None else _with_known_layout(frame)
        try:
            return self._resampler.resample(prepared)
        except (av.FFmpegError, ValueError) as error:
            if frame is None:
                return []
            # The channels or the rate changed in the middle.
            _log.info("the sound goes on differently: %s", error)
            self._resampler = self._new_resampler()
            return self._resampler.resample(prepared)


def _aac_rate(rate: int) -> int:
    """Return the lowest rate of AAC that keeps the pitch range; 48 kHz for all that is higher."""
    return next((each for each in _AAC_RATES if each >= rate * _NEAR), _AAC_RATES[-1])


def _aac_layout(source: AudioStream) -> str:
    """Return the channels of the source where AAC has them, else the usual ones of so many."""
    usual = _LAYOUTS.get(source.codec_context.channels, "7.1")
    for layout in (source.codec_context.layout.name, usual):
        trial = av.CodecContext.create("aac", "w")
        try:
            trial.sample_rate, trial.layout, trial.format = 48_000, layout, "fltp"
            trial.open()
        except (av.FFmpegError, ValueError):
            continue
        return layout
    return "stereo"


def _with_known_layout(frame: AudioFrame) -> AudioFrame:
    """Return sound whose channels have no names, as in old WAV files, with the usual names."""
    layout = _LAYOUTS.get(frame.layout.nb_channels)
    if layout is None or "channels" not in frame.layout.name:
        return frame
    named = AudioFrame.from_ndarray(frame.to_ndarray(), format=frame.format.name, layout=layout)
    named.sample_rate, named.pts, named.time_base = frame.sample_rate, frame.pts, frame.time_base
    return named
