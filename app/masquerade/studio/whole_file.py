"""Gives a file its name only when it is whole, and never the name of another file."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from masquerade.errors import RecordingError

# The disk, the user's share of it, or the largest file that the system allows is used up.
# Windows has no EDQUOT.
_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


def reserve_name(path: Path) -> Path:
    """Create an empty file under `path`, or under the next free name `clip-2.mp4`, `clip-3.mp4`...

    Two programs that ask at the same moment get two names.

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
            raise RecordingError(explain_write_error(path, error)) from error
        return candidate
    raise AssertionError("count() has no end")


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Lend a temporary path beside `path`; what was written there gets the name at the end.

    An error or Ctrl+C inside the block removes the temporary file, and a file that was
    already called `path` stays as it was.

    Raises:
        RecordingError: the folder is missing, may not be written, or the disk is full.
    """
    # The suffix stays: OpenCV and PyAV choose the format by it.
    temporary = path.with_name(f".{path.stem}.part-{os.getpid()}{path.suffix}")
    try:
        temporary.touch()
        yield temporary
        _flush_to_disk(temporary)
        temporary.replace(path)
    except OSError as error:
        raise RecordingError(explain_write_error(path, error)) from error
    finally:
        temporary.unlink(missing_ok=True)


def explain_write_error(path: Path, error: OSError) -> str:
    """Return one sentence that says why `path` cannot be written and what to do."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"{path} cannot be written: the folder {path.parent} does not exist. Make it, or choose another one."
    if isinstance(error, PermissionError):
        return f"{path} cannot be written: you have no right to write in {path.parent}. Choose another folder."
    if isinstance(error, IsADirectoryError):
        return f"{path} cannot be written: it is a folder. Add a file name."
    if error.errno in _FULL:
        return f"{path} cannot be written any further: the disk is full. Make room, or choose another disk."
    return f"{path} cannot be written ({error.strerror or error}). Choose another place."


def _flush_to_disk(path: Path) -> None:
    """Wait until the content lies on the disk: a name must not outlive its content in a power cut."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
