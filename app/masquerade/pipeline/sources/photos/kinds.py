"""Separates still images from videos: is_still, by the content where the name does not say."""

from pathlib import Path

_STILL_SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".tif", ".tiff", ".heic", ".heif", ".hif"),
        *(".jp2", ".j2k", ".j2c", ".jpf", ".jpx"),
    }
)
# May hold one image or an animation.
_EITHER_SUFFIXES = frozenset({".png", ".apng", ".webp", ".avif", ".avifs"})
IMAGE_SUFFIXES = _STILL_SUFFIXES | _EITHER_SUFFIXES | {".ppm", ".pgm", ".pnm"}
VIDEO_SUFFIXES = frozenset(
    {
        *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".vob", ".wmv"),
        *(".asf", ".flv", ".3gp", ".3g2", ".ogv", ".mxf", ".gif", ".mjpeg", ".mjpg", ".h264", ".h265", ".hevc"),
        *(".ivf", ".obu", ".m2v", ".m2t", ".mpv", ".f4v", ".dv", ".y4m", ".nut", ".gxf", ".wtv", ".rm", ".rmvb"),
    }
)
RAW_SUFFIXES = frozenset({".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"})
# Images of other programs, which are reported where a folder holds them.
UNREADABLE_SUFFIXES = RAW_SUFFIXES | {
    *(".jxl", ".jxr", ".wdp", ".jls", ".psd", ".psb", ".xcf", ".kra", ".exr", ".hdr", ".tga", ".dpx", ".ico"),
    *(".svg", ".eps", ".pdf", ".qoi", ".bpg", ".insp", ".insv", ".braw", ".r3d"),
}


def is_still(path: Path) -> bool:
    """Return whether a file is one image; an animation counts as a video.

    A file that cannot be read is judged by its name, and reported when its turn comes.
    """
    suffix = path.suffix.lower()
    if suffix in _STILL_SUFFIXES | RAW_SUFFIXES or (suffix in VIDEO_SUFFIXES and suffix != ".gif"):
        return suffix not in VIDEO_SUFFIXES
    from masquerade.pipeline.sources.photos.photo import is_moving  # noqa: PLC0415 (loads Pillow)

    moving = is_moving(path)
    return suffix in IMAGE_SUFFIXES if moving is None else not moving
