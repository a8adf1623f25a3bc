"""Writes frames with their own times into an MP4 or WebM file, for recordings and rendered videos."""

from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import av
import cv2
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from masquerade.errors import RecordingError
from masquerade.studio.framing import fit_into, pad_to_even
from masquerade.studio.recording.encoders import TICKS_PER_SECOND, Encoding, add_video
from masquerade.studio.recording.fragments import cut_to_whole_fragments
from masquerade.studio.whole_file import write_error
from masquerade.terminal import printable
from masquerade.values import ByteArray, DeepArray

_KEYFRAME_TICKS = TICKS_PER_SECOND  # one second: the most that a killed program loses
_FALLBACK_TICKS = TICKS_PER_SECOND // 30  # duration of a single image
_HD_HEIGHT = 720
_WRITE_ERRORS = (OSError, av.FFmpegError)


class VideoWriter:
    """An MP4 or WebM file that is being written; used by one thread at a time, by `with`.

    The times of the frames are kept (variable frame rate, 1/90000 s): each image is shown
    until the next one's time. So an image is encoded when its successor is known, and the
    last one lasts as long as the one before it, or until the time given to `close`.

    An odd size is made even by repeating the last column or row, because H.264 with 4:2:0
    needs even sides: 101x97 becomes 102x98.

    Colours are BT.709 from 720 rows up and BT.601 below, in limited range, and tagged so:
    players that read the tags and players that guess by the size agree.
    """

    def __init__(
        self,
        path: Path,
        size_wh: tuple[int, int],
        encoding: Encoding,
        mirrored: bool = False,
        target: Path | None = None,
        *,
        container: OutputContainer | None = None,
        comment: str = "",
    ) -> None:
        """Create the file; an existing one is overwritten.

        Args:
            path: of the file, a WebM or Matroska where it ends so, else an MP4.
            size_wh: size of the video; an image of another size is fitted into it.
            encoding: such as LIVE or RENDERED.
            mirrored: True swaps left and right.
            target: what the file will be called, for messages; None = `path`.
            container: is written into instead of a file; `path` is not touched then.
            comment: a tag of the file; "" = none.

        Raises:
            RecordingError: the file cannot be created.
        """
        self._path = path
        self._target = target or path
        self._size_wh = size_wh
        self._mirrored = mirrored
        self._matrix = Colorspace.ITU709 if size_wh[1] >= _HD_HEIGHT else Colorspace.ITU601
        self._is_hdr = encoding.hdr is not None
        self._fragmented = encoding.fragmented
        self._reformatter = VideoReformatter()
        self._waiting: av.VideoFrame | None = None
        self._waiting_pts = 0
        self._keyframe_pts = -_KEYFRAME_TICKS
        self._last_ticks = _FALLBACK_TICKS
        self._start_seconds: float | None = None
        self._durations: dict[int, int] = {}
        self._safe_frames = 0
        self.frames = 0
        try:
            # PyAV opens the file with the first packet; a wrong folder should be reported now.
            if container is None:
                path.touch()
            self._container = container or _open_container(path, encoding, comment)
        except _WRITE_ERRORS as error:
            raise _write_error(self._target, error) from error
        even_wh = (size_wh[0] + size_wh[0] % 2, size_wh[1] + size_wh[1] % 2)
        self._stream = add_video(self._container, even_wh, self._matrix, encoding)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    @property
    def container(self) -> OutputContainer:
        """The container, to which sound is added before the first frame."""
        return self._container

    @property
    def seconds(self) -> float:
        """The duration of the file: from the first image to the end of the last one."""
        return (self._waiting_pts + self._last_ticks) / TICKS_PER_SECOND if self.frames else 0.0

    def begin_at(self, seconds: float) -> None:
        """Make this time 0 of the file, before the first image is written; else the first image's time is 0."""
        self._start_seconds = seconds

    def write(self, pixels: ByteArray | DeepArray, seconds: float) -> None:
        """Add an image.

        Args:
            pixels: (H, W, 4) uint8 BGRA, or for an HDR encoding (H, W, 3) uint16, R G B code values; may be
                read-only. They are copied.
            seconds: its time on any clock; the first image's becomes 0. A time that is
                not after the one before it is moved to the next tick.

        Raises:
            RecordingError: the disk is full or gone. Call `abandon` then.
        """
        pts = self._ticks_at(seconds)
        converted = self._to_yuv(pixels)
        if self._waiting is not None:
            pts = max(pts, self._waiting_pts + 1)
            self._last_ticks = pts - self._waiting_pts
            self._encode(self._waiting)
        self._waiting, self._waiting_pts = converted, pts
        self.frames += 1

    def mux(self, packets: "Iterable[Packet[Any]]") -> None:
        """Write the packets of another stream, such as sound.

        Raises:
            RecordingError: the disk is full or gone. Call `abandon` then.
        """
        try:
            for packet in packets:
                self._container.mux(packet)
        except _WRITE_ERRORS as error:
            raise _write_error(self._target, error) from error

    def end_video(self, end_seconds: float | None = None) -> None:
        """Write the last image; sound may still follow. May be called again.

        Args:
            end_seconds: when the last image ends, on the clock of the frames' times; None
                makes it last as long as the one before it.

        Raises:
            RecordingError: the disk is full or gone; what was written before stays.
        """
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            if end_seconds is not None:
                self._last_ticks = max(self._ticks_at(end_seconds) - self._waiting_pts, 1)
            self._encode(waiting)
            self._encode(None)

    def close(self, end_seconds: float | None = None) -> None:
        """Write the last image and finish the file. May be called again.

        Args and Raises: as in `end_video`.
        """
        self.end_video(end_seconds)
        try:
            self._container.close()
        except _WRITE_ERRORS as error:
            raise _write_error(self._target, error) from error

    def abandon(self) -> None:
        """Close the file after an error that was reported already; keep what is complete, raise nothing."""
        self._waiting = None
        self.frames, self._waiting_pts, self._last_ticks = self._safe_frames, self._keyframe_pts, 0
        # The trailer of a fragmented file is a convenience, and a plain file is thrown away.
        with suppress(*_WRITE_ERRORS):
            self._container.close()
        if self._fragmented and self._path.suffix.lower() != ".webm":
            cut_to_whole_fragments(self._path)

    def _ticks_at(self, seconds: float) -> int:
        """Return the ticks since the beginning, which is the first time asked for unless `begin_at` set it."""
        if self._start_seconds is None:
            self._start_seconds = seconds
        return round((seconds - self._start_seconds) * TICKS_PER_SECOND)

    def _to_yuv(self, pixels: ByteArray | DeepArray) -> av.VideoFrame:
        """(H, W, 4) BGRA or (H, W, 3) R G B -> planar 4:2:0 of the file's size; a new buffer."""
        fitted = fit_into(pixels, self._size_wh)
        if self._mirrored:
            fitted = cast(ByteArray, cv2.flip(fitted, 1))
        return self._reformatter.reformat(
            av.VideoFrame.from_numpy_buffer(pad_to_even(fitted), "rgb48le" if self._is_hdr else "bgra"),
            format="yuv420p10le" if self._is_hdr else "yuv420p",
            dst_colorspace=Colorspace.BT2020 if self._is_hdr else self._matrix,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )

    def _encode(self, frame: av.VideoFrame | None) -> None:
        """Encode the waiting frame; with None, what x264 still holds back."""
        if frame is not None:
            frame.pts, frame.time_base = self._waiting_pts, Fraction(1, TICKS_PER_SECOND)
            self._durations[self._waiting_pts] = self._last_ticks
            is_key = self._fragmented and self._waiting_pts - self._keyframe_pts >= _KEYFRAME_TICKS
            frame.pict_type = PictureType.I if is_key else PictureType.NONE
        try:
            for packet in self._stream.encode(frame):
                if packet.pts is not None:
                    packet.duration = self._durations.pop(packet.pts, packet.duration)
                self._container.mux(packet)
                if packet.is_keyframe and self._fragmented:
                    # A keyframe sends the fragment before it to the disk.
                    self._keyframe_pts, self._safe_frames = self._waiting_pts, self.frames - 1
        except _WRITE_ERRORS as error:
            raise _write_error(self._target, error) from error


def _write_error(path: Path, error: OSError | av.FFmpegError) -> RecordingError:
    if isinstance(error, OSError):
        return write_error(path, error)
    reason = error.strerror or type(error).__name__
    return RecordingError(
        f"{printable(path)} cannot be written: the video encoder failed ({reason}). "
        "The image may be too large or too small for it."
    )


def _open_container(path: Path, encoding: Encoding, comment: str) -> OutputContainer:
    container = cast(OutputContainer, av.open(**_container_arguments(path, encoding)))
    if comment:
        container.metadata["comment"] = comment
    return container


def _container_arguments(path: Path, encoding: Encoding) -> dict[str, Any]:
    # An absolute path behind `file:` cannot be taken for a URL, whatever its name is.
    name = f"file:{path.absolute()}"
    if path.suffix.lower() == ".webm":
        # A cluster of a second is to a WebM what a fragment is to an MP4. Without sums the comment can be changed.
        options = {"cluster_time_limit": "1000", "write_crc32": "0", "flush_packets": "1"}
        return {"file": name, "mode": "w", "format": "webm", "options": options}
    if path.suffix.lower() == ".mkv":
        return {"file": name, "mode": "w", "format": "matroska"}
    # Each fragment is one keyframe and what follows it, complete in itself. It is flushed at
    # once, so that it is in the file, not in this process, when that is killed.
    layout = "frag_keyframe+empty_moov+default_base_moof" if encoding.fragmented else "faststart"
    if encoding.all_tags:
        layout += "+use_metadata_tags"
    if encoding.live_sound:
        layout += "+delay_moov"
    return {"file": name, "mode": "w", "format": "mp4", "options": {"movflags": layout, "flush_packets": "1"}}
