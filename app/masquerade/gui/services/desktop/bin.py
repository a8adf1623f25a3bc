"""Moves filter packages, photos and recordings to the system's bin, and brings them back from there."""

import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from PySide6.QtCore import QFile, QStandardPaths

from masquerade.errors import AppError

_MAX_BIN_ENTRIES = 2000


@dataclass(frozen=True, slots=True)
class RemovedFile:
    """A file or folder in the bin.

    Attributes:
        path: where it was.
        kept: where it lies now.
    """

    path: Path
    kept: Path

    def restore(self) -> None:
        """Bring it back.

        Raises:
            AppError: its place is taken, or the files cannot be moved.
        """
        if self.path.exists():
            raise AppError(f"{self.path} exists again. Rename it first.")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(self.kept, self.path)
            _info_of(self.kept).unlink(missing_ok=True)
        except OSError as error:
            raise AppError(f"{self.path} could not be restored ({error.strerror}).") from error


def move_to_bin(path: Path) -> RemovedFile:
    """Move a file or folder to the bin.

    Raises:
        AppError: there is no bin, or it cannot be moved there.
    """
    if sys.platform.startswith("linux"):
        # Qt makes the bin, but not the folders above it.
        with suppress(OSError):
            _data_folder().mkdir(parents=True, exist_ok=True)
    if not path.exists():
        raise AppError(f"{path} is no longer there.")
    file = QFile(str(path))
    if not file.moveToTrash():
        raise AppError(f"{path} could not be moved to the bin. Delete it in the file manager.")
    return RemovedFile(path, Path(file.fileName()))


def find_in_bin(path: Path) -> RemovedFile | None:
    """Return what was deleted elsewhere, if it lies in the bin of this user; None where it does not."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        infos = sorted((_data_folder() / "Trash" / "info").glob("*.trashinfo"), key=_changed_at)[-_MAX_BIN_ENTRIES:]
        names = (info for info in reversed(infos) if _path_in(info) == path)
        kept = (info.parent.parent / "files" / info.stem for info in names)
        return next((RemovedFile(path, each) for each in kept if each.exists()), None)
    except OSError:
        return None


def _data_folder() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation))


def _changed_at(info: Path) -> float:
    return info.stat().st_mtime


def _path_in(info: Path) -> Path | None:
    """Return what a .trashinfo says of the file's former place."""
    lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((Path(unquote(line.removeprefix("Path="))) for line in lines if line.startswith("Path=")), None)


def _info_of(kept: Path) -> Path:
    return kept.parent.parent / "info" / f"{kept.name}.trashinfo"
