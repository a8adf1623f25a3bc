"""Make a background package of the user's own image or video: make_background."""

import tempfile
from pathlib import Path

import cv2
import numpy as np

from masquerade.errors import FilterError, RecordingError, SourceError
from masquerade.filters.format.art.video import (
    MAX_VIDEO_BYTES,
    MAX_VIDEO_SECONDS,
    VIDEO_ENDINGS,
    VideoError,
    video_size_wh,
)
from masquerade.filters.format.image_layers import BackgroundEffect
from masquerade.filters.packages.own_background import write_background
from masquerade.pipeline.sources.photos.image_files import read_image
from masquerade.pipeline.sources.photos.kinds import IMAGE_SUFFIXES, is_still
from masquerade.pipeline.sources.suffixes import VIDEO_SUFFIXES
from masquerade.studio.clips.clip import read_clip
from masquerade.studio.clips.loop import make_loop
from masquerade.studio.clips.options import MAX_LOOP_SECONDS, LoopOptions, Stretch
from masquerade.terminal import printable
from masquerade.values import ByteArray

# A package's PNG may have 2048 pixels a side and 8 MB; a frame is seldom larger than this.
_LONGEST_SIDE, _MAX_IMAGE_BYTES = 1920, 8_000_000
_SMALLER = 0.8


def is_background(path: Path) -> bool:
    """Return whether a file is an image or a video, by its ending."""
    return path.suffix.lower() in IMAGE_SUFFIXES | VIDEO_SUFFIXES and path.is_file()


def make_background(source: Path, into: Path, beside: Path) -> Path:
    """Write a package that shows an image or a looping video behind the people; return its folder.

    Images are made no larger than 1920 pixels. A video that is an MP4 or WebM of at most 10 MB, a minute and
    1920 x 1080 is taken as it is; of any other the first 20 seconds are encoded again, at most 640 pixels large.

    Args:
        source: the image or video.
        into: a folder of its own, such as a temporary one.
        beside: the user's filters, whose ids are taken.

    Raises:
        SourceError: it cannot be read.
        FilterError: it cannot be made small enough, or not be written.
    """
    if is_still(source):
        return write_background(into, source.stem, "image.png", _image(source), BackgroundEffect.IMAGE, beside)
    name, content = _video(source)
    return write_background(into, source.stem, name, content, BackgroundEffect.VIDEO, beside)


def _image(source: Path) -> bytes:
    image = np.ascontiguousarray(read_image(source)[..., :3])
    scale = min(_LONGEST_SIDE / max(image.shape[:2]), 1.0)
    while min(image.shape[:2]) * scale >= 1:
        content = cv2.imencode(".png", _scaled(image, scale))[1].tobytes()
        if len(content) <= _MAX_IMAGE_BYTES:
            return content
        scale *= _SMALLER
    raise FilterError(f"{printable(source)} is too narrow for a background. Choose another image.")


def _scaled(image: ByteArray, scale: float) -> ByteArray:
    if scale >= 1.0:
        return image
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _video(source: Path) -> tuple[str, bytes]:
    """Return a name and the content of a video that a package may have."""
    content = _as_it_is(source)
    if content is not None:
        return f"video{source.suffix.lower()}", content
    with tempfile.TemporaryDirectory(prefix="masquerade-") as temporary:
        target = Path(temporary) / "video.mp4"
        try:
            loop = make_loop(source, target, LoopOptions(Stretch(0.0, MAX_LOOP_SECONDS), max_bytes=MAX_VIDEO_BYTES))
            return target.name, loop.path.read_bytes()
        except RecordingError as error:
            raise FilterError(f"{printable(source)} cannot be a background: {error}") from error


def _as_it_is(source: Path) -> bytes | None:
    """Return the content of a video that a package accepts unchanged, or None."""
    try:
        if source.suffix.lower() not in VIDEO_ENDINGS or source.stat().st_size > MAX_VIDEO_BYTES:
            return None
        content = source.read_bytes()
    except OSError as error:
        raise SourceError(f"{printable(source)} cannot be read ({error.strerror}).") from error
    try:
        video_size_wh(content)
    except VideoError:
        return None
    return content if read_clip(source).seconds <= MAX_VIDEO_SECONDS else None
