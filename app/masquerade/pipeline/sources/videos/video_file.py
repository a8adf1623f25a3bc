"""Reads video files and animated GIFs with their true times: VideoFile."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from masquerade.errors import SourceError
from masquerade.pipeline.sources.media import not_a_video, open_media
from masquerade.pipeline.sources.videos.clock import ContinuousClock
from masquerade.pipeline.sources.videos.hdr import HdrOriginals
from masquerade.pipeline.sources.videos.video_frames import FrameConverter, side_data
from masquerade.terminal import printable
from masquerade.values import Frame

_log = logging.getLogger(__name__)

# 8K is 33. More than this is a damaged header, or an image that would take the memory.
MAX_MEGAPIXELS = 40
# The size of a 16-bit side; what is longer is no video either.
MAX_SIDE = 16_384

# Broadcast streams restart their clock. Elsewhere a pause may be long, as a camera that waits for
# movement makes it; MP4 holds one of 6 hours, in 32-bit ticks of a 1/96000 s.
_MAX_GAP_SECONDS, _MAX_BROADCAST_GAP_SECONDS = 6 * 3600.0, 10.0
# Containers whose header says how long they are; in others FFmpeg guesses from what is there.
_TELL_DURATION = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "asf", "flv"})
_MAX_REORDER_SECONDS = 5.0
_TS_DISCONT = 0x0200  # AVFMT_TS_DISCONT of libavformat
_LOST_SECONDS = 0.5
_SAME_MOMENT_SECONDS = 0.001
_MARKS = {"A53_CC": "closed captions", "SPHERICAL": "the 360-degree view", "STEREO3D": "the stereo view"}
_MICROSECONDS = 1_000_000


class VideoFile:
    """A video, frame by frame, as a player shows it.

    Upright and mirrored as its display matrix says, with square pixels, deinterlaced, HDR
    tone-mapped to SDR. `taken_at` is the frame's own time in the file and always grows. A
    damaged or cut file gives the frames it has; what was lost is logged as a warning.

    Attributes:
        originals: as given.
        start_seconds: the time of the first frame in the file, once it is open.
        marks: what the frames so far carry beside their images and a `Frame` cannot hold,
            in words, such as "closed captions".
    """

    live = False

    def __init__(self, path: Path, begin_seconds: float = 0.0, originals: HdrOriginals | None = None) -> None:
        """Remember the path; the file is opened by `with`.

        Args:
            path: of the file.
            begin_seconds: leave out so much of the beginning, by a jump to the keyframe before it.
            originals: gets the frames as they are coded, where the video is HDR.
        """
        self._path = path
        self._begin_seconds = begin_seconds
        self.originals = originals
        self.start_seconds = 0.0
        self._rate = 0.0
        self._count: int | None = None
        self._container: InputContainer | None = None
        self._converter: FrameConverter | None = None
        self._frames: Iterator[VideoFrame] = iter(())
        self._index = 0
        self._seconds = 0.0
        self._end_seconds = self._left_out_seconds = 0.0
        self._errors = 0
        self._closed = False
        self.marks: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def frames_per_second(self) -> float:
        """The mean rate in the file's header; 0 before it is open."""
        return self._rate

    @property
    def frame_count(self) -> int | None:
        """The number of frames in the file's header; None where it has none."""
        return self._count

    def __enter__(self) -> Self:
        """Open the file.

        Raises:
            SourceError: it is missing, empty, no video, of an unknown codec, or its image is too large.
        """
        self._container = open_media(self._path)
        try:
            stream = choose_video_stream(self._container, self._path)
            self._check_size(stream.codec_context.width, stream.codec_context.height)
        except SourceError:
            self._container.close()
            self._container = None
            raise
        stream.thread_type = "AUTO"
        self._rate = float(stream.average_rate or 0)
        self._count = stream.frames or None
        self._converter = FrameConverter(stream)
        self._skip_to_begin(self._container, stream)
        self._frames = self._decode(self._container, stream, self._converter)
        self._index = self._errors = 0
        self._end_seconds = self._left_out_seconds = 0.0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._frames, self._converter = iter(()), None
        if self._container is not None:
            self._container.close()
            self._container = None

    def read(self) -> Frame | None:
        """Return the next frame.

        Raises:
            SourceError: the file holds not one readable frame, or one that is too large.
        """
        decoded = None if self._closed else next(self._frames, None)
        if decoded is None or self._converter is None:
            self._report_losses()
            return None
        self._check_size(*self._converter.shown_size_wh(decoded))
        beside = side_data(decoded)
        self.marks |= {words for name, words in _MARKS.items() if beside.get(name) is not None}
        seconds = decoded.time
        if self._index == 0:
            self._seconds = seconds or 0.0
        elif seconds is None or seconds <= self._seconds:
            self._seconds += 1 / (self._rate or 30.0)
        else:
            self._seconds = seconds
        if self.originals is not None:
            self.originals.put(self._index, decoded, beside, self._converter.to_coded)
        frame = Frame(self._converter.to_pixels(decoded), self._index, self._seconds)
        self._index += 1
        return frame

    def close(self) -> None:
        """Make the next `read` return None; called on ANY thread."""
        self._closed = True

    def _check_size(self, width: int, height: int) -> None:
        if width * height > MAX_MEGAPIXELS * 1_000_000 or max(width, height) > MAX_SIDE:
            raise SourceError(
                f"{printable(self._path)} is too large ({width} x {height} pixels). Make it 3840 x 2160 or smaller."
            )

    def _skip_to_begin(self, container: InputContainer, stream: VideoStream) -> None:
        """Jump to the last keyframe before the beginning; a file that cannot jump is read from its start."""
        base = stream.time_base or 0
        self.start_seconds = float((stream.start_time or 0) * base)
        if self._begin_seconds > 0 and base:
            try:
                container.seek(round((self.start_seconds + self._begin_seconds) / base), stream=stream)
            except (av.FFmpegError, OSError) as error:
                _log.debug("%s: it is read from its start: %s", self._path, error)

    def _is_wanted(self, frame: VideoFrame) -> bool:
        begin = self.start_seconds + self._begin_seconds - _SAME_MOMENT_SECONDS
        return self._begin_seconds <= 0 or frame.time is None or frame.time >= begin

    def _decode(
        self, container: InputContainer, stream: VideoStream, converter: FrameConverter
    ) -> Iterator[VideoFrame]:
        """Give every frame that can be decoded, and count what cannot."""
        for packet in self._read_packets(container):
            if packet.stream_index == stream.index and packet.size:
                for frame in self._decode_packet(stream, packet):
                    if self._is_wanted(frame):
                        yield from converter.deinterlace(frame)
        for frame in self._decode_packet(stream, None):
            yield from converter.deinterlace(frame)
        yield from converter.deinterlace(None)

    def _read_packets(self, container: InputContainer) -> "Iterator[Packet[Stream]]":
        """Give the packets of the whole file on one clock; remember where they end."""
        packets, clock = container.demux(), new_clock(container)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                _log.debug("%s: reading ended: %s", self._path, error)
                self._errors += 1
                return
            if packet is None:
                return
            self._end_seconds = max(self._end_seconds, _end_of(packet))
            move_to_clock(packet, clock)
            self._end_seconds = max(self._end_seconds, _end_of(packet))
            self._left_out_seconds = clock.left_out_seconds
            # A restarted broadcast counts its packets again, which FFmpeg takes for a loss.
            self._errors += packet.is_corrupt and not _restarts_clock(container)
            yield packet

    def _decode_packet(self, stream: VideoStream, packet: "Packet[Stream] | None") -> list[VideoFrame]:
        try:
            frames = stream.decode(packet)
        except av.FFmpegError as error:
            _log.debug("%s: a frame cannot be decoded: %s", self._path, error)
            # What a recording begins with before its first keyframe belongs to images that were never in it.
            self._errors += bool(self._index)
            return []
        for frame in frames:
            self._errors += frame.is_corrupt
            # A frame that comes when the decoder is emptied has no packet to take it from.
            frame.time_base = frame.time_base or stream.time_base
        return frames

    def _report_losses(self) -> None:
        """Log, once, what is missing in the file."""
        if self._closed or self._container is None:
            return
        if self._index == 0:
            raise SourceError(
                f"{printable(self._path)} contains no readable frame: it is damaged or cut off. Choose another one."
            )
        missing = self._missing_seconds(self._container)
        if missing > _LOST_SECONDS + 1 / (self._rate or 30.0):
            _log.warning(
                "%s is cut: its last %.1f seconds are missing. What is there was used.",
                printable(self._path),
                missing,
            )
        elif self._errors:
            _log.warning(
                "%s is damaged: some of it cannot be read (%d errors). What can be read was used.",
                printable(self._path),
                self._errors,
            )
        if self._left_out_seconds:
            _log.warning(
                "%s has no image for %.0f hours in between. This pause was left out.",
                printable(self._path),
                self._left_out_seconds / 3600,
            )
        self._count, self._errors = self._index, 0

    def _missing_seconds(self, container: InputContainer) -> float:
        """Return how much earlier the file ends than its header says; edit lists are counted in both."""
        name = container.format.name
        if name not in _TELL_DURATION or not container.duration:
            return 0.0
        promised = container.duration / _MICROSECONDS
        for stream in container.streams.video if name == "avi" else ():
            # FFmpeg corrects the duration of an AVI by what is there, but not its number of frames.
            promised = max(promised, float(stream.frames * (stream.time_base or 0)))
        return promised - self._end_seconds


def choose_video_stream(container: InputContainer, path: Path) -> VideoStream:
    """Return the first video stream, ignoring cover images.

    Raises:
        SourceError: there is none, or Masquerade cannot decode it.
    """
    if not len(container.streams):
        raise not_a_video(path)
    cover = av.stream.Disposition.attached_pic
    streams = [stream for stream in container.streams.video if not stream.disposition & cover]
    if not streams:
        raise SourceError(f"{printable(path)} contains no video. Choose another file.")
    playable = [stream for stream in streams if stream.codec_context is not None]
    if not playable:
        raise SourceError(
            f"The video in {printable(path)} is compressed in a way that Masquerade does not know. "
            "If it plays in a video player, save it from there as MP4."
        )
    return playable[0]


def new_clock(container: InputContainer) -> ContinuousClock:
    """Return the clock for the packets of this file."""
    return ContinuousClock(_MAX_BROADCAST_GAP_SECONDS if _restarts_clock(container) else _MAX_GAP_SECONDS)


def move_to_clock(packet: "Packet[Stream]", clock: ContinuousClock) -> None:
    """Change the times of a packet to those of the continuous clock."""
    stamp, base = packet.dts, float(packet.time_base or 0)
    # Where frames are reordered FFmpeg derives decoding times from those of earlier frames, before a jump.
    if stamp is None or (packet.pts is not None and (packet.pts - stamp) * base > _MAX_REORDER_SECONDS):
        stamp = packet.pts
    if stamp is None or not base:
        return
    shift = round(clock.offset(packet.stream_index, stamp * base, (packet.duration or 0) * base) / base)
    if shift:
        packet.pts = None if packet.pts is None else packet.pts + shift
        packet.dts = None if packet.dts is None else packet.dts + shift


def _restarts_clock(container: InputContainer) -> bool:
    return bool(container.format.flags & _TS_DISCONT)


def _end_of(packet: "Packet[Stream]") -> float:
    """Return when the packet ends, seconds; 0 where it has no time."""
    if packet.pts is None or not packet.time_base:
        return 0.0
    return float((packet.pts + (packet.duration or 0)) * packet.time_base)
