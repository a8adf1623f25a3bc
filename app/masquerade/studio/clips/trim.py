"""Cut a recording at its beginning and end without encoding it again."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from masquerade.errors import AppError, RecordingError, SourceError
from masquerade.pipeline.sources.media import open_media
from masquerade.pipeline.sources.videos.video_file import choose_video_stream
from masquerade.studio.clips.clip import TRIMMED_SUFFIXES, read_clip
from masquerade.studio.whole_file import write_error, written_new, written_whole
from masquerade.terminal import printable

MIN_SECONDS = 0.2
# Sound lies in the file up to this much before the frame of the same moment.
_INTERLEAVED_SECONDS = 1.0
_MICROSECONDS = 1_000_000
_MUXER_ERRORS = (OSError, ValueError, av.FFmpegError)


@dataclass(frozen=True, slots=True)
class TrimmedCopy:
    """A part of a recording.

    Attributes:
        path: of the new file.
        begin_seconds: where the part begins in the recording, at a keyframe.
        seconds: how long it is.
    """

    path: Path
    begin_seconds: float
    seconds: float


def trim_video(path: Path, begin_seconds: float, end_seconds: float, target: Path | None = None) -> TrimmedCopy:
    """Write the part of a recording from one moment to another into a new file.

    Images and sound are copied as they are. The copy begins at the last keyframe at or before
    `begin_seconds`, which is at most a second earlier in recordings of this program; nothing of
    what lies before it is in the file.

    Args:
        path: of the recording.
        begin_seconds: from its first frame.
        end_seconds: from its first frame; past its end means up to its end.
        target: is written or replaced; None = `name trimmed.mp4` beside the recording, or the next free name.

    Raises:
        SourceError: the recording is missing, damaged, or of a kind that cannot be cut.
        RecordingError: hardly anything is left, `target` is the recording or another kind of file, or it
            cannot be written.
    """
    if path.suffix.lower() not in TRIMMED_SUFFIXES:
        raise SourceError(f"{printable(path)} cannot be trimmed: only videos can. Choose a recording.")
    if target is not None:
        _check_target(path, target)
    clip = read_clip(path)
    begin, end = clip.snap(max(begin_seconds, 0.0)), min(end_seconds, clip.seconds)
    if not (end - begin >= MIN_SECONDS and begin_seconds < end):
        raise RecordingError(
            f"{printable(path)} is {clip.seconds:.1f} seconds long, and hardly anything of it would be left. "
            "Choose a longer part."
        )
    if target is not None:
        with written_whole(target) as temporary:
            _copy(path, temporary, target, begin, end)
        return TrimmedCopy(target, begin, end - begin)
    target = path.with_stem(f"{path.stem} trimmed")
    with written_new(target) as new:
        _copy(path, new.temporary, target, begin, end)
    return TrimmedCopy(new.path, begin, end - begin)


def _check_target(path: Path, target: Path) -> None:
    if target.suffix.lower() != path.suffix.lower():
        raise RecordingError(
            f"{printable(target)} cannot be written: a trimmed copy is the same kind of file as its recording. "
            f"Give it a name that ends in {path.suffix}."
        )
    if os.path.exists(target) and target.samefile(path):
        raise RecordingError(f"{printable(target)} is the recording itself. Choose another name for the copy.")


def _copy(path: Path, temporary: Path, target: Path, begin: float, end: float) -> None:
    options = {"movflags": "faststart"} if path.suffix.lower() in (".mp4", ".m4v", ".mov") else {}
    with open_media(path) as source:
        try:
            with av.open(f"file:{temporary.absolute()}", "w", options=options) as container:
                container.metadata.update(source.metadata)
                _Cut(path, source, container).copy(begin, end)
        except AppError:
            raise
        except OSError as error:
            raise write_error(target, error) from error
        except _MUXER_ERRORS as error:
            raise RecordingError(
                f"{printable(target)} cannot be written: {printable(path)} contains something that cannot be copied."
            ) from error


class _Cut:
    """Copies the packets of one part, on a clock that starts with it."""

    def __init__(self, path: Path, source: InputContainer, container: OutputContainer) -> None:
        self._path = path
        self._source = source
        self._container = container
        self._video = choose_video_stream(source, path)
        kept = [self._video, *source.streams.audio]
        self._targets: dict[int, Any] = {stream.index: container.add_stream_from_template(stream) for stream in kept}
        base = self._video.time_base or Fraction(1)
        self._origin = (self._video.start_time or 0) * base

    def copy(self, begin: float, end: float) -> None:
        """Copy image and sound from `begin`, the time of a keyframe, to `end`; seconds from the first frame."""
        start = self._keyframe(begin)
        stop = self._origin + Fraction(end).limit_denominator(_MICROSECONDS)
        for packet in self._packets(start, stop):
            base = Fraction(packet.time_base)
            shift = round(start / base)
            packet.pts = None if packet.pts is None else packet.pts - shift
            packet.dts = None if packet.dts is None else packet.dts - shift
            packet.stream = self._targets[packet.stream_index]
            self._container.mux(packet)

    def _keyframe(self, begin: float) -> Fraction:
        """Return the exact time of the keyframe, in the file's clock."""
        base = Fraction(self._video.time_base or 1)
        return round((self._origin + Fraction(begin)) / base) * base

    def _packets(self, start: Fraction, stop: Fraction) -> "Iterator[Packet[Any]]":
        """Give the packets of the stretch in the order of the file."""
        over: set[int] = set()
        # Shown after the end: needed only where a frame of the stretch follows that was coded after it.
        late: list[Packet[Any]] = []
        for packet in self._read(start):
            if packet.pts is None or not packet.size or packet.stream_index in over:
                continue
            if _starts_after(packet, stop):
                over.add(packet.stream_index)
                if over == self._targets.keys():
                    return
            elif packet.stream_index != self._video.index:
                if (packet.pts + (packet.duration or 0)) * packet.time_base > start:
                    yield packet
            elif packet.pts * packet.time_base >= stop:
                late.append(packet)
            elif packet.pts * packet.time_base >= start:
                yield from late
                late.clear()
                yield _ended_at(packet, stop)

    def _read(self, start: Fraction) -> "Iterator[Packet[Any]]":
        jump = float(start) - _INTERLEAVED_SECONDS
        if jump > 0:
            with suppress(av.FFmpegError):
                self._source.seek(round(jump * _MICROSECONDS))
        packets = self._source.demux([self._source.streams[index] for index in self._targets])
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                # A cut recording is trimmed as far as it goes.
                return
            if packet is None:
                return
            yield packet


def _starts_after(packet: "Packet[Any]", stop: Fraction) -> bool:
    stamp: int = packet.pts if packet.dts is None else packet.dts  # type: ignore[assignment]
    return stamp * Fraction(packet.time_base) >= stop


def _ended_at(packet: "Packet[Any]", stop: Fraction) -> "Packet[Any]":
    """Return the packet, no longer shown than up to `stop`."""
    base = Fraction(packet.time_base)
    length = round(stop / base) - (packet.pts or 0)
    if packet.duration and length < packet.duration:
        packet.duration = max(length, 1)
    return packet
