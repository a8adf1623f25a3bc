"""Reads video files and moving GIFs with their true times: VideoFile."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

from masquerade.errors import SourceError
from masquerade.pipeline.sources.image_files import lay_on_white
from masquerade.values import ByteArray, Frame

_logger = logging.getLogger(__name__)

# 8K is 33. More than this is a damaged header, or an image that would take the memory.
MAX_MEGAPIXELS = 40

_QUARTER_TURNS = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
_UNSPECIFIED_COLOUR = 2


class VideoFile:
    """A video, frame by frame, upright as its rotation says.

    `taken_at` is the frame's own time in the file and always grows. A damaged or cut
    file gives the frames it has; what was lost is logged as a warning.
    """

    live = False

    def __init__(self, path: Path) -> None:
        """Remember the path; the file is opened by `with`."""
        self._path = path
        self._rate = 0.0
        self._count: int | None = None
        self._container: InputContainer | None = None
        self._frames: Iterator[VideoFrame] = iter(())
        self._index = 0
        self._seconds = 0.0
        self._damaged = 0
        self._closed = False

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def frames_per_second(self) -> float:
        """The mean rate as the file tells it; 0 before it is open."""
        return self._rate

    @property
    def frame_count(self) -> int | None:
        """How many frames the file says it has; None where it does not say."""
        return self._count

    def __enter__(self) -> Self:
        """Open the file.

        Raises:
            SourceError: it is missing, empty, no video, or its image is too large.
        """
        self._container = self._open()
        try:
            stream = self._choose_stream(self._container)
        except SourceError:
            self._container.close()
            raise
        stream.thread_type = "AUTO"
        self._rate = float(stream.average_rate or 0)
        self._count = stream.frames or None
        self._frames = self._decode(self._container, stream)
        self._index = self._damaged = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._frames = iter(())
        if self._container is not None:
            self._container.close()
            self._container = None

    def read(self) -> Frame | None:
        """Return the next frame.

        Raises:
            SourceError: the file holds not one readable frame.
        """
        image = None if self._closed else next(self._frames, None)
        if image is None:
            self._tell_losses()
            return None
        seconds = image.time
        if self._index == 0:
            self._seconds = seconds or 0.0
        elif seconds is None or seconds <= self._seconds:
            self._seconds += 1 / (self._rate or 30.0)
        else:
            self._seconds = seconds
        frame = Frame(_to_pixels(image), self._index, self._seconds)
        self._index += 1
        return frame

    def close(self) -> None:
        """Make the next `read` give None; called on ANY thread."""
        self._closed = True

    def _open(self) -> InputContainer:
        try:
            if self._path.stat().st_size == 0:
                raise SourceError(f"The video {self._path} is empty (0 bytes). Choose another one.")
            return av.open(str(self._path), metadata_errors="replace")
        except av.error.FFmpegError as error:
            raise self._no_video() from error
        except OSError as error:
            raise SourceError(
                f"The video {self._path} cannot be opened: {error.strerror}. Check its name, or choose another."
            ) from error

    def _no_video(self) -> SourceError:
        return SourceError(
            f"{self._path} is no video that can be read, or it is damaged. "
            "Try it in a video player; if it plays there, save it as MP4."
        )

    def _choose_stream(self, container: InputContainer) -> VideoStream:
        """Return the first stream of moving images (a song's cover is none), checked for its size."""
        cover = av.stream.Disposition.attached_pic
        streams = [stream for stream in container.streams.video if not stream.disposition & cover]
        if not len(container.streams):
            raise self._no_video()
        if not streams:
            raise SourceError(f"{self._path} holds no moving image. Choose a video.")
        width, height = streams[0].codec_context.width, streams[0].codec_context.height
        if width * height > MAX_MEGAPIXELS * 1_000_000:
            raise SourceError(f"{self._path} is too large ({width} x {height} pixels). Make it 3840 x 2160 or smaller.")
        return streams[0]

    def _decode(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        """Give every frame that can be decoded; counts the packets that cannot."""
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError:
                self._damaged += 1
                return
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                self._damaged += 1

    def _tell_losses(self) -> None:
        """Logs, once, what the file promised and did not hold."""
        if self._closed or self._container is None:
            return
        if self._index == 0:
            raise SourceError(
                f"{self._path} holds no frame that can be read: it is damaged or cut. Choose another one."
            )
        missing = max((self._count or 0) - self._index, 0)
        if self._damaged or missing > 1:
            _logger.warning(
                "%s is damaged or cut: %d frames were read, %d of the promised ones are missing.",
                self._path,
                self._index,
                missing,
            )
        self._count = self._index
        self._damaged = 0


def _to_pixels(image: VideoFrame) -> ByteArray:
    """Return a decoded frame -> (H, W, 4) BGRA, opaque, square pixels, upright."""
    pixels = cast(ByteArray, image.to_ndarray(format="bgra", src_colorspace=_colour_space(image)))
    if any(component.is_alpha for component in image.format.components) or image.format.name == "pal8":
        pixels = lay_on_white(pixels)
    turns = round(image.rotation / 90) % 4
    if turns:
        pixels = cast(ByteArray, cv2.rotate(pixels, _QUARTER_TURNS[turns]))
    if image.format.name == "bgra":
        # Nothing was converted: this is the decoder's own image, into which a GIF's next
        # frame is drawn. The line paints into what it gets.
        return pixels.copy()
    return np.ascontiguousarray(pixels)


def _colour_space(image: VideoFrame) -> Colorspace | None:
    """Return what players assume where the file does not say: BT.709 from 720 rows on."""
    if image.colorspace == _UNSPECIFIED_COLOUR and image.height >= 720:
        return Colorspace.ITU709
    return None
