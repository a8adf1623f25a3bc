"""Opens what the user named as a source of frames: open_source, open_video."""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from masquerade.errors import SourceError
from masquerade.pipeline.sources.camera import Camera
from masquerade.pipeline.sources.demo import Demo
from masquerade.pipeline.sources.photos.image_files import ImageFiles, list_images
from masquerade.pipeline.sources.photos.kinds import is_still
from masquerade.pipeline.sources.source import Source
from masquerade.pipeline.sources.suffixes import VIDEO_SUFFIXES
from masquerade.terminal import printable

if TYPE_CHECKING:
    from masquerade.pipeline.sources.photos.moving_image import MovingImage
    from masquerade.pipeline.sources.videos.video_file import VideoFile


def open_source(text: str) -> Source:
    """Return the source that `text` names; `with` opens it.

    Args:
        text: "demo", "camera:0", "camera:<part of its name>", or the path of a video, an
            image or a folder of images.

    Raises:
        SourceError: the file does not exist, or the folder holds no image.
    """
    if text == "demo":
        return Demo()
    kind, colon, which = text.partition(":")
    if kind == "camera":
        which = which if colon else "0"
        return Camera(int(which) if which.isdecimal() else which)
    path = Path(text).expanduser()
    if os.path.isdir(path):
        return ImageFiles(list_images(path))
    if not os.path.lexists(path):
        raise SourceError(f"There is no file '{printable(text)}'. {_advice(path)}")
    return ImageFiles([path]) if is_still(path) else open_video(path)


def open_video(path: Path, keep_hdr: bool = False) -> "VideoFile | MovingImage":
    """Return the source for a file of moving images; `with` opens it.

    Args:
        path: of the file.
        keep_hdr: True keeps the frames of an HDR video as they are coded, too; see HdrOriginals.
    """
    # Only now: PyAV costs 60 ms and 16 MB, and a camera needs none of it.
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        from masquerade.pipeline.sources.photos.photo import is_moving

        if is_moving(path):
            from masquerade.pipeline.sources.photos.moving_image import MovingImage

            return MovingImage(path)
    from masquerade.pipeline.sources.videos.hdr import HdrOriginals
    from masquerade.pipeline.sources.videos.video_file import VideoFile

    return VideoFile(path, originals=HdrOriginals() if keep_hdr else None)


def _advice(path: Path) -> str:
    """Suggest the nearest name in the same folder, or list what a source can be."""
    try:
        neighbours = [neighbour.name for neighbour in path.parent.iterdir()]
    except OSError:
        neighbours = []
    near = get_close_matches(path.name, neighbours, n=1)
    if near:
        return f"Did you mean '{printable(path.parent / near[0])}'?"
    return "Use 'demo', 'camera:0', 'camera:NAME', or the path of a video, an image or a folder of images."
