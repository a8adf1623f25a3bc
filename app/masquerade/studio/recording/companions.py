"""Copies everything of a video but its images: sound, subtitles, chapters and tags."""

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

from masquerade.pipeline.sources.media import open_media
from masquerade.pipeline.sources.videos.clock import ContinuousClock
from masquerade.pipeline.sources.videos.video_file import move_to_clock, new_clock
from masquerade.studio.recording.metadata import LeftOut, MetadataMode, choose_tags
from masquerade.studio.recording.sound import Track, add_sound_track
from masquerade.studio.recording.subtitles import HeldNowhereError, add_subtitle_track
from masquerade.studio.whole_file import write_error
from masquerade.terminal import printable

if TYPE_CHECKING:
    from av.container.core import Chapter

# Samples that a decoder needs before the first one that is heard lie before the image, too.
_PRIMING_SECONDS = 0.03
_MAX_LOST_PACKETS = 1000
# A recorded broadcast begins and ends in the middle of a packet.
_MAX_UNREPORTED_PACKETS = 2
# Of the names that GoPro, Google, Apple, Sony and DJI give to tracks of places and movements.
_CAMERA_WORDS = ("gopro", "camm", "meta", "gps", "motion", "timed", "dji")
_TRACK_ERRORS = (av.FFmpegError, ValueError)

_log = logging.getLogger(__name__)


class Companions:
    """Everything of a video but its images, written to a new container alongside them.

    Used on the thread that writes the images, by `with`. What cannot be read or written is
    reported and left out: the images are worth more.
    """

    def __init__(
        self, path: Path, container: OutputContainer, first_image_seconds: float, target: Path, mode: MetadataMode
    ) -> None:
        """Add the tracks, before the first image is written.

        Args:
            path: the source.
            container: of the new video.
            first_image_seconds: time of the first image in the source.
            target: what the new video is called, for messages.
            mode: which metadata to keep.

        Raises:
            SourceError: the source cannot be opened again.
        """
        self._path = path
        self._container = container
        self._target = target
        self._mode = mode
        self._input = open_media(path)
        self._tracks: dict[int, Track] = {}
        self._last_dts: dict[int, Fraction] = {}
        self._lost_packets = 0
        self.origin_seconds = self._find_origin(first_image_seconds)
        self.left_out = LeftOut(others=tuple(self._add_tracks()))
        self._copy_tags()
        self._packets = self._read(self._input)
        self._next = next(self._packets, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._input.close()

    def write_until(self, seconds: float) -> None:
        """Write everything up to a time of the source, so that all streams lie side by side.

        Raises:
            RecordingError: the disk is full or gone.
        """
        while self._next is not None and _time_of(self._next) <= seconds:
            packet, self._next = self._next, next(self._packets, None)
            track = self._tracks[packet.stream_index]
            self._mux(packet.stream_index, track.take(packet, -self.origin_seconds))

    def finish(self) -> None:
        """Write what is left.

        Raises:
            RecordingError: the disk is full or gone.
        """
        self.write_until(float("inf"))
        for index, track in self._tracks.items():
            self._mux(index, track.finish())
        if self._lost_packets + sum(track.lost for track in self._tracks.values()) > _MAX_UNREPORTED_PACKETS:
            _log.warning("%s: sound or subtitles cannot be read in part and are left out there.", printable(self._path))

    def _find_origin(self, first_image_seconds: float) -> float:
        """Return the time of the source that becomes 0: the start of its sound or its first image."""
        starts = [
            float(stream.start_time * stream.time_base)
            for stream in self._input.streams.audio
            if stream.codec_context is not None and stream.start_time is not None and stream.time_base
        ]
        earliest = min(starts, default=first_image_seconds)
        return earliest if first_image_seconds - earliest > _PRIMING_SECONDS else first_image_seconds

    def _add_tracks(self) -> Iterator[str]:
        """Add a track for each stream that can be copied; return in words what is left out."""
        covers = videos = fonts = 0
        for stream in self._input.streams:
            if stream.type == "video":
                is_cover = bool(stream.disposition & av.stream.Disposition.attached_pic)
                covers, videos = covers + is_cover, videos + (not is_cover)
            elif stream.type == "audio":
                yield from self._add(cast(AudioStream, stream))
            elif stream.type == "subtitle":
                yield from self._add(cast(SubtitleStream, stream))
            elif stream.type == "attachment":
                fonts += 1
            elif stream.type == "data" and any(word in _handler(stream) for word in _CAMERA_WORDS):
                yield "camera data"
        if videos > 1:
            yield f"{videos - 1} further video track{'s' * (videos > 2)}"
        if covers:
            yield "the cover image"
        if fonts:
            yield "attached files"

    def _add(self, stream: AudioStream | SubtitleStream) -> Iterator[str]:
        language = f" ({printable(stream.language)})" if stream.language not in (None, "und") else ""
        if isinstance(stream, SubtitleStream) and not self._mode.keeps_text:
            yield f"subtitles{language}"
            return
        if stream.codec_context is None:
            yield f"sound of an unknown kind{language}"
            return
        try:
            if isinstance(stream, SubtitleStream):
                track = add_subtitle_track(stream, self._container)
            else:
                track = add_sound_track(stream, self._container)
        except HeldNowhereError:
            yield f"subtitles that are images{language} (an output that ends in .mkv keeps them)"
            return
        except _TRACK_ERRORS as error:
            _log.info("%s: stream %d is left out: %s", self._path, stream.index, error)
            yield f"{'subtitles' if isinstance(stream, SubtitleStream) else 'sound'} that cannot be converted{language}"
            return
        self._tracks[stream.index] = track
        self._describe(stream, track)

    def _describe(self, stream: Stream, track: Track) -> None:
        target = track.stream
        if self._mode.keeps_text:
            for name in ("language", "title"):
                if stream.metadata.get(name):
                    target.metadata[name] = stream.metadata[name]
        target.disposition = stream.disposition

    def _copy_tags(self) -> None:
        kept, left_out = choose_tags(self._input.metadata, self._mode)
        self._container.metadata.update(kept)
        chapters = self._input.chapters()
        if chapters and self._mode.keeps_text:
            self._container.set_chapters(_moved(chapters, self.origin_seconds))
        elif chapters:
            left_out |= LeftOut(others=("chapters",))
        self.left_out |= left_out

    def _read(self, container: InputContainer) -> "Iterator[Packet[Stream]]":
        """Give the packets of the tracks on the clock that the images have, too."""
        packets, clock = container.demux(), new_clock(container)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                # The images end here, too, and report it.
                _log.info("%s: reading ended: %s", self._path, error)
                return
            if packet is None:
                return
            if self._belongs(packet, clock):
                yield packet

    def _belongs(self, packet: "Packet[Stream]", clock: ContinuousClock) -> bool:
        move_to_clock(packet, clock)
        if packet.stream_index not in self._tracks or (packet.dts is None and packet.pts is None):
            return False
        return bool(packet.size) and _time_of(packet) >= self.origin_seconds - 10 * _PRIMING_SECONDS

    def _mux(self, index: int, packets: "Iterator[Packet[Stream]]") -> None:
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                if packet.dts is not None and packet.time_base:
                    dts = packet.dts * Fraction(packet.time_base)
                    if dts <= self._last_dts.get(index, dts - 1):
                        # Sound that overlaps where a clock restarted.
                        continue
                    self._last_dts[index] = dts
                self._container.mux(packet)
            except OSError as error:
                raise write_error(self._target, error) from error
            except _TRACK_ERRORS as error:
                _log.info("%s: a packet of stream %d is left out: %s", self._path, index, error)
                self._lost_packets += 1
                if self._lost_packets > _MAX_LOST_PACKETS:
                    return


class NoCompanions:
    """The companions of an animated image, which has none."""

    left_out = LeftOut()

    def write_until(self, seconds: float) -> None:
        """Do nothing."""

    def finish(self) -> None:
        """Do nothing."""


def _time_of(packet: "Packet[Stream]") -> float:
    stamp = packet.dts if packet.dts is not None else packet.pts
    return float((stamp or 0) * (packet.time_base or Fraction(1)))


def _moved(chapters: "list[Chapter]", origin_seconds: float) -> "list[Chapter]":
    """Return the chapters on a clock on which `origin_seconds` is 0.

    QuickTime's begin at 0, and a first one that begins later would be stretched.
    """
    base = Fraction(1, 1000)
    moved: list[Chapter] = []
    for number, chapter in enumerate(chapters, start=1):
        ends = (float(chapter[end] * (chapter["time_base"] or base)) - origin_seconds for end in ("start", "end"))
        start, end = (max(round(seconds / base), 0) for seconds in ends)
        metadata = {"title": chapter["metadata"].get("title", "")}
        moved.append({"id": number, "start": start, "end": end, "time_base": base, "metadata": metadata})
    if moved[0]["start"] > 0:
        before: Chapter = {"id": 0, "start": 0, "end": moved[0]["start"], "time_base": base, "metadata": {"title": ""}}
        moved.insert(0, before)
    return moved


def _handler(stream: Stream) -> str:
    return stream.metadata.get("handler_name", "").lower()
