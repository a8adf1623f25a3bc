"""Opens video files: a name is never a URL, and only containers that hold everything themselves are read."""

import stat
from pathlib import Path

import av
from av.container import InputContainer

from masquerade.errors import SourceError
from masquerade.pipeline.sources.suffixes import VIDEO_SUFFIXES
from masquerade.terminal import printable

# FFmpeg knows 400 formats. Among them are lists that name other files and addresses
# (concat, HLS, DASH, SDP, image sequences) and devices; none of them is a video file.
_CONTAINERS = (
    *("mov", "matroska", "webm", "avi", "mpegts", "mpeg", "mpegvideo", "asf", "flv", "ogg", "mxf", "nut", "rm", "wtv"),
    *(
        "gif",
        "apng",
        "dv",
        "gxf",
        "ivf",
        "obu",
        "av1",
        "h264",
        "hevc",
        "vvc",
        "m4v",
        "vc1",
        "mjpeg",
        "jpeg_pipe",
        "yuv4mpegpipe",
    ),
    # Sound alone, which is refused in a sentence of its own.
    *("mp3", "aac", "wav", "w64", "flac", "aiff", "ac3", "eac3", "caf", "ape", "tta", "wv", "dts", "amr"),
)
_OPTIONS = {"format_whitelist": ",".join(_CONTAINERS), "protocol_whitelist": "file"}


def open_media(path: Path) -> InputContainer:
    """Open a video file for reading.

    Raises:
        SourceError: it is missing, no regular file, empty, or no video that can be read.
    """
    check_regular_file(path, "video")
    try:
        # An absolute path behind `file:` cannot be taken for a URL, whatever its name is.
        return av.open(f"file:{path.absolute()}", metadata_errors="replace", options=dict(_OPTIONS))
    except av.FFmpegError as error:
        raise not_a_video(path) from error
    except OSError as error:
        raise SourceError(_cannot_open(path, "video", error)) from error


def not_a_video(path: Path) -> SourceError:
    """Return the error for a file in which no video can be recognised."""
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        return SourceError(
            f"{printable(path)} is neither an image nor a video that Masquerade can read. "
            "If another program shows it, save it from there as PNG, JPEG or MP4."
        )
    return SourceError(
        f"{printable(path)} is not a video that Masquerade can read, or it is damaged. "
        "If it plays in a video player, save it from there as MP4."
    )


def check_regular_file(path: Path, kind: str) -> None:
    """Raise a SourceError where `path` is not a file with content.

    A named pipe would wait for ever, and a device may never end.

    Args:
        path: of the file.
        kind: what it should be, for the message: "video" or "image".

    Raises:
        SourceError: it is missing, a folder, a pipe or a device, a loop of links, or empty.
    """
    try:
        status = path.stat()
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(_cannot_open(path, kind, error)) from error
    if stat.S_ISDIR(status.st_mode):
        raise SourceError(f"{printable(path)} is a folder, not {_a(kind)}. Name the file.")
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(f"{printable(path)} is not a file but a pipe or a device. Choose {_a(kind)} file.")
    if status.st_size == 0:
        raise SourceError(f"The {kind} {printable(path)} is empty (0 bytes). Choose another one.")


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _cannot_open(path: Path, kind: str, error: Exception) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return f"The {kind} {printable(path)} cannot be opened: {reason}. Check its name, or choose another one."
