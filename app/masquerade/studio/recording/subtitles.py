"""Copies subtitles to a video: add_subtitle_track."""

import logging
from collections.abc import Iterator
from fractions import Fraction

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

from masquerade.studio.recording.copied_track import can_be_copied, moved
from masquerade.studio.recording.sound import Track

_log = logging.getLogger(__name__)

# The encoder wants to know the fields of the events that it gets; the look is the player's.
_ASS_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, \
MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


class HeldNowhereError(ValueError):
    """Subtitles that the container cannot hold: images of discs and broadcasts in an MP4."""


def add_subtitle_track(source: SubtitleStream, container: OutputContainer) -> Track:
    """Add a track for these subtitles.

    A Matroska file takes nearly all as they are. An MP4 takes those of DVDs (VobSub) so, and text as
    `mov_text`, in which bold, italic and underlined stay.

    Raises:
        av.FFmpegError: they cannot be decoded.
        HeldNowhereError: they are images that the container does not hold.
    """
    is_text = source.codec_context is not None and source.codec_context.codec.text_sub
    in_mp4 = container.format.name == "mp4"
    if not (in_mp4 and is_text) and can_be_copied(source, container):
        return _CopiedTrack(source, container)
    if not is_text:
        raise HeldNowhereError("these subtitles are images")
    return _TextTrack(source, container, "mov_text" if in_mp4 else "srt")


class _CopiedTrack:
    """Subtitles that are copied unchanged."""

    def __init__(self, source: SubtitleStream, container: OutputContainer) -> None:
        self.stream = container.add_stream_from_template(source)
        self.lost = 0

    def take(self, packet: "Packet[Stream]", shift_seconds: float) -> "Iterator[Packet[Stream]]":
        yield moved(packet, self.stream, shift_seconds)

    def finish(self) -> "Iterator[Packet[Stream]]":
        return iter(())


class _TextTrack:
    """Subtitles that are converted to another text format."""

    def __init__(self, source: SubtitleStream, container: OutputContainer, codec: str) -> None:
        self._source = source
        self.lost = 0
        stream = container.add_stream(codec)
        assert isinstance(stream, SubtitleStream)
        self.stream = stream
        self.stream.time_base = Fraction(1, 1000)
        self.stream.codec_context.subtitle_header = _ASS_HEADER

    def take(self, packet: "Packet[Stream]", shift_seconds: float) -> "Iterator[Packet[Stream]]":
        if packet.pts is None or not packet.duration:
            return
        try:
            decoded = self._source.codec_context.decode2(packet)
            if decoded is None or not len(decoded):
                return
            text = self.stream.codec_context.encode_subtitle(decoded)
        except (av.FFmpegError, ValueError) as error:
            _log.debug("a subtitle is left out: %s", error)
            self.lost += 1
            return
        text.stream = self.stream
        text.time_base = packet.time_base
        text.pts = text.dts = packet.pts + round(shift_seconds / packet.time_base)
        text.duration = packet.duration
        yield text

    def finish(self) -> "Iterator[Packet[Stream]]":
        return iter(())
