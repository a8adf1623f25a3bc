"""Separates still images from videos: is_still, by the content where the name does not say."""

from pathlib import Path

_STILL_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".tif", ".tiff", ".heic", ".heif", ".hif", ".jp2"}
)
# May hold one image or an animation.
_EITHER_SUFFIXES = frozenset({".png", ".apng", ".webp", ".avif"})
IMAGE_SUFFIXES = _STILL_SUFFIXES | _EITHER_SUFFIXES | {".ppm", ".pgm", ".pnm"}
VIDEO_SUFFIXES = frozenset(
    {
        *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".vob", ".wmv"),
        *(".asf", ".flv", ".3gp", ".3g2", ".ogv", ".mxf", ".gif"),
    }
)


def is_still(path: Path) -> bool:
    """Return whether a file is one image; an animation counts as a video.

    A file that cannot be read is judged by its name, and reported when its turn comes.
    """
    suffix = path.suffix.lower()
    if suffix in _STILL_SUFFIXES or (suffix in VIDEO_SUFFIXES and suffix != ".gif"):
        return suffix in _STILL_SUFFIXES
    from masquerade.pipeline.sources.photos.photo import is_moving  # noqa: PLC0415 (loads Pillow)

    moving = is_moving(path)
    return suffix in IMAGE_SUFFIXES if moving is None else not moving
