"""Reads finished photos, recordings and loops: Clip, read_clip, read_frames, read_still."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2

from masquerade.pipeline.sources.media import not_a_video, open_media
from masquerade.pipeline.sources.opening import open_video
from masquerade.pipeline.sources.photos.kinds import is_still
from masquerade.pipeline.sources.photos.photo import read_photo
from masquerade.pipeline.sources.suffixes import VIDEO_SUFFIXES
from masquerade.pipeline.sources.videos.video_file import VideoFile, choose_video_stream
from masquerade.values import ByteArray, Frame

# What can be cut between two keyframes without encoding it again.
TRIMMED_SUFFIXES = frozenset({".mp4", ".webm", ".mov", ".m4v", ".mkv"})
# A frame that stands for longer may be missed by a jump into a video.
_LONGEST_FRAME_SECONDS = 0.5
_SAME_MOMENT_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class Clip:
    """The properties of a file, known without playing it.

    Attributes:
        path: of the file.
        seconds: how long it plays; 0 for a photo.
        key_seconds: when its keyframes are shown, ascending; empty where it cannot be trimmed.
        has_sound: whether there is sound in it.
    """

    path: Path
    seconds: float = 0.0
    key_seconds: tuple[float, ...] = ()
    has_sound: bool = False

    def snap(self, seconds: float) -> float:
        """Return the time of the last keyframe at or before `seconds`, where a trimmed copy can begin."""
        return max((key for key in self.key_seconds if key <= seconds + 0.001), default=0.0)


def read_clip(path: Path) -> Clip:
    """Read what a photo, recording or loop is; the packets of a video are read, not decoded.

    Raises:
        SourceError: it is missing or cannot be read.
    """
    if is_still(path):
        return Clip(path)
    if path.suffix.lower() not in TRIMMED_SUFFIXES:
        return Clip(path, _played_seconds(path))
    with open_media(path) as container:
        stream = choose_video_stream(container, path)
        keys, first, end = [], None, 0.0
        try:
            for packet in container.demux(stream):
                if packet.pts is None or not packet.size or packet.time_base is None:
                    continue
                begin = float(packet.pts * packet.time_base)
                first = begin if first is None else min(first, begin)
                end = max(end, begin + float((packet.duration or 0) * packet.time_base))
                if packet.is_keyframe:
                    keys.append(begin)
        except av.FFmpegError as error:
            if first is None:
                raise not_a_video(path) from error
        if first is None:
            raise not_a_video(path)
        origin = first
        return Clip(path, end - origin, tuple(sorted(key - origin for key in keys)), bool(container.streams.audio))


def _played_seconds(path: Path) -> float:
    """Return how long an animation lasts, by decoding it."""
    last = previous = 0.0
    for frame in read_frames(path):
        previous, last = last, frame.taken_at
    return last + (last - previous)


def read_frames(path: Path, begin_seconds: float = 0.0) -> Generator[Frame, None, None]:
    """Give the frames of a video or animation; `taken_at` counts from the first frame of the file.

    The first one given is the one that is shown at `begin_seconds`. Closing the iterator closes the file.

    Raises:
        SourceError: it is missing or cannot be read.
    """
    is_video = path.suffix.lower() in VIDEO_SUFFIXES
    source = VideoFile(path, max(begin_seconds - _LONGEST_FRAME_SECONDS, 0.0)) if is_video else open_video(path)
    shown: Frame | None = None
    with source:
        origin = source.start_seconds if isinstance(source, VideoFile) else 0.0
        while (frame := source.read()) is not None:
            following = replace(frame, taken_at=frame.taken_at - origin)
            if shown is not None and following.taken_at > begin_seconds + _SAME_MOMENT_SECONDS:
                yield shown
            shown = following
    if shown is not None:
        yield shown


def read_still(path: Path, longest_side: int, seconds: float = 0.0) -> ByteArray:
    """Return a photo, or the frame of a clip at a time, made small.

    Args:
        path: of the file.
        longest_side: of the result, pixels; a smaller image stays as it is.
        seconds: from the beginning of the clip.

    Returns:
        (H, W, 4) uint8, BGRA.

    Raises:
        SourceError: it is missing or cannot be read.
    """
    pixels = read_photo(path).pixels if is_still(path) else _frame_at(path, seconds)
    height, width = pixels.shape[:2]
    scale = longest_side / max(height, width)
    if scale >= 1:
        return pixels
    size_wh = (max(round(width * scale), 1), max(round(height * scale), 1))
    small: ByteArray = cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return small


def _frame_at(path: Path, seconds: float) -> ByteArray:
    frames = read_frames(path, seconds)
    try:
        return next(frames).pixels
    except StopIteration:
        raise not_a_video(path) from None
    finally:
        frames.close()
