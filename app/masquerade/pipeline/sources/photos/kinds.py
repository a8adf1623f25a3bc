"""Separates still images from videos: is_still, by the content where the name does not say."""

from pathlib import Path

from masquerade.pipeline.sources.suffixes import RAW_SUFFIXES, VIDEO_SUFFIXES

_STILL_SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".tif", ".tiff", ".heic", ".heif", ".hif"),
        *(".jp2", ".j2k", ".j2c", ".jpf", ".jpx"),
    }
)
# May hold one image or an animation.
_EITHER_SUFFIXES = frozenset({".png", ".apng", ".webp", ".avif", ".avifs"})
IMAGE_SUFFIXES = _STILL_SUFFIXES | _EITHER_SUFFIXES | {".ppm", ".pgm", ".pnm"}
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
