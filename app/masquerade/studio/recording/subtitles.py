"""Carries subtitles of text over into an MP4: add_subtitle_track."""

import logging
from collections.abc import Iterator
from fractions import Fraction

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

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


def is_text(source: SubtitleStream) -> bool:
    """Return whether subtitles are text; images, as of DVDs and broadcasts, are nothing that MP4 players show."""
    return source.codec_context is not None and source.codec_context.codec.text_sub


def add_subtitle_track(source: SubtitleStream, container: OutputContainer) -> Track:
    """Add a track for these subtitles; bold, italic and underlined stay.

    Raises:
        av.FFmpegError: they cannot be decoded.
    """
    return _TextTrack(source, container)


class _TextTrack:
    """Subtitles on their way to `mov_text`."""

    def __init__(self, source: SubtitleStream, container: OutputContainer) -> None:
        self._source = source
        self.lost = 0
        self.stream = container.add_stream("mov_text")
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
