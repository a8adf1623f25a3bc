"""Encodes the finished frames all the time and saves the last seconds on demand: Replay."""

import io
import logging
import queue
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from masquerade.errors import RecordingError
from masquerade.studio.recording.encoders import LIVE, TICKS_PER_SECOND
from masquerade.studio.recording.recorder import RecordingReport
from masquerade.studio.recording.video_writer import VideoWriter
from masquerade.studio.replay.ring import SegmentRing
from masquerade.studio.whole_file import written_new
from masquerade.values import Frame

MAX_SECONDS = 120
_WAITING_FRAMES = 4
_LAST_TICKS = TICKS_PER_SECOND // 30

_log = logging.getLogger(__name__)


class Replay:
    """A ring buffer of encoded video; `offer` is called on the process thread, the rest on any other.

    A frame of another size begins a new ring: one file has one size.
    """

    def __init__(self, seconds: float) -> None:
        """Start the thread.

        Args:
            seconds: how far back can be saved, up to MAX_SECONDS.

        Raises:
            ValueError: it is out of range.
        """
        if not 0 < seconds <= MAX_SECONDS:
            raise ValueError(f"seconds must be above 0 and at most {MAX_SECONDS}, got {seconds}")
        self.seconds = seconds
        self._frames: queue.Queue[Frame | None] = queue.Queue(_WAITING_FRAMES)
        self._ring = SegmentRing(round(seconds * TICKS_PER_SECOND))
        self._writer: VideoWriter | None = None
        self._size_wh = (0, 0)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
        self._thread.start()

    @property
    def byte_count(self) -> int:
        """How much memory the encoded video takes."""
        return self._ring.byte_count

    def offer(self, frame: Frame) -> None:
        """Take a finished frame without ever waiting; where the encoder is behind, it is left out."""
        if self._closed.is_set():
            return
        try:
            self._frames.put_nowait(frame)
        except queue.Full:
            _log.debug("the replay left a frame out")

    def forget(self) -> None:
        """Discard everything so far, because another source begins."""
        self._ring = SegmentRing(round(self.seconds * TICKS_PER_SECOND))
        self._size_wh = (0, 0)

    def save(self, path: Path, seconds: float | None = None) -> RecordingReport:
        """Write the last seconds into an MP4 file, without encoding them again.

        Args:
            path: ends in .mp4; where it exists, `path-2.mp4` and so on is taken.
            seconds: how many; None = all there are.

        Raises:
            RecordingError: there is nothing yet, or the file cannot be written.
        """
        content = self._ring.cut(round((seconds or self.seconds) * TICKS_PER_SECOND))
        if not content:
            raise RecordingError("There is nothing to save yet. Let the video run for a moment.")
        with written_new(path) as new:
            ticks, frames = _remux(content, new.temporary)
        length = ticks / TICKS_PER_SECOND
        return RecordingReport(new.path, length, frames, 0, length)

    def close(self) -> None:
        """Stop the thread and free the memory. May be called twice."""
        self._closed.set()
        while self._thread.is_alive():
            try:
                self._frames.put(None, timeout=0.1)
                break
            except queue.Full:
                continue
        self._thread.join()

    def _run(self) -> None:
        while (frame := self._frames.get()) is not None and not self._closed.is_set():
            try:
                self._write(frame)
            except RecordingError as error:
                _log.warning("the replay begins again: %s", error)
                self.forget()

    def _write(self, frame: Frame) -> None:
        if frame.size_wh != self._size_wh or self._writer is None:
            self._size_wh = frame.size_wh
            self._ring = SegmentRing(round(self.seconds * TICKS_PER_SECOND))
            container = cast(OutputContainer, _RingContainer(self._ring))
            self._writer = VideoWriter(Path("replay.mp4"), frame.size_wh, LIVE, container=container)
        self._writer.write(frame.pixels, frame.taken_at)


class _RingContainer:
    """A container for one stream that begins a segment at each keyframe."""

    def __init__(self, ring: SegmentRing) -> None:
        self._ring = ring
        # The tables are written before each frame, so that a cut anywhere can be read.
        options = {"mpegts_flags": "pat_pmt_at_frames", "flush_packets": "1"}
        self._container = av.open(ring, "w", format="mpegts", options=options)

    def add_stream(self, *arguments: Any, **settings: Any) -> Any:
        return self._container.add_stream(*arguments, **settings)

    def mux(self, packet: "Packet[Any]") -> None:
        if packet.is_keyframe and packet.pts is not None:
            self._ring.begin_segment(packet.pts)
        self._container.mux(packet)

    def close(self) -> None:
        self._container.close()


def _remux(content: bytes, path: Path) -> tuple[int, int]:
    """Copy the packets into an MP4 file that begins at 0; returns its ticks and frames."""
    frames = last = 0
    first: int | None = None
    opened = cast(InputContainer, av.open(io.BytesIO(content), format="mpegts"))
    with opened as source, av.open(str(path), "w", format="mp4") as target:
        video = source.streams.video[0]
        stream = target.add_stream_from_template(video)
        for packet in source.demux(video):
            if packet.pts is None or packet.dts is None:
                continue
            first = packet.pts if first is None else first
            packet.pts -= first
            packet.dts = packet.pts
            last = packet.pts
            packet.time_base = Fraction(1, TICKS_PER_SECOND)
            packet.stream = stream
            target.mux(packet)
            frames += 1
    return last + _LAST_TICKS, frames
