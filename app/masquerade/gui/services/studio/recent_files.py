"""List the photos, recordings and loops that were made, newest first, with small images: RecentFiles."""

import logging
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from masquerade.gui.services.backend import ClipTools
from masquerade.gui.services.studio.clips import as_image
from masquerade.gui.services.workers import TaskRunner

MAX_FILES = 60
THUMBNAIL_SIDE = 320
CLIP_SUFFIXES = frozenset({".mp4", ".webm", ".gif", ".webp"})
_SUFFIXES = CLIP_SUFFIXES | {".jpg", ".jpeg", ".png"}
# Photos and recordings bear the program's name and the time; others may lie in the same folder.
_OWN_NAME = re.compile(r"Masquerade \d{4}-\d\d-\d\d .*", re.DOTALL)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A photo, recording or loop.

    Attributes:
        path: of the file.
        changed_at: of its content, nanoseconds since 1970.
        is_clip: whether it plays; photos do not.
    """

    path: Path
    changed_at: int
    is_clip: bool


def has_own_name(path: Path) -> bool:
    """Return whether a file is called as the program calls its photos and recordings."""
    return _OWN_NAME.fullmatch(path.name) is not None


def find_recent(folders: Iterable[Path], others: Iterable[Path], unfinished: Iterable[Path]) -> tuple[RecentFile, ...]:
    """Return the recent files, newest first, at most MAX_FILES; reads folders, so it is called on a worker.

    Args:
        folders: files with the program's own names are looked for in these.
        others: further files, with other names or in other places.
        unfinished: files that are still being written.
    """
    left_out = set(unfinished)
    paths = dict.fromkeys((*(path for folder in dict.fromkeys(folders) for path in _own_files(folder)), *others))
    files = [file for path in paths if path not in left_out and (file := _look_at(path)) is not None]
    return tuple(sorted(files, key=lambda file: file.changed_at, reverse=True)[:MAX_FILES])


def _own_files(folder: Path) -> Iterator[Path]:
    try:
        yield from [path for path in folder.iterdir() if has_own_name(path)]
    except OSError as error:
        # Nothing was saved there yet, or the disk is unplugged.
        _log.debug("%s: %s", folder, error)


def _look_at(path: Path) -> RecentFile | None:
    """Return a file that can be shown; None if it is missing, empty, or of another kind."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    if path.suffix.lower() not in _SUFFIXES or not stat.S_ISREG(status.st_mode) or not status.st_size:
        return None
    return RecentFile(path, status.st_mtime_ns, plays(path))


def plays(path: Path) -> bool:
    """Return whether a file of one of these kinds plays; a WebP may be a photo or a loop, so it is opened.

    Source:
        https://developers.google.com/speed/webp/docs/riff_container (Extended File Format, the animation bit).
    """
    suffix = path.suffix.lower()
    if suffix != ".webp":
        return suffix in CLIP_SUFFIXES
    try:
        with path.open("rb") as file:
            header = file.read(21)
    except OSError:
        return False
    return header[12:16] == b"VP8X" and len(header) == 21 and bool(header[20] & 0x02)


class RecentFiles(QObject):
    """The list, and one small image for each; used on Qt's thread.

    The images stay in memory: a copy on the disk would outlive a photo that was deleted.

    Signals:
        changed: the list is another one.
        image_ready: with the path of a file whose image has come.
    """

    changed = Signal()
    image_ready = Signal(object)

    def __init__(self, tools: ClipTools, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._tasks = tasks
        self._images: dict[RecentFile, QImage] = {}
        self._scanning = self._scan_again = self._reading = False
        self._where: tuple[tuple[Path, ...], tuple[Path, ...], tuple[Path, ...]] = ((), (), ())
        self._wants_images = False
        self.files: tuple[RecentFile, ...] = ()

    def image(self, file: RecentFile) -> QImage | None:
        """Return the image of a file; None while it loads, a null image if it cannot be read."""
        return self._images.get(file)

    def refresh(self, folders: tuple[Path, ...], others: tuple[Path, ...], unfinished: tuple[Path, ...]) -> None:
        """Look for files on a worker; see `find_recent`."""
        self._where = (folders, others, unfinished)
        if self._scanning:
            self._scan_again = True
            return
        self._scanning, self._scan_again = True, False
        self._tasks.submit(
            lambda: find_recent(folders, others, unfinished),
            name="recent files",
            on_result=self._on_found,
            on_error=lambda _: None,
        )

    def want_images(self) -> None:
        """Start to make the images, one after the other, newest first."""
        self._wants_images = True
        self._read_next()

    def _on_found(self, files: tuple[RecentFile, ...]) -> None:
        self._scanning = False
        if files != self.files:
            self.files = files
            self._images = {file: self._images[file] for file in files if file in self._images}
            self.changed.emit()
        if self._scan_again:
            self.refresh(*self._where)
        self._read_next()

    def _read_next(self) -> None:
        missing = next((file for file in self.files if file not in self._images), None)
        if missing is None or self._reading or not self._wants_images:
            return
        self._reading = True

        def take(image: QImage) -> None:
            self._reading = False
            if missing in self.files:
                self._images[missing] = image
                self.image_ready.emit(missing.path)
            self._read_next()

        self._tasks.submit(
            lambda: as_image(self._tools.read_still(missing.path, THUMBNAIL_SIDE)),
            name="recent image",
            on_result=take,
            on_error=lambda _: take(QImage()),
        )
