"""Names a file only when it is complete, and never replaces another file."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import IO

from masquerade.errors import DiskFullError, RecordingError
from masquerade.terminal import printable

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_PART = ".part-"
_PART_NAME = re.compile(r"\..*\.part-(\d{1,10})(?:\.[a-z0-9]{1,5})?", re.IGNORECASE | re.DOTALL)
_MAX_STEM_BYTES = 200

# The disk, the user's share of it, or the largest file that the system allows is used up.
# Windows has no EDQUOT.
_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


def reserve_name(path: Path) -> Path:
    """Create an empty file called `path`, or the next free name: `clip-2.mp4`, `clip-3.mp4`...

    Two programs that ask at the same moment get different names.

    Raises:
        RecordingError: the folder is missing or may not be written.
    """
    for number in count(1):
        candidate = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            os.close(os.open(candidate, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            continue
        except OSError as error:
            raise write_error(path, error) from error
        return candidate
    raise AssertionError("count() has no end")


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Provide a temporary path beside `path`, and rename the file at the end.

    An error or Ctrl+C inside the block removes the temporary file, and a file that was
    already called `path` stays as it was. What a killed program left in the folder is
    removed first.

    Raises:
        RecordingError: the folder is missing, may not be written, or the disk is full.
    """
    _check_name(path)
    _remove_abandoned(path.parent)
    temporary = _temporary_beside(path)
    try:
        with _owned(temporary):
            yield temporary
            _flush_to_disk(temporary)
            temporary.replace(path)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        # A disk that may only be read refuses even to remove what is not there.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


class NewFile:
    """A file that has no final name yet.

    Attributes:
        temporary: is written into.
        path: what it is called; known when it is complete.
    """

    def __init__(self, temporary: Path, path: Path) -> None:
        self.temporary = temporary
        self.path = path


@contextmanager
def written_new(path: Path) -> Iterator[NewFile]:
    """Provide a temporary path, and rename the file at the end to `path` or the next free name.

    Unlike a name that was reserved before, nothing but a hidden temporary file is there until then,
    so a program that is killed leaves no empty file behind.

    Raises:
        RecordingError: the folder is missing, may not be written, or the disk is full.
    """
    _remove_abandoned(path.parent)
    temporary = _temporary_beside(path)
    new = NewFile(temporary, path)
    try:
        with _owned(temporary):
            yield new
            _flush_to_disk(temporary)
            new.path = _give_free_name(temporary, path)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        # A disk that may only be read refuses even to remove what is not there.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _give_free_name(temporary: Path, path: Path) -> Path:
    """Give a file the first free name; a second name never replaces a file, a rename may."""
    for number in count(1):
        candidate = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            os.link(temporary, candidate)
        except FileExistsError:
            continue
        except OSError:
            # A file system without second names, such as FAT.
            reserved = reserve_name(path)
            temporary.replace(reserved)
            return reserved
        return candidate
    raise AssertionError("count() has no end")


def _temporary_beside(path: Path) -> Path:
    # The suffix stays: OpenCV and PyAV choose the format by it. A long name is cut, for 255 bytes is all there is.
    return path.with_name(f".{_shortened(path.stem)}{_PART}{os.getpid()}{path.suffix}")


def _check_name(path: Path) -> None:
    """Raise early what would otherwise fail after all the work: a folder in the way, a name too long."""
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise write_error(path, error) from error


@contextmanager
def _owned(temporary: Path) -> Iterator[None]:
    """Hold a lock on a new file for as long as this process lives."""
    with temporary.open("wb") as file:
        _lock(file)
        yield


def _lock(file: IO[bytes]) -> bool:
    """Return whether the file could be locked; another process may still write it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks: only the number of the process is left to check.
        return True
    return True


def _remove_abandoned(folder: Path) -> None:
    """Remove temporary files whose process is gone; kill -9 leaves them."""
    try:
        parts = [path for path in folder.iterdir() if _PART_NAME.fullmatch(path.name) and path.is_file()]
    except OSError:
        return
    for part in parts:
        with suppress(OSError):
            if _is_abandoned(part):
                part.unlink()


def _is_abandoned(part: Path) -> bool:
    # Windows removes no file that is open, and os.kill with 0 is Ctrl+C there.
    if fcntl is None:
        return True
    match = _PART_NAME.fullmatch(part.name)
    try:
        os.kill(int(match[1]) if match else 0, 0)
    except (ProcessLookupError, OverflowError):
        with part.open("rb") as file:
            return _lock(file)
    except OSError:
        return False
    return False


def _shortened(stem: str) -> str:
    """Return as much of a name as leaves room for what is added to it."""
    while len(os.fsencode(stem)) > _MAX_STEM_BYTES:
        stem = stem[:-1]
    return stem


def write_error(path: Path, error: OSError) -> RecordingError:
    """Return the error that says why `path` cannot be written."""
    kind = DiskFullError if error.errno in _FULL else RecordingError
    return kind(explain_write_error(path, error))


def explain_write_error(path: Path, error: OSError) -> str:
    """Return one sentence that says why `path` cannot be written and what to do."""
    name, folder = printable(path), printable(path.parent)
    if error.errno in _FULL:
        return f"{name} cannot be written any further: the disk is full. Make room, or choose another disk."
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        reason = f"the folder {folder} does not exist. Create it, or choose another one."
    elif isinstance(error, PermissionError):
        reason = f"you have no right to write in {folder}. Choose another folder."
    elif isinstance(error, IsADirectoryError):
        reason = "it is a folder. Add a file name."
    elif error.errno == errno.ENAMETOOLONG:
        reason = "its name is too long. Choose a shorter one."
    else:
        return f"{name} cannot be written ({error.strerror or error}). Choose another place."
    return f"{name} cannot be written: {reason}"


def _flush_to_disk(path: Path) -> None:
    """Wait until the content is on the disk: after a power cut a name must not stand for an empty file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
