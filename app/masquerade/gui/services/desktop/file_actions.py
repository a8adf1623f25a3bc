"""Rename a finished file, and copy it to the clipboard."""

import os
import re
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage

from masquerade.errors import AppError

# What Windows forbids too, so that a folder can be copied there.
_FORBIDDEN = re.compile(r'[\x00-\x1f/\\:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MAX_NAME_BYTES = 240


def rename_file(path: Path, stem: str) -> Path:
    """Give a file another name beside its old one, with the same ending; return its new path.

    Raises:
        AppError: the name cannot be used or is taken, or the file is gone or may not be renamed.
    """
    stem = stem.strip()
    target = path.parent / f"{stem}{path.suffix}"
    if not stem or _FORBIDDEN.search(stem) or _RESERVED.fullmatch(stem) or stem.startswith("."):
        raise AppError('A name must not be empty, start with a dot or contain any of / \\ : * ? " < > |.')
    if len(os.fsencode(target.name)) > _MAX_NAME_BYTES:
        raise AppError("This name is too long. Choose a shorter one.")
    if not path.exists():
        raise AppError(f"{path.name} is no longer there.")
    # Another spelling of the same name is the same file on some disks.
    if target.exists() and not target.samefile(path):
        raise AppError(f"There is already a file {target.name}. Choose another name.")
    try:
        return path.rename(target)
    except OSError as error:
        raise AppError(f"{path.name} cannot be renamed ({error.strerror}).") from error


def copy_file(path: Path, image: QImage | None = None) -> None:
    """Put a file on the clipboard: file managers paste the file, other programs the image, if there is one.

    Raises:
        AppError: the file is gone.
    """
    if not path.exists():
        raise AppError(f"{path.name} is no longer there.")
    url = QUrl.fromLocalFile(str(path))
    mime = QMimeData()
    mime.setUrls([url])
    encoded = url.toEncoded()
    # File managers of GNOME paste a file only with this.
    mime.setData("x-special/gnome-copied-files", QByteArray(b"copy\n" + bytes(encoded.data())))
    if image is not None and not image.isNull():
        mime.setImageData(image)
    QGuiApplication.clipboard().setMimeData(mime)
